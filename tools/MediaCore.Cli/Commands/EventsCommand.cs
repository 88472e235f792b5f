using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl events</c>: what happens, as it happens.</summary>
internal static class EventsCommand
{
    private static readonly JsonFormatter s_short = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public static Command Create(ServerOptions server)
    {
        Command command = new("events", "Watch what happens to calls, registrations and trunks. Ends with Ctrl-C, or after --count.");
        Option<string[]> calls = new("--call") { Description = "Only of this call; may be given more than once", AllowMultipleArgumentsPerToken = true };
        Option<string[]> kinds = new("--kinds") { Description = "Only these kinds, such as leg_changed; media_quality, talk_started and talk_stopped are told when they are named", AllowMultipleArgumentsPerToken = true };
        Option<string[]> accounts = new("--account") { Description = "Only what has to do with this account", AllowMultipleArgumentsPerToken = true };
        Option<string[]> trunks = new("--trunk") { Description = "Only what has to do with this trunk", AllowMultipleArgumentsPerToken = true };
        Option<string?> after = new("--after") { Description = "Go on after this resume token, which --json shows with each event", HelpName = "token" };
        Option<bool> newOnly = new("--no-snapshot") { Description = "Don't tell first how everything is now" };
        Option<int> count = new("--count", "-n") { Description = "So many events; 0 for no end", DefaultValueFactory = static _ => 0 };
        OptionBounds.Require(count, 0, int.MaxValue);
        foreach (Option option in (Option[])[calls, kinds, accounts, trunks, after, newOnly, count])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            SubscribeRequest request = new()
            {
                Filter = new EventFilter
                {
                    CallIds = { parsed.GetValue(calls) ?? [] },
                    Kinds = { (parsed.GetValue(kinds) ?? []).SelectMany(static names => names.Split(',', StringSplitOptions.RemoveEmptyEntries)) },
                    Accounts = { parsed.GetValue(accounts) ?? [] },
                    Trunks = { parsed.GetValue(trunks) ?? [] },
                },
                ResumeToken = parsed.GetValue(after) ?? "",
                NoSnapshot = parsed.GetValue(newOnly),
            };
            using AsyncServerStreamingCall<Event> stream = new Events.EventsClient(invoker).Subscribe(request, cancellationToken: cancellation);
            try
            {
                int most = parsed.GetValue(count);
                for (int i = 0; (most == 0 || i < most) && await stream.ResponseStream.MoveNext(cancellation); i++)
                {
                    await (server.IsJson(parsed) ? Answer.WriteJsonLineAsync(server.Terminal, stream.ResponseStream.Current) : server.Terminal.Out.WriteLineAsync(Describe(stream.ResponseStream.Current)));
                }
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
            {
                // Ctrl-C is how it is meant to end.
            }

            return ExitCode.Success;
        }));
        return command;
    }

    /// <summary>A line: when, which call or leg, what, and what the event says of it.</summary>
    private static string Describe(Event told)
    {
        FieldDescriptor? kind = Event.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(told);
        string time = told.At?.ToDateTimeOffset().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "";
        string who = told.LegId.Length > 0 ? told.LegId : told.CallId;
        string what = kind?.Accessor.GetValue(told) is IMessage message ? s_short.Format(message) : "";
        return Answer.Printable(string.Create(CultureInfo.InvariantCulture, $"{time}  {who,-28} {(told.Sequence > 0 ? told.Sequence : ""),4}  {kind?.Name,-20} {(what == "{ }" ? "" : what)}").TrimEnd());
    }
}
