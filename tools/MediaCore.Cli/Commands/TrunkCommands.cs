using System.CommandLine;
using System.Globalization;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl trunks</c>: how the trunks are, and their configuration.</summary>
internal static class TrunkCommands
{
    private const string Section = "trunks";

    public static Command Create(ServerOptions server)
    {
        Command command = new("trunks", "The trunks: how they are, and what is written of them.");
        command.SetAction((parsed, cancellation) => ListAsync(server, parsed, cancellation));
        Command list = new("list", "List the trunks with what is known of them; what mcctl trunks does.");
        list.SetAction((parsed, cancellation) => ListAsync(server, parsed, cancellation));
        command.Subcommands.Add(list);

        ResourceCommands resources = new(server);
        Argument<string> name = new("name") { Description = "The trunk" };
        Argument<string?> value = new("json") { Arity = ArgumentArity.ZeroOrOne, Description = "What the file would have for it, unless --file has it" };
        command.Subcommands.Add(CreateShow(server, resources, name));
        resources.AddSet(command, "Put a trunk in place of the one of that name, or make it. Calls in progress keep what they began with.", parsed => (Section, parsed.GetValue(name)!), parsed => parsed.GetValue(value), name, value);
        resources.AddDelete(command, "Take a trunk away; calls over it go on. Routes must not name it any more.", parsed => (Section, parsed.GetValue(name)!), name);
        return command;
    }

    private static Command CreateShow(ServerOptions server, ResourceCommands resources, Argument<string> name)
    {
        Command command = new("show", "Show how a trunk is and what is written of it.");
        command.Arguments.Add(name);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            string wanted = parsed.GetValue(name)!;
            Resource resource = await new Config.ConfigClient(invoker).GetResourceAsync(new GetResourceRequest { Section = Section, Name = wanted }, cancellationToken: cancellation);
            if (!server.IsJson(parsed))
            {
                ListTrunksResponse states = await new Admin.AdminClient(invoker).ListTrunksAsync(new ListTrunksRequest(), cancellationToken: cancellation);
                WriteTable(server, states.Trunks.Where(trunk => trunk.Name == wanted));
            }

            await resources.ShowAsync(parsed, resource);
            return ExitCode.Success;
        }));
        return command;
    }

    private static Task<int> ListAsync(ServerOptions server, ParseResult parsed, CancellationToken cancellation) => server.RunAsync(parsed, async invoker =>
    {
        ListTrunksResponse response = await new Admin.AdminClient(invoker).ListTrunksAsync(new ListTrunksRequest(), cancellationToken: cancellation);
        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, response);
        }
        else
        {
            WriteTable(server, response.Trunks);
        }

        return ExitCode.Success;
    });

    private static void WriteTable(ServerOptions server, IEnumerable<TrunkState> trunks) => Answer.WriteTable(
        server.Terminal,
        "No trunks.",
        ["trunk", "calls in", "calls out", "registration", "address", "reachable", "round trip", "problem"],
        trunks.SelectMany(static trunk => (trunk.Addresses.Count == 0 ? [new TrunkState.Types.Address { Reachable = true }] : (IEnumerable<TrunkState.Types.Address>)trunk.Addresses).Select(address => new[]
        {
            trunk.Name,
            Text(trunk.InboundCalls),
            Text(trunk.OutboundCalls),
            trunk.Registration,
            address.Address_,
            address.Reachable ? "yes" : "no",
            address.RoundTrip is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.ToTimeSpan().TotalMilliseconds:0.0} ms") : "",
            address.Problem,
        })));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
