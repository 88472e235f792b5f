using System.CommandLine;
using System.CommandLine.Help;

namespace MediaCore.Server.CommandLine;

/// <summary>The <c>mediacore</c> command line.</summary>
internal static class MediaCoreCommand
{
    /// <summary>Version of the program, from the build.</summary>
    public static string Version { get; } = typeof(MediaCoreCommand).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Runs a command line to its end.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        RootCommand root = Create(terminal);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync($"mediacore: {error.Message}");
            }

            await terminal.Error.WriteLineAsync($"Try `{GetPath(parsed)} --help`.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,

            // An exception that gets here is our bug: the process is to end with its stack, not with a friendly line.
            EnableDefaultExceptionHandler = false,

            // Signals are handled by the server itself.
            ProcessTerminationTimeout = null,
        }, cancellation);
    }

    private static RootCommand Create(Terminal terminal)
    {
        ConfigurationOptions configuration = new(terminal);
        RootCommand root = new("MediaCore: SIP signalling, RTP media and virtual numbers in one server.");
        root.Subcommands.Add(CreateRun(terminal, configuration));
        root.Subcommands.Add(CreateCheck(terminal, configuration));
        root.Subcommands.Add(AccountCommands.Create(terminal, configuration));
        root.Subcommands.Add(NumberCommands.Create(terminal, configuration));
        root.Subcommands.Add(RouteCommands.Create(terminal, configuration));
        root.Subcommands.Add(CallCommands.Create(terminal, configuration));
        root.Subcommands.Add(TrunkCommands.Create(terminal, configuration));
        root.Subcommands.Add(Demo.DemoCommand.Create(terminal));
        root.Subcommands.Add(CreateVersion(terminal));
        root.SetAction(static parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static Command CreateRun(Terminal terminal, ConfigurationOptions configuration)
    {
        Command command = new("run", "Run the server until it is told to stop. Settings: --section:key=value, as --sip:advertised=sip.example.net");
        configuration.AddWithChangesTo(command);
        command.SetAction((parsed, cancellation) => RunCommand.RunAsync(parsed, configuration, terminal, cancellation));
        return command;
    }

    private static Command CreateCheck(Terminal terminal, ConfigurationOptions configuration)
    {
        Command command = new("check", "Check the configuration, print every error with its place, and start nothing.");
        configuration.AddWithChangesTo(command);
        command.SetAction(parsed =>
        {
            if (configuration.TryRead(parsed, out int exitCode) is not { } settings)
            {
                return exitCode;
            }

            foreach (string notice in settings.Notices)
            {
                terminal.Error.WriteLine($"mediacore: note: {notice}");
            }

            terminal.Out.WriteLine(configuration.GetFile(parsed) is { } file ? $"{file} is right." : "No file; the defaults and settings are right.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateVersion(Terminal terminal)
    {
        Command command = new("version", "Print the version.");
        command.SetAction(_ =>
        {
            terminal.Out.WriteLine($"mediacore {Version}");
            return ExitCode.Success;
        });
        return command;
    }

    private static string GetPath(ParseResult parsed)
    {
        List<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult command)
            {
                names.Insert(0, command.Command is RootCommand ? "mediacore" : command.Command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
