using System.Diagnostics;
using System.Globalization;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.V1;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Server;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.LoadTests.Control;

/// <summary>The run: a server of its own, calls begun at a steady pace over one session, a look at the server every five seconds.</summary>
internal sealed class ControlRun(ControlOptions options)
{
    /// <summary>Issue 5: from the command to the SIP message on the wire.</summary>
    private const double MostMicroseconds = 10_000;

    // Memory may go up and down with the collector; what it may not is go up for good.
    private const double MostGrowth = 1.1;

    private const string Trunk = "callees";
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it; when it is cancelled, the server is ended before that is told.</summary>
    public async Task<ControlResult> RunAsync(CancellationToken cancellation)
    {
        NetworkEndpoint address = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0);
        System.Collections.Concurrent.ConcurrentDictionary<string, DrivenCall> calls = new(StringComparer.Ordinal);
        using CalleeAgent callees = new(address, calls);
        await using ServerProcess server = await ServerProcess.StartAsync(options.Program, Configure(callees.Endpoint));
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{server.GrpcPort}");
        using var stream = new CallControl.CallControlClient(channel).Session(cancellationToken: cancellation);
        ControlSession session = new(stream, calls);
        Task[] both = [session.WriteAllAsync(), session.ReadAllAsync()];
        await Task.WhenAny([session.OpenAsync(), .. both]);

        List<ControlMoment> moments = [];
        using CancellationTokenSource enough = new();
        Task looking = LookAsync(server, session, moments, enough.Token);
        LatencyHistogram lateness = new();
        long begun = await Task.Factory.StartNew(() => BeginAll(session, callees, lateness, both, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await enough.CancelAsync();
        await looking;
        cancellation.ThrowIfCancellationRequested();
        Stopwatch watch = Stopwatch.StartNew();
        while (session.Ended < begun && watch.Elapsed < s_patience && callees.Fault is null && !both.Any(static t => t.IsCompleted) && !server.HasExited)
        {
            await Task.Delay(s_turn, cancellation);
        }

        ServerFigures after = await server.GetFiguresAsync();
        session.Complete();
        await EndAsync(both);
        if (callees.Fault is { } fault)
        {
            throw new InvalidOperationException("The callees have a defect.", fault);
        }

        LatencySummary invites = callees.Invites.TakeAndClear();
        LatencySummary byes = callees.Byes.TakeAndClear();
        return new ControlResult(Judge(session, begun, callees, invites, byes, moments, after), invites, byes, lateness.TakeAndClear(), moments);
    }

    private static async Task EndAsync(Task[] both)
    {
        try
        {
            await Task.WhenAll(both).WaitAsync(s_patience, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RpcException or TimeoutException)
        {
            throw new ServerFailedException($"the session of the control interface has not ended as it should: {exception.Message}", exception);
        }
    }

    private Dictionary<string, object> Configure(NetworkEndpoint callees) => new()
    {
        ["media"] = new { address = "127.0.0.1", ports = "10000-29999" },
        ["calls"] = new { maxCalls = 10 * options.CallsPerSecond },
        ["numbers"] = new { enabled = false },
        ["trunks"] = new object[] { new { name = Trunk, targets = new[] { $"sip:{callees};transport=udp" }, from = new[] { "127.0.0.3/32" } } },
        ["routes"] = new object[] { new { name = "all", match = new { to = "*" }, trunks = new[] { Trunk } } },
    };

    /// <summary>Begins calls at a steady pace, each at its own moment; what is late is made up for, and counts from when it was due. Times of the warm-up are forgotten; its calls count for everything else.</summary>
    private long BeginAll(ControlSession session, CalleeAgent callees, LatencyHistogram lateness, Task[] both, CancellationToken cancellation)
    {
        long warm = (long)options.CallsPerSecond * options.WarmUp;
        long all = warm + ((long)options.CallsPerSecond * options.Seconds);

        // A wait of its own kind: timers and Thread.Sleep know whole milliseconds only, which would be a tenth of what is allowed.
        using EventPoller clock = new();
        ReadyEvent[] none = new ReadyEvent[1];
        Timestamp start = MonotonicClock.Now;
        long begun = 0;
        for (; begun < all && !both.Any(static t => t.IsCompleted) && !cancellation.IsCancellationRequested; begun++)
        {
            Timestamp due = start + TimeSpan.FromSeconds((double)begun / options.CallsPerSecond);
            for (TimeSpan early = due - MonotonicClock.Now; early > TimeSpan.Zero; early = due - MonotonicClock.Now)
            {
                clock.Wait(none, early);
            }

            if (begun == warm)
            {
                foreach (LatencyHistogram times in (LatencyHistogram[])[callees.Invites, callees.Byes, lateness])
                {
                    times.TakeAndClear();
                }
            }

            lateness.Add((MonotonicClock.Now - due).Ticks * 100);
            session.Originate(begun, Trunk, due);
        }

        return begun;
    }

    private static async Task LookAsync(ServerProcess server, ControlSession session, List<ControlMoment> moments, CancellationToken enough)
    {
        using PeriodicTimer timer = new(s_look);
        Stopwatch watch = Stopwatch.StartNew();
        double before = (await server.GetFiguresAsync()).Total("process_cpu_seconds_total");
        double since = watch.Elapsed.TotalSeconds;
        for (bool isLast = false; !isLast;)
        {
            try
            {
                await timer.WaitForNextTickAsync(enough);
            }
            catch (OperationCanceledException)
            {
                isLast = true;
            }

            ServerFigures figures = await server.GetFiguresAsync();
            double now = watch.Elapsed.TotalSeconds;
            double spent = figures.Total("process_cpu_seconds_total");
            moments.Add(new ControlMoment((int)Math.Round(now), (int)figures.Total("mediacore_calls_active"), 100 * (spent - before) / (now - since), figures.ResidentBytes / 1048576.0, figures.Total(ServerFigures.Heap) / 1048576.0, session.Events, session.Ended));
            (before, since) = (spent, now);
            await Console.Error.WriteLineAsync(Text($"control: {now:F0} s: {moments[^1].ActiveCalls} calls, cpu {moments[^1].CpuPercent:F0} %, {moments[^1].ResidentMebibytes:F0} MiB"));
        }
    }

    private List<Finding> Judge(ControlSession session, long begun, CalleeAgent callees, LatencySummary invites, LatencySummary byes, List<ControlMoment> moments, ServerFigures after)
    {
        var commands = session.Calls.Values.SelectMany(static c => c.Commands.Values).ToArray();
        int whole = session.Calls.Values.Count(static c => c is { IsAnswered: true, IsEnded: true, Commands.Count: 3 });

        // The server keeps what has ended for those who come back, so its memory grows until these stores are full; afterwards one look is as good as the next but for the collector.
        List<ControlMoment> filled = moments.FindAll(static m => m.IsFilled);
        bool isJudged = filled.Count > 1;
        filled = isJudged ? filled : moments;
        int half = filled.Count / 2;
        double early = Median.Of(filled.Take(half).Select(static m => m.ResidentMebibytes));
        double late = Median.Of(filled.Skip(half).Select(static m => m.ResidentMebibytes));
        return
        [
            new("every call was answered, sent a digit, hung up, and told whole", whole == begun, Text($"{begun} begun, {whole} whole, {session.Ended} ended")),
            new("no event was lost or out of order, no word too many", session.Problems.Count == 0, session.Problems.Count == 0 ? Text($"{session.Events} events") : string.Join("; ", session.Problems.Select(static p => Text($"{p.Value} × {p.Key}")))),
            new("each command has one reply and one end", commands.All(static c => c == (1, 1)), Text($"{commands.Length} commands, {commands.Count(static c => c != (1, 1))} without")),
            new("command to INVITE on the wire: p99 at most 10 ms", invites.Count > 0 && invites.P99 <= MostMicroseconds, Show(invites)),
            new("command to BYE on the wire: p99 at most 10 ms", byes.Count > 0 && byes.P99 <= MostMicroseconds, Show(byes)),
            new("no request had to be sent again", callees.Repeated == 0, Text($"{callees.Repeated}")),
            new("memory is flat", late <= early * MostGrowth, Text($"median {early:F0} MiB from {filled[0].Second} s on, {late:F0} MiB from {filled[half].Second} s on{(isJudged ? "" : " (too short: what the server keeps of ended calls was not full yet)")}")),
            new("no input met a defect", after.Total("mediacore_shard_faults_total") == 0, Text($"{after.Total("mediacore_shard_faults_total")}")),
        ];
    }

    private static string Show(LatencySummary latency) => Text($"{latency.Count}: p50 {latency.P50:F0} µs, p99 {latency.P99:F0} µs, p99.9 {latency.P999:F0} µs, max {latency.Max:F0} µs");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
