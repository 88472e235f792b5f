using System.Diagnostics;
using System.Globalization;
using System.Net;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;
using MediaCore.LoadTests.Server;
using MediaCore.LoadTests.Soak.Chaos;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Soak;

/// <summary>The soak: a server of its own, calls that come and go, a look each minute, and at the end whether all was given back.</summary>
internal sealed class SoakRun(SoakOptions options, ChaosSchedule chaos)
{
    private const double CallsPerSecond = 25;
    private const int SparePlaces = 16;
    private const string Codecs = "mediacore_rtp_audio_parties";
    private const string Collections = "dotnet_gc_collections_total";

    // Memory may go up and down with the collector; what it may not is go up for good.
    private const double MostGrowth = 1.15;

    // What is still reachable after a collection of the whole heap: the calls that are up may be some more or fewer.
    private const double MostLiveGrowth = 1.1;

    // The last third's median of the minutes' p99.9 beside the first third's: a shared machine is not steadier than that.
    private const double MostSlower = 1.5;

    // A connection of the metrics' page that is just being closed, a file of the log.
    private const int FewDescriptors = 8;

    // Minutes that the host took time from are left out of the delays; with more of them the run says nothing.
    private const double MostDisturbed = 0.25;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it; when it is cancelled, the server is ended before that is told.</summary>
    public async Task<SoakResult> RunAsync(CancellationToken cancellation)
    {
        using CallGenerator generator = new(new GeneratorOptions
        {
            Mix = Mix(),

            // One that has ended is listened to for a moment longer than it counts.
            Places = options.Calls + SparePlaces,
            CallerAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0),
            CalleeAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0),
        });
        Dictionary<string, object> configuration = Configure(generator.CalleeEndpoint);
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        await chaos.PrepareAsync(configuration, environment);
        await using ServerProcess server = await ServerProcess.StartAsync(options.Program, configuration, environment: environment);
        generator.Server = NetworkEndpoint.From(IPAddress.Loopback, (ushort)server.SipPort);
        await chaos.BeginAsync(server, generator);
        ServerFigures before = await server.GetFiguresAsync();
        generator.Start(new Population(options.Calls, CallsPerSecond));
        await FillAsync(generator, cancellation);

        double liveBefore = await server.GetLiveHeapBytesAsync();
        List<SoakMinute> minutes = [];
        double cpu = (await server.GetFiguresAsync()).Total("process_cpu_seconds_total");
        double generatorCpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        generator.Pump.Latency.TakeAndClear();
        generator.Pump.TakeLateness();
        StolenTime stolen = new();
        chaos.Start();
        using PeriodicTimer timer = new(TimeSpan.FromMinutes(1));
        Stopwatch watch = Stopwatch.StartNew();
        double lastSeconds = 0;
        for (int minute = 1; minute <= options.Minutes && generator.Fault is null && generator.Pump.Fault is null && !server.HasExited; minute++)
        {
            await timer.WaitForNextTickAsync(cancellation);
            ServerFigures figures = await CallsAccount.LookAsync(server.GetFiguresAsync);
            double seconds = watch.Elapsed.TotalSeconds;
            double spent = figures.Total("process_cpu_seconds_total");
            double spentHere = Environment.CpuUsage.TotalTime.TotalSeconds;
            double share = 100 / (seconds - lastSeconds);
            await generator.LookAsync(() => minutes.Add(Look(minute, generator, figures, share * (spent - cpu), share * (spentHere - generatorCpu), stolen.TakePercent())));
            (cpu, generatorCpu, lastSeconds) = (spent, spentHere, seconds);
            Show(minutes[^1]);
        }

        await ThrowIfFaultedAsync(generator, server);
        await chaos.EndAsync();
        double liveAfter = await server.GetLiveHeapBytesAsync();
        await generator.EndAsync();
        await chaos.DisposeAsync();
        ServerFigures after = await AwaitRestAsync(server);
        return new SoakResult(minutes, generator.Totals, [.. Check(minutes, generator.Totals, before, after), CheckLive(liveBefore, liveAfter), .. chaos.Check()]);
    }

    private ScenarioMix Mix()
    {
        // Between half and one and a half of the mean, so that calls begin and end at all times.
        ScenarioStep[] steps = [new(StepKind.Invite), new(StepKind.Talk, TimeSpan.FromSeconds(options.CallSeconds), Spread: 0.5), new(StepKind.Bye)];
        (Scenario, double)[] parts =
        [
            (new Scenario { Name = "relayed", Media = options.IsPlain ? MediaKind.Pcmu : MediaKind.Srtp, Steps = steps }, options.Calls - options.Transcoded),
            (new Scenario { Name = "transcoded", Media = options.IsPlain ? MediaKind.Transcoded : MediaKind.SrtpTranscoded, Steps = steps }, options.Transcoded),
        ];
        return new ScenarioMix([.. parts.Where(static p => p.Item2 > 0)]);
    }

    private Dictionary<string, object> Configure(NetworkEndpoint callees) => new()
    {
        ["media"] = new { address = "127.0.0.1", ports = "10000-29999" },
        ["calls"] = new { maxCalls = (2 * options.Calls) + 100 },
        ["numbers"] = new { enabled = false },
        ["trunks"] = new object[]
        {
            new { name = "callers", targets = new[] { "sip:127.0.0.2:9;transport=udp" }, from = new[] { "127.0.0.2/32" }, srtp = options.IsPlain ? "refuse" : "require" },
            new { name = "callees", targets = new[] { $"sip:{callees};transport=udp" }, from = new[] { "127.0.0.3/32" } },
            new { name = "opus-callees", targets = new[] { $"sip:{callees};transport=udp" }, codecs = new[] { "opus" } },
        },
        ["routes"] = new object[]
        {
            new { name = "relayed", match = new { to = $"+1{(char)CallName.Relayed}*" }, trunks = new[] { "callees" } },
            new { name = "transcoded", match = new { to = $"+1{(char)CallName.Transcoded}*" }, trunks = new[] { "opus-callees" } },
        },
    };

    private async Task FillAsync(CallGenerator generator, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await generator.UntilAsync(() => generator.Talking >= options.Calls * 9 / 10, TimeSpan.FromSeconds(options.Calls / CallsPerSecond) + s_patience, cancellation);
        Say($"{generator.Talking} calls talk after {watch.Elapsed.TotalSeconds:F0} s");
    }

    private static SoakMinute Look(int minute, CallGenerator generator, ServerFigures figures, double cpuPercent, double generatorCpuPercent, double stolenPercent)
    {
        CallTotals totals = generator.Totals;
        return new SoakMinute(
            minute, generator.Talking, (int)figures.Total("mediacore_calls_active"), (int)CallsAccount.Unaccounted(figures), totals.Ended, totals.Failed, totals.Sent - totals.Received, generator.Pump.Latency.TakeAndClear(),
            generator.Pump.TakeLateness().TotalMilliseconds, cpuPercent, generatorCpuPercent, stolenPercent, figures.ResidentBytes / 1048576.0, figures.Total(ServerFigures.Heap) / 1048576.0, (int)figures.Total(Collections, "gen2"), figures.Descriptors,
            (int)figures.Total("mediacore_rtp_ports", "state=\"used\""), (int)figures.Total(Codecs));
    }

    /// <summary>After the last BYE the server has a minute to give everything back.</summary>
    private static async Task<ServerFigures> AwaitRestAsync(ServerProcess server)
    {
        Stopwatch watch = Stopwatch.StartNew();
        ServerFigures figures;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            figures = await server.GetFiguresAsync();
        }
        while (watch.Elapsed < s_patience && figures.Total("mediacore_calls_active") + figures.Total("mediacore_rtp_ports", "state=\"used\"") + figures.Total(Codecs) > 0);
        return figures;
    }

    private List<Finding> Check(List<SoakMinute> minutes, CallTotals totals, ServerFigures before, ServerFigures after)
    {
        List<SoakMinute> ours = [.. minutes.Where(static m => m.IsOurs)];
        (double firstDelay, double lastDelay) = Thirds(ours, static m => m.Latency.P999);
        (double firstMemory, double lastMemory) = Thirds(minutes, static m => m.ResidentMebibytes);

        // Ports are bound ahead of need and stay open, two descriptors a pair; nothing else of a call has one.
        double unboundBefore = before.Total("mediacore_rtp_ports", "state=\"unbound\"");
        double unboundAfter = after.Total("mediacore_rtp_ports", "state=\"unbound\"");
        double otherDescriptors = after.Descriptors - before.Descriptors - (2 * (unboundBefore - unboundAfter));
        List<Finding> checks =
        [
            new("every call was set up and ended", totals.Failed == 0 && totals.Started == totals.Ended, string.Join(", ", [Text($"{totals.Started} started, {totals.Ended} ended, {totals.Failed} failed"), .. totals.Problems.Select(static p => Text($"{p.Value} × {p.Key}"))])),
            new("no packet of a relayed call was lost", totals.Received == totals.Sent, Text($"{totals.Received} of {totals.Sent}")),
            new("every packet came as it was sent", totals.Compared > 0 && totals.Unauthentic + totals.Altered + totals.SendErrors == 0, Text($"{totals.Unauthentic} not authentic, {totals.Altered} altered, {totals.SendErrors} not sent; {totals.Compared} compared")),
            new("no side of a call heard nothing", totals.SilentSides + totals.MuteSides == 0, Text($"{totals.SilentSides} of {2 * totals.Ended} heard nothing, {totals.MuteSides} sent nothing")),
            new("calls in are calls out and up, each minute", minutes.TrueForAll(static m => m.Unaccounted == 0), string.Join(", ", minutes.Where(static m => m.Unaccounted != 0).Select(static m => Text($"{m.Unaccounted} in minute {m.Minute}")).DefaultIfEmpty("always"))),
            new(
                "no call, no port, no codec is left", after.Total("mediacore_calls_active") + after.Total("mediacore_rtp_ports", "state=\"used\"") + after.Total(Codecs) == 0,
                Text($"{after.Total("mediacore_calls_active")} calls, {after.Total("mediacore_rtp_ports", "state=\"used\"")} port pairs, {after.Total(Codecs)} legs with a codec of the pool")),
            new("no descriptor is left", Math.Abs(otherDescriptors) <= FewDescriptors + chaos.SpareDescriptors, Text($"{before.Descriptors} before, {after.Descriptors} after, of these {2 * (unboundBefore - unboundAfter)} of ports bound meanwhile")),
            new("no input met a defect", after.Total("mediacore_shard_faults_total") == 0, Text($"{after.Total("mediacore_shard_faults_total")}")),
            new("memory is flat", lastMemory <= firstMemory * MostGrowth, Text($"median of the first third {firstMemory:F0} MiB, of the last {lastMemory:F0} MiB")),
            MemoryTrend.Judge([.. minutes.Select(static m => m.ResidentMebibytes)]),
            new("delay p99.9 is as at the start", ours.Count > 0 && lastDelay <= firstDelay * MostSlower, Text($"median of the first third {firstDelay:F0} µs, of the last {lastDelay:F0} µs")),
            new("the machine was the run's own", minutes.Count - ours.Count <= MostDisturbed * minutes.Count, Text($"its host took time from {minutes.Count - ours.Count} of {minutes.Count} minutes, which are left out of the delays; {minutes.Max(static m => m.StolenPercent):F1} % at most")),
        ];
        if (totals.TranscodedSent > 0)
        {
            checks.Add(new("transcoded calls get the packets that were sent", TranscodedSound.IsDelivered(totals), Text($"{totals.TranscodedReceived} of {totals.TranscodedSent}")));
            checks.Add(new("transcoded calls hear the other side's tone", TranscodedSound.IsHeard(totals), Text($"{totals.ToneWindows} of {totals.Windows} tenths of a second, {totals.Undecoded} packets could not be decoded")));
        }

        return checks;
    }

    /// <summary>Medians of the first third and of the last.</summary>
    private static (double First, double Last) Thirds(List<SoakMinute> minutes, Func<SoakMinute, double> figure)
    {
        int third = Math.Max(1, minutes.Count / 3);
        return (Median.Of(minutes.Take(third).Select(figure)), Median.Of(minutes.TakeLast(third).Select(figure)));
    }

    private static Finding CheckLive(double before, double after) => new(
        "as many objects are alive as at the start", after <= before * MostLiveGrowth, Text($"{before / 1048576:F2} MiB after a collection of the whole heap before the first minute, {after / 1048576:F2} MiB after the last"));

    private static async Task ThrowIfFaultedAsync(CallGenerator generator, ServerProcess server)
    {
        if ((generator.Fault ?? generator.Pump.Fault) is { } fault)
        {
            throw new InvalidOperationException("The generator has a defect.", fault);
        }

        if (server.HasExited)
        {
            throw new ServerFailedException($"the server ended in the middle of the run; the end of its log:\n{await server.ReadLogEndAsync()}");
        }
    }

    private static void Show(SoakMinute m) => Say(Text(
        $"minute {m.Minute}: {m.Talking} talk, {m.Ended} ended, {m.Failed} failed, {m.Lost} packets lost; delay p50 {m.Latency.P50:F0} p99.9 {m.Latency.P999:F0} µs; cpu {m.CpuPercent:F0} % (generator {m.GeneratorCpuPercent:F0} %, stolen {m.StolenPercent:F1} %), {m.ResidentMebibytes:F0} MiB, {m.Descriptors} descriptors, {m.PortsUsed} port pairs"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Say(string text) => Console.Error.WriteLine($"soak: {text}");
}
