using System.CommandLine;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl trace</c>: turning traces on and off, ladders, captures.</summary>
internal static class TraceCommands
{
    private const int DefaultCalls = 1000;

    public static Command Create(ServerOptions server)
    {
        Command command = new("trace", "What calls said on the wire.");
        command.Subcommands.Add(CreateOn(server));
        command.Subcommands.Add(CreateOff(server));
        command.Subcommands.Add(CreateShow(server));
        return command;
    }

    private static Command CreateOn(ServerOptions server)
    {
        Command command = new("on", "Keep the SIP messages of the last calls from now on, until the next start.");
        Option<int> calls = new("--calls") { Description = "How many calls, up to 10000", DefaultValueFactory = static _ => DefaultCalls };
        command.Options.Add(calls);
        command.SetAction((parsed, cancellation) => SetAsync(server, parsed, parsed.GetValue(calls), cancellation));
        return command;
    }

    private static Command CreateOff(ServerOptions server)
    {
        Command command = new("off", "Keep none, and forget those that were kept.");
        command.SetAction((parsed, cancellation) => SetAsync(server, parsed, 0, cancellation));
        return command;
    }

    private static Command CreateShow(ServerOptions server)
    {
        Command command = new("show", "Show the ladder of a call, in progress or over; or save it as a capture.");
        Argument<string> id = new("call");
        Option<bool> messages = new("--messages", "-m") { Description = "Show the messages as well" };
        Option<string?> pcap = new("--pcap") { Description = "Write a capture for tshark and Wireshark into this file", HelpName = "file" };
        command.Arguments.Add(id);
        command.Options.Add(messages);
        command.Options.Add(pcap);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            Admin.AdminClient admin = new(invoker);
            if (parsed.GetValue(pcap) is { } file)
            {
                await SaveAsync(server.Terminal, admin, parsed.GetValue(id)!, file, cancellation);
                return ExitCode.Success;
            }

            Trace trace = await admin.GetTraceAsync(new GetTraceRequest { CallId = parsed.GetValue(id)! }, cancellationToken: cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, trace);
                return ExitCode.Success;
            }

            foreach (string line in Ladder.Draw(trace))
            {
                await server.Terminal.Out.WriteLineAsync(line);
            }

            foreach (TraceMessage message in parsed.GetValue(messages) ? trace.Messages : [])
            {
                await server.Terminal.Out.WriteLineAsync($"\n{message.At} {(message.Sent ? "sent to" : "received from")} {message.Transport}:{message.Remote} leg {message.LegId}");
                foreach (string line in message.Message.ToStringUtf8().Split("\r\n"))
                {
                    await server.Terminal.Out.WriteLineAsync($"  {Answer.Printable(line)}");
                }
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static async Task SaveAsync(Terminal terminal, Admin.AdminClient admin, string callId, string file, CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<CaptureChunk> call = admin.GetCapture(new GetCaptureRequest { CallId = callId }, cancellationToken: cancellation);
        string path = Path.GetFullPath(file, terminal.WorkingFolder);
        using MemoryStream capture = new();
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            call.ResponseStream.Current.Data.WriteTo(capture);
        }

        // Whole or not at all.
        await File.WriteAllBytesAsync(path, capture.ToArray(), cancellation);
        await terminal.Error.WriteLineAsync($"mcctl: {capture.Length} bytes in {path}");
    }

    private static Task<int> SetAsync(ServerOptions server, ParseResult parsed, int calls, CancellationToken cancellation) => server.RunAsync(parsed, async invoker =>
    {
        TraceSettings settings = await new Admin.AdminClient(invoker).SetTraceAsync(new SetTraceRequest { Calls = calls }, cancellationToken: cancellation);
        await (server.IsJson(parsed)
            ? Answer.WriteJsonAsync(server.Terminal, settings)
            : server.Terminal.Out.WriteLineAsync(settings.Calls == 0 ? "Traces are off." : $"The SIP messages of the last {settings.Calls} calls are kept."));
        return ExitCode.Success;
    });
}
