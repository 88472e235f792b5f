using System.CommandLine;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl listen</c>: the sound of a leg into a file, while it is there.</summary>
internal static class ListenCommand
{
    private const int RateHz = 16_000;

    public static Command Create(ServerOptions server)
    {
        Command command = new("listen", "Write what a leg says (left) and hears (right) into a WAVE file, until it ends or you stop it (Ctrl+C).");
        Argument<string> id = new("call");
        Option<string> file = new("--out", "-o") { Description = "The file", HelpName = "file", Required = true };
        Option<string?> leg = new("--leg") { Description = "The leg; the caller's where none is named" };
        Option<double?> seconds = new("--seconds") { Description = "Stop after so long, 0.1 to 86400" };
        OptionBounds.Require(seconds, 0.1, TimeSpan.SecondsPerDay);
        command.Arguments.Add(id);
        command.Options.Add(file);
        command.Options.Add(leg);
        command.Options.Add(seconds);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            AudioStart start = new()
            {
                CallId = parsed.GetValue(id)!,
                LegId = parsed.GetValue(leg) ?? "",
                SampleRateHz = RateHz,
                Listen = AudioStart.Types.Listen.Both,
                Speak = AudioStart.Types.Speak.None,
            };
            string path = Path.GetFullPath(parsed.GetValue(file)!, server.Terminal.WorkingFolder);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(seconds) is { } most)
            {
                limit.CancelAfter(TimeSpan.FromSeconds(most));
            }

            TimeSpan written = await ListenAsync(server.Terminal, new AudioStreams.AudioStreamsClient(invoker), start, path, limit.Token);
            await server.Terminal.Error.WriteLineAsync($"mcctl: {written.TotalSeconds:0.0} s in {path}");
            return ExitCode.Success;
        }));
        return command;
    }

    private static async Task<TimeSpan> ListenAsync(Terminal terminal, AudioStreams.AudioStreamsClient audio, AudioStart start, string path, CancellationToken cancellation)
    {
        using AsyncDuplexStreamingCall<AudioRequest, AudioResponse> call = audio.Connect(cancellationToken: CancellationToken.None);
        await call.RequestStream.WriteAsync(new AudioRequest { Start = start }, CancellationToken.None);

        // A call that is not there leaves no file behind, and no earlier one empty.
        if (!await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            return TimeSpan.Zero;
        }

        await using StereoFile wave = new(path, RateHz);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellation) && call.ResponseStream.Current is { Ended: null } message)
            {
                if (message.Audio is { } frame)
                {
                    wave.Add(frame);
                }
                else if (message.Overrun?.DroppedOut is { } dropped)
                {
                    await terminal.Error.WriteLineAsync($"mcctl: {dropped.ToTimeSpan().TotalMilliseconds:0} ms were lost on the way; they are silence in the file");
                }
            }
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Heard enough.
        }

        return wave.Duration;
    }
}
