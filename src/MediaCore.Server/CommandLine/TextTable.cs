using Spectre.Console;

namespace MediaCore.Server.CommandLine;

/// <summary>A table on a terminal; the same, unruled and unshortened, in a pipe.</summary>
internal static class TextTable
{
    /// <summary>A console on the terminal's output.</summary>
    public static IAnsiConsole CreateConsole(Terminal terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Out),
            Ansi = terminal.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = terminal.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if (terminal.IsOutputRedirected)
        {
            // Nothing may be folded in a pipe: grep works on lines.
            console.Profile.Width = 1000;
        }

        return console;
    }

    /// <summary>Writes the table.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = terminal.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded };
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = terminal.IsOutputRedirected });
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(static cell => new Text(cell))]);
        }

        CreateConsole(terminal).Write(table);
    }
}
