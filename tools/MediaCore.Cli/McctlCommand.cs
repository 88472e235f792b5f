using System.CommandLine;
using System.CommandLine.Help;
using MediaCore.Cli.Commands;

namespace MediaCore.Cli;

/// <summary>The <c>mcctl</c> command line: looking at a running server and driving it.</summary>
internal static class McctlCommand
{
    /// <summary>Runs a command line to its end.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        RootCommand root = Create(terminal);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync($"mcctl: {error.Message}");
            }

            await terminal.Error.WriteLineAsync("Try `mcctl --help`.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }, cancellation);
    }

    private static RootCommand Create(Terminal terminal)
    {
        ServerOptions server = new(terminal);
        RootCommand root = new("mcctl: look at a running MediaCore and drive it. Exit codes: 0 done, 1 refused or failed, 2 not understood, 3 not found, 4 not permitted, 5 not reachable, 6 changed meanwhile.");
        server.AddTo(root);
        root.Subcommands.Add(CallCommands.Create(server));
        root.Subcommands.Add(ListenCommand.Create(server));
        root.Subcommands.Add(EventsCommand.Create(server));
        root.Subcommands.Add(TopCommand.Create(server));
        root.Subcommands.Add(NodeCommands.CreateNode(server));
        root.Subcommands.Add(TrunkCommands.Create(server));
        root.Subcommands.Add(RouteCommands.Create(server));
        root.Subcommands.Add(ConfigCommands.Create(server));
        root.Subcommands.Add(NodeCommands.CreateRegistrations(server));
        root.Subcommands.Add(NodeCommands.CreateDrain(server));
        root.Subcommands.Add(NodeCommands.CreateUndrain(server));
        root.Subcommands.Add(NodeCommands.CreateReload(server));
        root.Subcommands.Add(TraceCommands.Create(server));
        root.Subcommands.Add(LogCommands.Create(server));
        root.Subcommands.Add(TokenCommands.Create(server));
        foreach (Command group in ApiCommands.Create(server))
        {
            root.Subcommands.Add(group);
        }

        root.Subcommands.Add(CompletionCommand.Create(terminal));
        root.SetAction(static parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
