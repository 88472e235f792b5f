using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;
using Destination = MediaCore.Control.V1.Destination;
using Option = System.CommandLine.Option;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl calls originate</c>: makes a call to one party, or connects two.</summary>
internal static class OriginateCommand
{
    /// <summary>What the server takes, too, where nothing is said.</summary>
    private const int DefaultRingSeconds = 30;

    public static Command Create(ServerOptions server)
    {
        Command command = new("originate", "Make a call. With two destinations connect them, and wait until they talk. With one the call is its controller's, who has 30 s to say what is next; then it ends.");
        Argument<string> first = CallCommands.CreateDestination("destination");
        Argument<string> second = CallCommands.CreateDestination("other");
        second.Arity = ArgumentArity.ZeroOrOne;
        Option<string?> application = new("--application") { Description = "The application that it is made for" };
        Option<string?> caller = new("--caller") { Description = "Number that is presented" };
        Option<int> ring = new("--ring") { Description = "Seconds that each may ring, 1 to 3600", DefaultValueFactory = static _ => DefaultRingSeconds };
        OptionBounds.Require(ring, 1, 3600);
        Option<bool> wait = new("--wait") { Description = "Wait until a single destination has answered" };
        command.Arguments.Add(first);
        command.Arguments.Add(second);
        foreach (Option option in (Option[])[application, caller, ring, wait])
        {
            command.Options.Add(option);
        }

        server.AddController(command);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            if (await CallCommands.ReadDestinationAsync(server, parsed.GetValue(first)!) is not { } destination)
            {
                return ExitCode.Usage;
            }

            Destination? other = null;
            if (parsed.GetValue(second) is { } text && (other = await CallCommands.ReadDestinationAsync(server, text)) is null)
            {
                return ExitCode.Usage;
            }

            OriginateRequest request = new()
            {
                Target = CallCommands.To(""),
                Destinations = { destination },
                Application = parsed.GetValue(application) ?? "",
                CallerNumber = parsed.GetValue(caller) ?? "",
                RingTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(ring))),
            };
            return other is null && !parsed.GetValue(wait)
                ? await CallCommands.ReportAsync(server, parsed, await new CallControl.CallControlClient(invoker).OriginateAsync(request, cancellationToken: cancellation))
                : await ConnectAsync(server, parsed, invoker, request, other, cancellation);
        }));
        return command;
    }

    /// <summary>Dials the one and, where there is one, the other, and says when they have answered.</summary>
    private static async Task<int> ConnectAsync(ServerOptions server, ParseResult parsed, CallInvoker invoker, OriginateRequest request, Destination? other, CancellationToken cancellation)
    {
        CallControl.CallControlClient client = new(invoker);

        // Named here, so that its events can be followed before there is a call.
        string callId = request.Target.CallId = $"mcctl-{Guid.NewGuid():N}";
        SubscribeRequest subscribe = new() { Filter = new EventFilter { CallIds = { callId }, Kinds = { "command_ended" } } };
        using AsyncServerStreamingCall<Event> events = new Events.EventsClient(invoker).Subscribe(subscribe, cancellationToken: cancellation);
        await WaitAsync(events, static told => told.SnapshotEnded is not null, cancellation);
        try
        {
            await client.OriginateAsync(request, cancellationToken: cancellation);
            CommandEnded ended = await WaitForEndAsync(events, request.Target, cancellation);
            if (other is not null && ended.Outcome == CommandEnded.Types.Outcome.Completed)
            {
                await server.Terminal.Error.WriteLineAsync("mcctl: the first has answered");
                DialRequest dial = new() { Target = CallCommands.To(callId), Destinations = { other }, RingTime = request.RingTime };
                await client.DialAsync(dial, cancellationToken: cancellation);
                ended = await WaitForEndAsync(events, dial.Target, cancellation);
                if (ended.Outcome != CommandEnded.Types.Outcome.Completed)
                {
                    await client.HangupAsync(new HangupRequest { Target = CallCommands.To(callId) }, cancellationToken: cancellation);
                }
                else
                {
                    // From here on it is a call as any other: it ends when one of them hangs up.
                    await client.ReleaseAsync(new ReleaseRequest { Target = CallCommands.To(callId), Policy = ReleasePolicy.Continue }, cancellationToken: cancellation);
                }
            }

            if (ended.Outcome != CommandEnded.Types.Outcome.Completed)
            {
                await server.Terminal.Error.WriteLineAsync($"mcctl: not connected: {Answer.Printable(ended.Problem)} SIP status {ended.SipStatus}, cause {ended.Q850Cause}");
                return ExitCode.Failure;
            }
        }
        catch (RpcException)
        {
            // Refused half-way, or given up by whoever waited: nobody is left behind. There may be no call (any more) to hang up.
            await HangUpAsync(client, callId);
            throw;
        }

        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, await client.GetCallAsync(new GetCallRequest { CallId = callId }, cancellationToken: cancellation));
        }
        else
        {
            await server.Terminal.Out.WriteLineAsync($"connected: {callId}");
        }

        return ExitCode.Success;
    }

    private static async Task HangUpAsync(CallControl.CallControlClient client, string callId)
    {
        try
        {
            await client.HangupAsync(new HangupRequest { Target = CallCommands.To(callId) }, deadline: DateTime.UtcNow.AddSeconds(5), cancellationToken: CancellationToken.None);
        }
        catch (RpcException)
        {
            // What went wrong before is what is told.
        }
    }

    private static async Task<CommandEnded> WaitForEndAsync(AsyncServerStreamingCall<Event> events, Target target, CancellationToken cancellation) =>
        (await WaitAsync(events, told => told.CommandEnded?.CommandId == target.CommandId, cancellation)).CommandEnded;

    private static async Task<Event> WaitAsync(AsyncServerStreamingCall<Event> events, Predicate<Event> wanted, CancellationToken cancellation)
    {
        while (await events.ResponseStream.MoveNext(cancellation))
        {
            if (events.ResponseStream.Current.Overrun is not null)
            {
                throw new RpcException(new Status(StatusCode.DataLoss, "Events of the call were overrun; what became of it is not known (mcctl calls list)."));
            }

            if (wanted(events.ResponseStream.Current))
            {
                return events.ResponseStream.Current;
            }
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "The server has ended the stream of events."));
    }
}
