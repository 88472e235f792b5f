using Spectre.Console;

namespace MediaCore.Cli;

/// <summary>What the program reads and writes beside the server.</summary>
/// <param name="Out">What was asked for.</param>
/// <param name="Error">What went wrong, and remarks.</param>
/// <param name="Environment">Variables.</param>
/// <param name="WorkingFolder">Where relative paths begin.</param>
/// <param name="IsInteractive">Whether a person looks at <paramref name="Out"/>.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment, string WorkingFolder, bool IsInteractive)
{
    /// <summary>Width of tables that nobody looks at while they are written: wide enough that nothing is cut.</summary>
    private const int WideColumns = 250;

    /// <summary>For tables.</summary>
    public IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Out),
            Ansi = IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = IsInteractive ? InteractionSupport.Detect : InteractionSupport.No,
            ColorSystem = IsInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!IsInteractive)
        {
            console.Profile.Width = WideColumns;
        }

        return console;
    }
}
