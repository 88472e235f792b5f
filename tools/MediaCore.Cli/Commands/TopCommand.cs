using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl top</c>: what the node does, renewed every second.</summary>
internal static class TopCommand
{
    public static Command Create(ServerOptions server)
    {
        Command command = new("top", "Watch what the node does: calls, media, shards. Ends with Ctrl-C, or after --count.");
        Option<double> interval = new("--interval") { Description = "Seconds between two looks, 0.1 to 3600", DefaultValueFactory = static _ => 1 };
        Option<int> count = new("--count", "-n") { Description = "So many looks; 0 for no end", DefaultValueFactory = static _ => 0 };
        OptionBounds.Require(interval, 0.1, 3600);
        OptionBounds.Require(count, 0, int.MaxValue);
        command.Options.Add(interval);
        command.Options.Add(count);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            WatchStatisticsRequest request = new() { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(interval))) };
            using AsyncServerStreamingCall<Statistics> call = new Admin.AdminClient(invoker).WatchStatistics(request, cancellationToken: cancellation);
            try
            {
                await ShowAsync(server, server.IsJson(parsed), call.ResponseStream, parsed.GetValue(count), cancellation);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
            {
                // Ctrl-C is how it is meant to end.
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static async Task ShowAsync(ServerOptions server, bool isJson, IAsyncStreamReader<Statistics> figures, int count, CancellationToken cancellation)
    {
        Statistics? before = null;
        IAnsiConsole console = server.Terminal.CreateConsole();
        for (int i = 0; (count == 0 || i < count) && await figures.MoveNext(cancellation); i++)
        {
            if (isJson)
            {
                await Answer.WriteJsonAsync(server.Terminal, figures.Current);
                continue;
            }

            if (server.Terminal.IsInteractive && i > 0)
            {
                console.Clear(home: true);
            }

            console.Write(Draw(figures.Current, before));
            before = figures.Current;
        }
    }

    private static Rows Draw(Statistics now, Statistics? before)
    {
        double seconds = before is null ? 0 : (now.At.ToDateTimeOffset() - before.At.ToDateTimeOffset()).TotalSeconds;
        string Rate(Func<Statistics, double> value) => seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(value(now) - value(before!)) / seconds:0.0}/s") : "-";
        Table figures = new() { Border = TableBorder.None };
        figures.AddColumns("FIGURE", "NOW", "RATE");
        Add("calls", now.ActiveCalls, Rate(static s => s.CallsTotal));
        Add("refused", now.CallsRefusedTotal, Rate(static s => s.CallsRefusedTotal));
        Add("registrations", now.Registrations, "");
        Add("RTP relayed", now.RtpPacketsRelayedTotal, Rate(static s => s.RtpPacketsRelayedTotal));
        Add("RTP dropped", now.RtpPacketsDroppedTotal, Rate(static s => s.RtpPacketsDroppedTotal));
        Add("media ports used", now.MediaPortsUsed, $"{now.MediaPortsFree} free");
        Add("transcoding", now.TranscodingCalls, "");
        Add("memory, MiB", now.ResidentBytes >> 20, $"{Rate(static s => s.AllocatedBytesTotal / 1024.0)} KiB allocated");
        Add("processor, s", (long)now.ProcessorTime.ToTimeSpan().TotalSeconds, seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(now.ProcessorTime.ToTimeSpan() - before!.ProcessorTime.ToTimeSpan()).TotalSeconds / seconds:0.00} cores") : "-");
        Table shards = new() { Border = TableBorder.None };
        shards.AddColumns("SHARD", "CALLS", "MAILBOX", "QUEUE DELAY");
        foreach (ShardFigures shard in now.Shards)
        {
            shards.AddRow(Text(shard.Index), Text(shard.ActiveCalls), Text(shard.Mailbox), string.Create(CultureInfo.InvariantCulture, $"{shard.QueueDelay.ToTimeSpan().TotalMilliseconds:0.00} ms"));
        }

        return new Rows(new IRenderable[] { figures, shards });

        void Add(string name, long value, string rate) => figures.AddRow(name, Text(value), rate);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
