using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Tests;

namespace MediaCore.Primitives.Tests;

public sealed class TimingWheelTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void AtTheDeadline_FiresOnce_AndNotBefore()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node node = new("T1");
        wheel.Schedule(node, Timestamp.FromMilliseconds(500));

        Assert.Empty(Advance(wheel, new Timestamp(499_999_999)));
        Assert.True(node.IsScheduled);
        Assert.Equal(["T1"], Advance(wheel, Timestamp.FromMilliseconds(500)));
        Assert.False(node.IsScheduled);
        Assert.Empty(Advance(wheel, Timestamp.FromMilliseconds(501)));
        Assert.Equal(0, wheel.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(32_000)]
    [InlineData(262_144)]
    [InlineData(16_777_216)]
    [InlineData(1L << 30)]
    [InlineData(1L << 36)]
    [InlineData(1L << 42)]
    public void OnEveryLevel_FiresAtItsTick_WithinEightCalls(long milliseconds)
    {
        foreach (long start in (long[])[0, 1, 4_095, 1_000_003])
        {
            TimingWheel wheel = new(Timestamp.FromMilliseconds(7));
            Advance(wheel, Timestamp.FromMilliseconds(7 + start));
            Node node = new("far");
            Timestamp deadline = Timestamp.FromMilliseconds(7 + start + milliseconds);
            wheel.Schedule(node, deadline);

            int calls = 0;
            while (node.IsScheduled)
            {
                Timestamp wake = wheel.NextDeadline();
                Assert.True(wake <= deadline);
                Assert.InRange(++calls, 1, 8);
                Assert.Equal(wake == deadline ? ["far"] : [], Advance(wheel, wake));
            }

            Assert.Equal(Timestamp.Never, wheel.NextDeadline());
        }
    }

    [Fact]
    public void BetweenTicks_FiresAtTheNextTick()
    {
        TimingWheel wheel = new(new Timestamp(300));
        wheel.Schedule(new Node("odd"), new Timestamp(1_000_301));
        Assert.Empty(Advance(wheel, new Timestamp(1_000_301)));
        Assert.Equal(new Timestamp(2_000_300), wheel.NextDeadline());
        Assert.Equal(["odd"], Advance(wheel, new Timestamp(2_000_300)));
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    [InlineData(32_000, 32_000)]
    [InlineData(32_001, 32_064)]
    public void Coarse_FiresWithOthers_AtTheNextMultipleOf64Ticks(long milliseconds, long expected)
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node first = new("first"), second = new("second");
        wheel.ScheduleCoarsely(first, Timestamp.FromMilliseconds(milliseconds));
        wheel.ScheduleCoarsely(second, Timestamp.FromMilliseconds(expected));
        CountingSink sink = default;
        wheel.Advance(Timestamp.FromMilliseconds(expected - 1), ref sink);
        Assert.Equal(0, sink.Fired);
        Assert.Equal(Timestamp.FromMilliseconds(expected), wheel.NextDeadline());
        wheel.Advance(Timestamp.FromMilliseconds(expected), ref sink);
        Assert.Equal(2, sink.Fired);
        wheel.ScheduleCoarsely(first, Timestamp.Never);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void DueWhenScheduled_IsAskedForAtOnce_AndFiresInTheNextAdvance()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Advance(wheel, Timestamp.FromMilliseconds(50));
        wheel.Schedule(new Node("late"), Timestamp.FromMilliseconds(10));
        wheel.Schedule(new Node("now"), Timestamp.FromMilliseconds(50));
        Assert.Equal(Timestamp.FromMilliseconds(50), wheel.NextDeadline());
        Assert.Equal(["late", "now"], Advance(wheel, Timestamp.FromMilliseconds(50)));
    }

    [Fact]
    public void Rescheduled_Moves()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node node = new("moved");
        wheel.Schedule(node, Timestamp.FromMilliseconds(10));
        wheel.Schedule(node, Timestamp.FromMilliseconds(5_000));
        Assert.Equal(1, wheel.Count);
        Assert.Empty(Advance(wheel, Timestamp.FromMilliseconds(4_999)));
        wheel.Schedule(node, Timestamp.FromMilliseconds(6_000));
        Assert.Empty(Advance(wheel, Timestamp.FromMilliseconds(5_999)));
        Assert.Equal(["moved"], Advance(wheel, Timestamp.FromMilliseconds(6_000)));
    }

    [Fact]
    public void CancelledOrScheduledForNever_DoesNotFire()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node cancelled = new("cancelled");
        Node never = new("never");
        wheel.Schedule(cancelled, Timestamp.FromMilliseconds(10));
        wheel.Schedule(never, Timestamp.FromMilliseconds(10));
        wheel.Cancel(cancelled);
        wheel.Cancel(cancelled);
        wheel.Schedule(never, Timestamp.Never);
        Assert.Equal((0, Timestamp.Never, Timestamp.Never), (wheel.Count, wheel.NextDeadline(), cancelled.Deadline));
        Assert.Empty(Advance(wheel, Timestamp.FromMilliseconds(1_000)));
    }

    [Fact]
    public void AfterASuspensionOfAYear_EverythingFiresInOrder_WithoutACallPerTick()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        long[] milliseconds = [1, 100, 5_000, 300_000, 20_000_000, 2_000_000_000, 20_000_000_000];
        foreach (long due in milliseconds.Reverse())
        {
            wheel.Schedule(new Node($"{due}"), Timestamp.FromMilliseconds(due));
        }

        Assert.Equal(milliseconds.Select(due => $"{due}"), Advance(wheel, Timestamp.FromMilliseconds(31_536_000_000)));
        wheel.Schedule(new Node("after"), Timestamp.FromMilliseconds(31_536_000_020));
        Assert.Equal(["after"], Advance(wheel, Timestamp.FromMilliseconds(31_536_000_020)));
    }

    [Fact]
    public void ClockThatStepsBack_FiresNothing()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Advance(wheel, Timestamp.FromMilliseconds(100));
        wheel.Schedule(new Node("due"), Timestamp.FromMilliseconds(100));
        Assert.Empty(Advance(wheel, Timestamp.FromMilliseconds(99)));
        Assert.Equal(["due"], Advance(wheel, Timestamp.FromMilliseconds(100)));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue - 10_000_000)]
    public void EndsOfTheClock_DoNotOverflow(long start)
    {
        TimingWheel wheel = new(new Timestamp(start));
        Node last = new("last");
        wheel.Schedule(last, new Timestamp(long.MaxValue - 1));
        Assert.True(wheel.NextDeadline() < Timestamp.Never);
        Assert.True(wheel.NextDeadline() >= new Timestamp(start));
        Assert.Empty(Advance(wheel, new Timestamp(start)));
        Assert.True(last.IsScheduled);
        Advance(wheel, Timestamp.Never);
        // The clock ends within the tick before the one in which it would fire, unless that tick starts in the last two nanoseconds.
        Assert.Equal(((Int128)long.MaxValue - start) % 1_000_000 <= 1, !last.IsScheduled);
    }

    [Fact]
    public void Handler_CancelsAndMovesNodesDueInTheSameAdvance()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node first = new("first");
        Node cancelled = new("cancelled");
        Node moved = new("moved");
        Node later = new("later");
        Node added = new("added");
        first.Handler = () =>
        {
            wheel.Cancel(cancelled);
            wheel.Cancel(later);
            wheel.Schedule(moved, Timestamp.FromMilliseconds(500));
            wheel.Schedule(added, Timestamp.FromMilliseconds(101));
        };
        wheel.Schedule(first, Timestamp.FromMilliseconds(10));
        wheel.Schedule(cancelled, Timestamp.FromMilliseconds(10));
        wheel.Schedule(moved, Timestamp.FromMilliseconds(10));
        wheel.Schedule(later, Timestamp.FromMilliseconds(90));

        Assert.Equal(["first"], Advance(wheel, Timestamp.FromMilliseconds(100)));
        Assert.Equal(["added"], Advance(wheel, Timestamp.FromMilliseconds(101)));
        Assert.Equal(["moved"], Advance(wheel, Timestamp.FromMilliseconds(500)));
    }

    [Fact]
    public void HandlerThatIsAlwaysLate_DoesNotHoldAdvance()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node node = new("20 ms");
        node.Handler = () => wheel.Schedule(node, node.Deadline + TimeSpan.FromMilliseconds(20));
        wheel.Schedule(node, Timestamp.FromMilliseconds(20));

        Timestamp now = Timestamp.FromMilliseconds(100);
        Assert.Equal(["20 ms"], Advance(wheel, now));
        for (int missed = 40; missed <= 100; missed += 20)
        {
            Assert.Equal(now, wheel.NextDeadline());
            Assert.Equal(Timestamp.FromMilliseconds(missed), node.Deadline);
            Assert.Equal(["20 ms"], Advance(wheel, now));
        }

        Assert.Equal(Timestamp.FromMilliseconds(120), wheel.NextDeadline());
    }

    [Fact]
    public void HandlerThatThrows_LosesNoOtherTimer()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Advance(wheel, Timestamp.FromMilliseconds(5));
        wheel.Schedule(new Node("thrower") { Handler = () => throw new InvalidOperationException("as the test wants") }, Timestamp.FromMilliseconds(5));
        wheel.Schedule(new Node("due"), Timestamp.FromMilliseconds(5));
        wheel.Schedule(new Node("tick"), Timestamp.FromMilliseconds(6));
        Assert.Throws<InvalidOperationException>(() => Advance(wheel, Timestamp.FromMilliseconds(6)));
        Assert.True(wheel.NextDeadline() <= Timestamp.FromMilliseconds(6));
        Assert.Equal(["due", "tick"], Advance(wheel, Timestamp.FromMilliseconds(6)));
    }

    [Fact]
    public void Misuse_Throws()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node node = new("foreign");
        new TimingWheel(Timestamp.Zero).Schedule(node, Timestamp.FromMilliseconds(1));
        Assert.Throws<InvalidOperationException>(() => wheel.Schedule(node, Timestamp.FromMilliseconds(1)));
        Assert.Throws<InvalidOperationException>(() => wheel.Cancel(node));

        Node reentering = new("reentering") { Handler = () => Advance(wheel, Timestamp.FromMilliseconds(9)) };
        wheel.Schedule(reentering, Timestamp.FromMilliseconds(1));
        Assert.Throws<InvalidOperationException>(() => Advance(wheel, Timestamp.FromMilliseconds(2)));
    }

    /// <summary>Any sequence of operations, handlers that schedule and cancel included, agrees with a plain list of deadlines.</summary>
    [Property(MaxTest = 400)]
    public Property AnySequenceOfOperations_AgreesWithAList() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ArrayOf().Resize(120).ToArbitrary(),
        choices =>
        {
            foreach (long start in (long[])[0, 12_345, -999_999_999])
            {
                new ModelRun(start).Run(choices);
            }
        });

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        TimingWheel wheel = new(Timestamp.Zero);
        Node[] nodes = [.. Enumerable.Range(0, 100).Select(i => new Node($"{i}"))];
        Timestamp now = Timestamp.Zero;
        int round = 0;
        CountingSink sink = default;
        AllocationAssert.Zero(1_000, 10_000, () =>
        {
            Node node = nodes[round % nodes.Length];
            wheel.Schedule(node, now + TimeSpan.FromMilliseconds(round * 37 % 9_000));
            wheel.Cancel(nodes[round * 7 % nodes.Length]);
            now = Timestamp.Min(now + s_tick, wheel.NextDeadline());
            wheel.Advance(now, ref sink);
            round++;
        });
        Assert.True(sink.Fired > 0);
    }

    private static List<string> Advance(TimingWheel wheel, Timestamp now)
    {
        NodeSink sink = new([]);
        wheel.Advance(now, ref sink);
        return sink.Fired;
    }

    private sealed class Node(string name) : TimerNode
    {
        public string Name { get; } = name;

        public Action? Handler { get; set; }
    }

    private readonly struct NodeSink(List<string> fired) : ITimerSink
    {
        public List<string> Fired { get; } = fired;

        public void OnTimer(TimerNode node)
        {
            Fired.Add(((Node)node).Name);
            ((Node)node).Handler?.Invoke();
        }
    }

    private struct CountingSink : ITimerSink
    {
        public int Fired;

        public void OnTimer(TimerNode node) => Fired++;
    }

    /// <summary>The wheel beside a dictionary of deadlines; every choice is one operation on both.</summary>
    private sealed class ModelRun
    {
        private readonly long _start;
        private readonly TimingWheel _wheel;
        private readonly ModelNode[] _nodes;

        // What the list says: when each node fires, in ticks. Those scheduled for a tick that is being fired wait for the next call.
        private readonly Dictionary<ModelNode, long> _model = [];
        private readonly HashSet<ModelNode> _nextCall = [];
        private long _now;
        private long _lastFiredTick;
        private bool _advancing;
        private int _seed;

        public ModelRun(long start)
        {
            _start = start;
            _now = start;
            _wheel = new TimingWheel(new Timestamp(start));
            _nodes = [.. Enumerable.Range(0, 12).Select(_ => new ModelNode())];
        }

        public void Run(int[] choices)
        {
            foreach (int choice in choices)
            {
                _seed = choice;
                switch (Next(4))
                {
                    case 0:
                    case 1:
                        ScheduleOrCancel();
                        break;
                    case 2:
                        AdvanceTo(_now + Distance());
                        break;
                    default:
                        if (_model.Count > 0)
                        {
                            AdvanceTo(_wheel.NextDeadline().Nanoseconds);
                        }

                        break;
                }

                Check();
            }

            // Nothing is lost: waking as told, everything comes out, a bounded number of calls per timer.
            for (int calls = 0; _model.Count > 0; calls++)
            {
                Assert.InRange(calls, 0, 9 * _nodes.Length);
                _seed = -1;
                AdvanceTo(_wheel.NextDeadline().Nanoseconds);
                Check();
            }
        }

        public void OnFired(ModelNode node)
        {
            Assert.True(_model.Remove(node, out long tick), "A timer fired that was not scheduled.");
            Assert.True(tick <= Tick(_now, up: false), "A timer fired early.");
            Assert.False(_nextCall.Contains(node), "A timer fired twice in one call.");
            Assert.True(tick >= _lastFiredTick, "Timers fired out of order.");
            Assert.False(node.IsScheduled);
            _lastFiredTick = tick;
            if (_seed >= 0 && Next(2) == 0)
            {
                ScheduleOrCancel();
            }
        }

        private void ScheduleOrCancel()
        {
            ModelNode node = _nodes[Next(_nodes.Length)];
            _nextCall.Remove(node);
            if (Next(4) == 0)
            {
                _wheel.Cancel(node);
                _model.Remove(node);
                return;
            }

            long deadline = _now + Distance() - (Next(3) == 0 ? 3_000_000 : 0);
            _wheel.Schedule(node, new Timestamp(deadline));
            // What is due already fires with the first tick of the next call.
            long current = Tick(_now, up: false);
            long tick = Tick(deadline, up: true);
            _model[node] = Math.Max(tick, current);
            if (_advancing && tick <= current)
            {
                _nextCall.Add(node);
            }
        }

        private void AdvanceTo(long now)
        {
            _now = Math.Max(now, _now);
            _lastFiredTick = long.MinValue;
            _advancing = true;
            ModelSink sink = new(this);
            _wheel.Advance(new Timestamp(_now), ref sink);
            _advancing = false;
            foreach (KeyValuePair<ModelNode, long> waiting in _model)
            {
                Assert.True(waiting.Value > Tick(_now, up: false) || _nextCall.Contains(waiting.Key), "A timer that was due did not fire.");
            }

            _nextCall.Clear();
        }

        private void Check()
        {
            Assert.Equal(_model.Count, _wheel.Count);
            foreach (ModelNode node in _nodes)
            {
                Assert.Equal(_model.ContainsKey(node), node.IsScheduled);
            }

            Timestamp next = _wheel.NextDeadline();
            if (_model.Count == 0)
            {
                Assert.Equal(Timestamp.Never, next);
            }
            else
            {
                Assert.True(next.Nanoseconds <= _start + (_model.Values.Min() * 1_000_000), "The next deadline is later than the first timer.");
            }
        }

        private long Tick(long nanoseconds, bool up) =>
            nanoseconds <= _start ? 0 : (nanoseconds - _start + (up ? 999_999 : 0)) / 1_000_000;

        // Distances of every magnitude, from part of a tick to weeks.
        private long Distance() => (1L + Next(1_000)) << Next(42);

        private int Next(int bound)
        {
            // A linear congruential step; the test generator's choice is the seed, so a failure shrinks and repeats.
            _seed = unchecked((int)(((uint)_seed * 1_103_515_245u) + 12_345u) & int.MaxValue);
            return (int)((uint)(_seed >> 8) % (uint)bound);
        }
    }

    private sealed class ModelNode : TimerNode;

    private readonly struct ModelSink(ModelRun run) : ITimerSink
    {
        public void OnTimer(TimerNode node) => run.OnFired((ModelNode)node);
    }
}
