using System.CommandLine;
using System.CommandLine.Invocation;
using MediaCore.LoadTests.Control;
using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Soak;

namespace MediaCore.LoadTests;

/// <summary>The program: its commands, and how they end (<see cref="Outcome"/>).</summary>
internal static class Lab
{
    /// <summary>Runs what the arguments ask for; returns the exit code.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <param name="configuration">Where to write; null: as a program does.</param>
    /// <param name="cancellation">Stops it, as Ctrl-C does.</param>
    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration? configuration = null, CancellationToken cancellation = default)
    {
        RootCommand root = new("Load on a running MediaCore: real calls with real media, on loopback, ended by itself.");
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(KneeCommand.Create());
        root.Subcommands.Add(SoakCommand.Create());
        root.Subcommands.Add(ControlCommand.Create());

        // Ctrl-C ends the server first, which waits for its calls. What a command throws is Outcome's.
        configuration ??= new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
        configuration.EnableDefaultExceptionHandler = false;
        ParseResult parsed = root.Parse(arguments);
        int code = await parsed.InvokeAsync(configuration, cancellation);
        return parsed.Action is ParseErrorAction ? Outcome.CannotMeasure : code;
    }

    /// <summary>What a command does; what it throws is told and mapped.</summary>
    public static void SetRun(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancellation) => Outcome.OfAsync(command.Name, () => run(parsed, cancellation), parsed.InvocationConfiguration.Error, cancellation));

    /// <summary>Adds what is wrong with the file of a report, before a run that would be for nothing.</summary>
    public static void CheckReport(string report, List<string> problems)
    {
        if (report.Length > 0 && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(report))))
        {
            problems.Add($"--report {report}: there is no such folder");
        }
    }

    /// <summary>Adds what is wrong with the path of a server to start.</summary>
    public static void CheckProgram(string program, List<string> problems)
    {
        if (!File.Exists(program))
        {
            problems.Add($"--program {program}: there is no such file; tools/run.sh and perf/load.sh build it (artifacts/run/mediacore.dll)");
        }
    }

    /// <summary>Tells what was asked for wrongly; whether there is nothing.</summary>
    public static async Task<bool> IsRightAsync(string command, IReadOnlyList<string> problems, TextWriter error)
    {
        foreach (string problem in problems)
        {
            await error.WriteLineAsync($"{command}: {problem}");
        }

        return problems.Count == 0;
    }
}
