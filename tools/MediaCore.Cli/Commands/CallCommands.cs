using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;
using Destination = MediaCore.Control.V1.Destination;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl calls</c>: list, show, hang up, originate, transfer.</summary>
internal static class CallCommands
{
    private const int PageSize = 1000;

    public static Command Create(ServerOptions server)
    {
        Command command = new("calls", "Calls in progress.");
        command.Subcommands.Add(CreateList(server));
        command.Subcommands.Add(CreateShow(server));
        command.Subcommands.Add(CreateHangup(server));
        command.Subcommands.Add(OriginateCommand.Create(server));
        command.Subcommands.Add(CreateTransfer(server));
        return command;
    }

    private static Command CreateList(ServerOptions server)
    {
        Command command = new("list", "List the calls in progress.");
        Option<string?> trunk = new("--trunk") { Description = "Only those that came by this trunk" };
        Option<string?> account = new("--account") { Description = "Only those of this account" };
        Option<string?> controller = new("--controller") { Description = "Only those of this controller" };
        command.Options.Add(trunk);
        command.Options.Add(account);
        command.Options.Add(controller);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            CallControl.CallControlClient client = new(invoker);
            ListCallsResponse all = new();
            ListCallsRequest request = new()
            {
                PageSize = PageSize,
                Trunk = parsed.GetValue(trunk) ?? "",
                Account = parsed.GetValue(account) ?? "",
                Controller = parsed.GetValue(controller) ?? "",
            };
            do
            {
                ListCallsResponse page = await client.ListCallsAsync(request, cancellationToken: cancellation);
                all.Calls.AddRange(page.Calls);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);

            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, all);
                return ExitCode.Success;
            }

            Answer.WriteTable(
                server.Terminal,
                "No calls.",
                ["call", "phase", "caller", "called", "in by", "controller", "started"],
                all.Calls.Select(static call => new[]
                {
                    call.CallId, NameOf(call.Phase), call.Caller, call.Called, call.InboundTrunk.Length > 0 ? call.InboundTrunk : call.Account, call.Controller, Time(call.StartedAt),
                }));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateShow(ServerOptions server)
    {
        Command command = new("show", "Show a call: its legs, and the ladder of its signalling where traces are on.");
        Argument<string> id = new("call");
        command.Arguments.Add(id);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            Call call = await new CallControl.CallControlClient(invoker).GetCallAsync(new GetCallRequest { CallId = parsed.GetValue(id)! }, cancellationToken: cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, call);
                return ExitCode.Success;
            }

            TextWriter output = server.Terminal.Out;
            await output.WriteLineAsync($"{call.CallId}  {NameOf(call.Phase)}  {Answer.Printable(call.Caller)} -> {Answer.Printable(call.Called)}  since {Time(call.StartedAt)}");
            foreach ((string name, string value) in call.Variables)
            {
                await output.WriteLineAsync($"  {Answer.Printable(name)} = {Answer.Printable(value)}");
            }

            Answer.WriteTable(
                server.Terminal,
                "No legs.",
                ["leg", "phase", "peer", "since", "answered", "remarks"],
                call.Legs.Select(static leg => new[]
                {
                    leg.LegId, NameOf(leg.Phase), leg.Peer, Time(leg.InvitedAt), Time(leg.AnsweredAt), string.Join(", ", Remarks(leg)),
                }));
            try
            {
                Trace trace = await new Admin.AdminClient(invoker).GetTraceAsync(new GetTraceRequest { CallId = call.CallId }, cancellationToken: cancellation);
                foreach (string line in Ladder.Draw(trace))
                {
                    await output.WriteLineAsync(line);
                }
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
            {
                await server.Terminal.Error.WriteLineAsync($"mcctl: no ladder: {exception.Status.Detail}");
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateHangup(ServerOptions server)
    {
        Command command = new("hangup", "Hang up a call.");
        Argument<string> id = new("call");
        command.Arguments.Add(id);
        server.AddController(command);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
            await ReportAsync(server, parsed, await new CallControl.CallControlClient(invoker).HangupAsync(new HangupRequest { Target = To(parsed.GetValue(id)!) }, cancellationToken: cancellation))));
        return command;
    }

    private static Command CreateTransfer(ServerOptions server)
    {
        Command command = new("transfer", "Transfer a call to somebody else.");
        Argument<string> id = new("call");
        Argument<string> to = CreateDestination("destination");
        Option<string?> leg = new("--leg") { Description = "The leg that is transferred; the caller's where none is named" };
        Option<bool> refer = new("--by-refer") { Description = "Let the phone do it (REFER)" };
        command.Arguments.Add(id);
        command.Arguments.Add(to);
        command.Options.Add(leg);
        command.Options.Add(refer);
        server.AddController(command);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            if (await ReadDestinationAsync(server, parsed.GetValue(to)!) is not { } destination)
            {
                return ExitCode.Usage;
            }

            TransferRequest request = new() { Target = To(parsed.GetValue(id)!), Destination = destination, ByRefer = parsed.GetValue(refer) };
            request.Target.LegId = parsed.GetValue(leg) ?? "";
            return await ReportAsync(server, parsed, await new CallControl.CallControlClient(invoker).TransferAsync(request, cancellationToken: cancellation));
        }));
        return command;
    }

    /// <summary>An argument for whom to dial.</summary>
    internal static Argument<string> CreateDestination(string name)
    {
        Argument<string> argument = new(name) { Description = "account:NAME, trunk:NAME/NUMBER, or sip:user@host" };
        argument.CompletionSources.Add("account:", "trunk:", "sip:");
        return argument;
    }

    /// <summary>Reads <c>account:NAME</c>, <c>trunk:NAME/NUMBER</c> or a SIP URI; null for anything else.</summary>
    internal static Destination? TryReadDestination(string text)
    {
        if (text.StartsWith("account:", StringComparison.Ordinal) && text.Length > 8)
        {
            return new Destination { Account = text[8..] };
        }

        if (text.StartsWith("trunk:", StringComparison.Ordinal) && text.IndexOf('/', StringComparison.Ordinal) is > 6 and int slash)
        {
            return new Destination { Trunk = new TrunkNumber { Trunk = text[6..slash], Number = text[(slash + 1)..] } };
        }

        return text.StartsWith("sip:", StringComparison.Ordinal) && text.Length > 4 ? new Destination { Uri = text } : null;
    }

    internal static async Task<Destination?> ReadDestinationAsync(ServerOptions server, string text)
    {
        Destination? destination = TryReadDestination(text);
        if (destination is null)
        {
            await server.Terminal.Error.WriteLineAsync($"mcctl: \"{text}\" is not a destination; write account:NAME, trunk:NAME/NUMBER or sip:user@host");
        }

        return destination;
    }

    internal static Target To(string callId) => new() { CallId = callId, CommandId = $"mcctl-{Guid.NewGuid():N}" };

    internal static async Task<int> ReportAsync(ServerOptions server, ParseResult parsed, CommandReply reply)
    {
        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, reply);
        }
        else
        {
            await server.Terminal.Out.WriteLineAsync($"accepted: {reply.CallId}");
        }

        return ExitCode.Success;
    }

    private static IEnumerable<string> Remarks(Leg leg) =>
        new[] { leg.Connected ? "connected" : "", leg.Held ? "held" : "", leg.Muted ? "muted" : "" }.Where(static remark => remark.Length > 0);

    private static string NameOf<T>(T phase)
        where T : struct, System.Enum => phase.ToString().ToLowerInvariant();

    private static string Time(Timestamp? at) => at is null ? "" : at.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
