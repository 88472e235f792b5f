using System.Globalization;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;

namespace MediaCore.LoadTests.Load;

/// <summary>A run: calls begin by their plan, each second is looked at, and it ends by itself when the last call has, or has had its time.</summary>
internal sealed class LoadRun(LoadOptions options)
{
    private const int WarmUpCalls = 200;

    /// <summary>Calls a second that warm a server up: any server takes so many while it compiles.</summary>
    private const double WarmUpRate = 100;

    private static readonly TimeSpan s_warmUpTalk = TimeSpan.FromMilliseconds(100);

    /// <summary>What a request waits for its answer at most (64 T1), and then some.</summary>
    private static readonly TimeSpan s_spare = TimeSpan.FromSeconds(40);

    public async Task<LoadResult> RunAsync(CancellationToken cancellation)
    {
        await WarmUpAsync(cancellation);
        using CallGenerator generator = new(GeneratorOptions());
        await using IServerUnderTest server = await StartServerAsync(generator);
        generator.Server = server.Endpoint;
        LoadMeter meter = new(generator, server);
        await meter.ProbeAsync();
        await WarmServerUpAsync(generator, cancellation);
        await meter.StartAsync();
        await generator.BeginAnewAsync(options.Arrivals.Start(options.Seed));
        return await WatchAsync(generator, meter, options.Arrivals.Seconds, cancellation);
    }

    /// <summary>Calls among ourselves, so that the runtime has compiled the generator before anything is timed: its compiler would be taken for the server's delay.</summary>
    private async Task WarmUpAsync(CancellationToken cancellation)
    {
        ScenarioStep[] steps = [new(StepKind.Invite), new(StepKind.Talk, s_warmUpTalk), new(StepKind.Bye)];
        GeneratorOptions warm = GeneratorOptions() with { Mix = new ScenarioMix([(new Scenario { Name = "warm-up", Media = MediaKind.Pcmu, Steps = steps }, 1)]), Places = WarmUpCalls, IsDirect = true, Accounts = 0 };
        using CallGenerator generator = new(warm with { CalleeAddress = warm.CalleeAddress.WithPort(0) });
        generator.Start(new ArrivalPlan(ArrivalShape.Constant, WarmUpCalls, WarmUpCalls, 1).Start(1));
        await generator.UntilAsync(() => generator is { HasBegunAll: true, Up: 0 }, s_spare, cancellation);
    }

    /// <summary>The scenario at a modest rate, for as long as was asked; what comes of it is nobody's figure.</summary>
    private async Task WarmServerUpAsync(CallGenerator generator, CancellationToken cancellation)
    {
        double rate = Math.Min(WarmUpRate, options.Arrivals.HighestRate / 2);
        generator.Start(new ArrivalPlan(ArrivalShape.Constant, rate, rate, options.IsDirect ? 0 : options.WarmUp.TotalSeconds).Start(options.Seed));
        await generator.UntilAsync(() => generator is { HasBegunAll: true, Up: 0 }, options.WarmUp + options.Mix.Longest + s_spare, cancellation);
        ThrowIfFaulted(generator);
    }

    private GeneratorOptions GeneratorOptions() => new()
    {
        Mix = options.Mix,
        Places = options.Places,
        CallerAddress = options.Callers,
        CalleeAddress = options.Callees,
        IsDirect = options.IsDirect,
        Accounts = options.Accounts,
        Password = options.Password,
        Seed = options.Seed,
        Gather = options.Gather,
    };

    private async Task<IServerUnderTest> StartServerAsync(CallGenerator generator) => options switch
    {
        { IsDirect: true } => new OtherServer(generator.CalleeEndpoint, null),
        { Program.Length: > 0 } => await OwnServer.StartAsync(options, generator.CalleeEndpoint),
        _ => new OtherServer(options.Server, options.Metrics),
    };

    private async Task<LoadResult> WatchAsync(CallGenerator generator, LoadMeter meter, double arrivalSeconds, CancellationToken cancellation)
    {
        List<LoadSecond> seconds = [];
        double patience = arrivalSeconds + options.Mix.Longest.TotalSeconds + s_spare.TotalSeconds;
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        bool isOver = false;
        while (!isOver && meter.Elapsed < patience)
        {
            await timer.WaitForNextTickAsync(cancellation);
            seconds.Add(await meter.TakeAsync());
            Show(seconds[^1]);
            ThrowIfFaulted(generator);
            await generator.LookAsync(() => isOver = generator is { HasBegunAll: true, Up: 0 });
        }

        LoadResult? result = null;
        await generator.LookAsync(() => result = new LoadResult(
            seconds, generator.TakeBegun(), generator.Totals, [.. generator.Scenarios.Select(static s => new ScenarioResult(s.Name, s.Started, s.Ended, s.Failed, s.SetUp.TakeAndClear()))],
            meter.TakeSetUp(), generator.OthersPart.TakeAndClear(), generator.Ringing.TakeAndClear(), generator.TearDown.TakeAndClear(), generator.Lateness.TakeAndClear(), generator.Up, meter.GeneratorCpuSeconds, meter.ServerCpuSeconds, meter.PortsRefused, meter.Elapsed));
        return result!;
    }

    private static void ThrowIfFaulted(CallGenerator generator)
    {
        if ((generator.Fault ?? generator.Pump.Fault) is { } fault)
        {
            throw new InvalidOperationException("The generator has a defect.", fault);
        }
    }

    private static void Show(LoadSecond s) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"load: {s.Second,4:F0} s: {s.Started} begun, {s.Answered} answered, {s.Failed} failed ({s.Refused} refused), {s.Up} up, {s.Lost} packets lost; set-up p50 {s.SetUp.P50 / 1000:F1} p99 {s.SetUp.P99 / 1000:F1} ms; cpu {s.CpuPercent:F0} %, generator {s.GeneratorCpuPercent:F0} %"));
}
