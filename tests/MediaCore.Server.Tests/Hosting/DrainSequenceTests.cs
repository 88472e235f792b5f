using MediaCore.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

public sealed class DrainSequenceTests
{
    private readonly Engine _engine = new();
    private readonly Lines _lines = new();
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
        Assert.StartsWith("DrainStarted: Draining: 1 calls and 2 ng sessions go on", _lines.Written[0], StringComparison.Ordinal);
        Assert.EndsWith("ending the 1 calls and 2 ng sessions that are left", _lines.Written[1], StringComparison.Ordinal);
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
        DrainSequence.RunAsync(_engine, limit, TimeProvider.System, _lines, _cutShort.Token);

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add($"{eventId.Name}: {formatter(state, exception)}");
    }

    private sealed class Engine : IDrainable
    {
        public List<string> Log { get; } = [];

        public TaskCompletionSource Idle { get; } = new();

        public int ActiveCalls => 1;

        public int NgSessions => 2;

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
