using System.CommandLine;
using System.Globalization;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary>The node as a whole: what it is, its registrations, drain and reload.</summary>
internal static class NodeCommands
{
    public static Command CreateNode(ServerOptions server) => Simple(server, "node", "Say what the node is.", static admin => admin.GetNodeAsync(new GetNodeRequest()).ResponseAsync, DescribeAsync);

    public static Command CreateDrain(ServerOptions server) =>
        Simple(server, "drain", "Refuse new calls from now on; calls in progress go on.", static admin => admin.DrainAsync(new DrainRequest()).ResponseAsync, DescribeAsync);

    public static Command CreateUndrain(ServerOptions server) => Simple(server, "undrain", "Take new calls again.", static admin => admin.UndrainAsync(new UndrainRequest()).ResponseAsync, DescribeAsync);

    public static Command CreateReload(ServerOptions server) => Simple(
        server,
        "reload",
        "Read the configuration again and put it in force.",
        static admin => admin.ReloadAsync(new ReloadRequest()).ResponseAsync,
        static async (terminal, response) =>
        {
            await terminal.Out.WriteLineAsync("The configuration is in force.");
            foreach (string notice in response.Notices)
            {
                await terminal.Error.WriteLineAsync($"mcctl: note: {notice}");
            }
        });

    public static Command CreateRegistrations(ServerOptions server)
    {
        Command command = new("registrations", "List the contacts of accounts.");
        Argument<string?> account = new("account") { Arity = ArgumentArity.ZeroOrOne, Description = "Only those of this account" };
        command.Arguments.Add(account);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            ListRegistrationsResponse response = await new Admin.AdminClient(invoker).ListRegistrationsAsync(
                new ListRegistrationsRequest { Account = parsed.GetValue(account) ?? "" }, cancellationToken: cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, response);
                return ExitCode.Success;
            }

            Answer.WriteTable(
                server.Terminal,
                "No registrations.",
                ["account", "contact", "source", "expires in"],
                response.Registrations.Select(static r => new[] { r.Account, r.Contact, r.Source, $"{Text(r.ExpiresIn.Seconds)} s" }));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command Simple<T>(ServerOptions server, string name, string description, Func<Admin.AdminClient, Task<T>> ask, Func<Terminal, T, Task> describe)
        where T : Google.Protobuf.IMessage
    {
        Command command = new(name, description);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            T response = await ask(new Admin.AdminClient(invoker)).WaitAsync(cancellation);
            await (server.IsJson(parsed) ? Answer.WriteJsonAsync(server.Terminal, response) : describe(server.Terminal, response));
            return ExitCode.Success;
        }));
        return command;
    }

    private static async Task DescribeAsync(Terminal terminal, Node node)
    {
        await terminal.Out.WriteLineAsync($"MediaCore {node.Version}, {node.State.ToString().ToLowerInvariant()}, {node.Mode}, since {node.StartedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z");
        await terminal.Out.WriteLineAsync($"sip {string.Join(' ', node.SipListeners)}, media {string.Join(' ', node.Media)}, {node.Shards} shards, at most {node.MaxCalls} calls");
        if (node.Policy.Count > 0)
        {
            await terminal.Out.WriteLineAsync($"policy {string.Join(", ", node.Policy.Select(static line => $"{line.Question} {Describe(line.Breaker)}"))}");
        }
    }

    private static string Describe(PolicyLine.Types.Breaker breaker) => breaker switch
    {
        PolicyLine.Types.Breaker.Open => "not asked, since it fails",
        PolicyLine.Types.Breaker.HalfOpen => "tried again",
        _ => "asked",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
