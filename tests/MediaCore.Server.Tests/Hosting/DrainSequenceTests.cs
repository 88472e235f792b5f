using MediaCore.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Server.Tests.Hosting;

public sealed class DrainSequenceTests
{
    private readonly Engine _engine = new();
    private readonly CancellationTokenSource _cutShort = new();

    [Fact]
    public async Task Drain_WaitsForCalls_AndEndsNone()
    {
        Task<DrainOutcome> drain = Run(TimeSpan.FromHours(1));
        Assert.Equal(["drain", "wait"], _engine.Log);
        Assert.False(drain.IsCompleted);

        _engine.Idle.SetResult();

        Assert.Equal(DrainOutcome.Idle, await drain);
        Assert.Equal(["drain", "wait"], _engine.Log);
    }

    [Fact]
    public async Task Drain_AtItsLimit_EndsTheRest()
    {
        Assert.Equal(DrainOutcome.LimitReached, await Run(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["drain", "wait", "end"], _engine.Log);
    }

    [Fact]
    public async Task Drain_WithoutPatience_EndsTheRestAtOnce()
    {
        Assert.Equal(DrainOutcome.LimitReached, await Run(TimeSpan.Zero));
        Assert.Equal(["drain", "wait", "end"], _engine.Log);
    }

    [Fact]
    public async Task Drain_ToldASecondTime_IsCutShort()
    {
        Task<DrainOutcome> drain = Run(TimeSpan.FromHours(1));

        await _cutShort.CancelAsync();

        Assert.Equal(DrainOutcome.CutShort, await drain);
        Assert.Equal(["drain", "wait", "end"], _engine.Log);
    }

    [Fact]
    public void Signals_FirstStops_SecondStopsNow_FurtherAreIgnored()
    {
        using StopSignals signals = new();
        signals.RequestStop("SIGTERM");
        Assert.True(signals.Stop.IsCancellationRequested);
        Assert.False(signals.StopNow.IsCancellationRequested);

        signals.RequestStop("SIGINT");
        signals.RequestStop("SIGINT");

        Assert.True(signals.StopNow.IsCancellationRequested);
        Assert.Equal("SIGTERM", signals.Reason);
    }

    [Fact]
    public void Signals_Hangup_Reloads_AndStopsNothing()
    {
        using StopSignals signals = new();
        int reloads = 0;
        signals.RequestReload();
        signals.OnReload(() => reloads++);
        signals.RequestReload();
        signals.RequestReload();

        Assert.Equal(2, reloads);
        Assert.False(signals.Stop.IsCancellationRequested);
    }

    private Task<DrainOutcome> Run(TimeSpan limit) =>
        DrainSequence.RunAsync(_engine, limit, TimeProvider.System, NullLogger.Instance, _cutShort.Token);

    private sealed class Engine : IDrainable
    {
        public List<string> Log { get; } = [];

        public TaskCompletionSource Idle { get; } = new();

        public int ActiveCalls => 1;

        public void BeginDrain() => Log.Add("drain");

        public Task WhenIdleAsync(CancellationToken cancellation)
        {
            Log.Add("wait");
            return Idle.Task.WaitAsync(cancellation);
        }

        public Task EndCallsAsync()
        {
            Log.Add("end");
            return Task.CompletedTask;
        }
    }
}
