using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;

namespace MediaCore.Benchmarks;

/// <summary>A shard's timers with a million of them waiting, as 32 s transaction timers of a busy proxy would.</summary>
[MemoryDiagnoser]
public class TimingWheelBenchmark
{
    private const int Timers = 1_000_000;
    private const int OperationsPerInvoke = 1_000;

    private readonly PeriodicNode[] _nodes = new PeriodicNode[Timers];
    private TimingWheel _wheel = new(Timestamp.Zero);
    private Timestamp _now;
    private int _next;

    [GlobalSetup]
    public void Schedule()
    {
        Random random = new(1);
        _now = Timestamp.Zero;
        _wheel = new TimingWheel(_now);
        for (int i = 0; i < Timers; i++)
        {
            _nodes[i] = new PeriodicNode(TimeSpan.FromMilliseconds(random.Next(500, 32_000)));
            _wheel.Schedule(_nodes[i], _now + _nodes[i].Period);
        }
    }

    /// <summary>What a retransmission or a response does: a timer moves.</summary>
    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public void RescheduleAmongAMillion()
    {
        for (int i = 0; i < OperationsPerInvoke; i++)
        {
            PeriodicNode node = _nodes[_next];
            _next = (_next + 7919) % Timers;
            _wheel.Schedule(node, _now + node.Period);
        }
    }

    /// <summary>What a shard's loop asks before each wait.</summary>
    [Benchmark]
    public Timestamp NextDeadlineAmongAMillion() => _wheel.NextDeadline();

    /// <summary>One millisecond of a shard with a million timers of 0.5 to 32 s: about 100 of them fire and are scheduled again.</summary>
    [Benchmark]
    public int AdvanceOneTickWithAMillion()
    {
        _now += TimeSpan.FromMilliseconds(1);
        PeriodicSink sink = new(_wheel);
        _wheel.Advance(_now, ref sink);
        return sink.Fired;
    }

    internal sealed class PeriodicNode(TimeSpan period) : TimerNode
    {
        public TimeSpan Period { get; } = period;
    }

    internal struct PeriodicSink(TimingWheel wheel) : ITimerSink
    {
        public int Fired;

        public void OnTimer(TimerNode node)
        {
            Fired++;
            wheel.Schedule(node, node.Deadline + ((PeriodicNode)node).Period);
        }
    }
}

/// <summary>Schedule, move, cancel, advance and fire, with timers on several levels.</summary>
internal sealed class TimingWheelAllocation : IAllocationSubject
{
    private readonly TimingWheel _wheel = new(Timestamp.Zero);
    private readonly TimingWheelBenchmark.PeriodicNode[] _nodes =
        [.. Enumerable.Range(0, 64).Select(i => new TimingWheelBenchmark.PeriodicNode(TimeSpan.FromMilliseconds(1 + (i * i))))];

    private Timestamp _now;

    public string Name => "TimingWheel.ScheduleCancelAdvance";

    public void Run()
    {
        foreach (TimingWheelBenchmark.PeriodicNode node in _nodes)
        {
            if (!node.IsScheduled)
            {
                _wheel.Schedule(node, _now + node.Period);
            }
        }

        _wheel.Cancel(_nodes[5]);
        _now = Timestamp.Min(_wheel.NextDeadline(), _now + TimeSpan.FromMilliseconds(5));
        TimingWheelBenchmark.PeriodicSink sink = new(_wheel);
        _wheel.Advance(_now, ref sink);
    }
}
