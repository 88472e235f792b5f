using System.Numerics;
using System.Runtime.CompilerServices;

namespace MediaCore.Primitives;

/// <summary>
/// A hierarchical timing wheel (Varghese and Lauck, 1987) for the deadlines of one shard, owned by its thread. Scheduling, cancelling and the
/// next deadline cost the same whether ten or a million timers wait; nothing allocates. The resolution is <see cref="TickNanoseconds"/>: a
/// timer never fires early and fires less than one tick after its deadline, if the shard advances in time. Timers fire in the order of
/// their ticks, and in no promised order within a tick. About 4 KiB per wheel; the timers bring their own links (<see cref="TimerNode"/>).
/// </summary>
/// <remarks>
/// <para>
/// A tick number is read as eight digits of six bits, which covers the whole range of <see cref="Timestamp"/>. A timer lies on the level of the
/// highest digit in which its tick differs from the current one, in the slot of its own digit there:
/// </para>
/// <code>
///   tick     47..42 41..36 35..30 29..24 23..18 17..12  11..6   5..0
///   level       7      6      5      4      3      2      1      0        64 slots and one word of occupancy each
///   slot      139 y  2.2 y   12 d  4.7 h   262 s  4.1 s  64 ms   1 ms
/// </code>
/// <para>
/// Everything on one level is due before everything on a higher one, and within a level the slots are in order of time from the lowest set
/// bit, so the next event is found with one scan of eight words. Advancing to it either fires a slot (level 0) or spreads it over lower
/// levels; between events the clock jumps, so a suspended machine costs nothing per tick. A placement stays right when the clock moves within
/// its slot's past: the digits above are unchanged and the one at its level has not been reached.
/// </para>
/// <para>
/// What is due when it is scheduled, also by a handler during <see cref="Advance"/> for a time up to that call's <c>now</c>, fires in the next
/// <see cref="Advance"/>, which <see cref="NextDeadline"/> then asks for at once. So a call of <see cref="Advance"/> ends whatever its handlers do.
/// </para>
/// </remarks>
public sealed class TimingWheel
{
    /// <summary>One tick, in nanoseconds: 1 ms. The shortest SIP timer is 500 ms (T1), the shortest packet time 10 ms.</summary>
    public const long TickNanoseconds = 1_000_000;

    /// <summary>Coarse timers fire at multiples of this many ticks, where a slot of the second level begins: the wheel stops there anyhow.</summary>
    public const ulong CoarseTicks = SlotsPerLevel;

    private const int DigitBits = 6;
    private const int SlotsPerLevel = 1 << DigitBits;
    private const int Levels = 8;

    // Lists beyond the slots: timers that were due when scheduled. Two, so that Advance can empty one while handlers fill the other.
    private const int FirstDueList = Levels * SlotsPerLevel;

    private readonly Timestamp _start;
    private readonly TimerNode?[] _lists = new TimerNode?[FirstDueList + 2];
    private readonly ulong[] _occupied = new ulong[Levels];
    private ulong _currentTick;

    // Ticks up to here are being fired or have been; equal to _currentTick outside Advance.
    private ulong _horizonTick;
    private int _dueList = FirstDueList;
    private bool _advancing;

    /// <summary>A wheel whose clock stands at <paramref name="start"/>; later timestamps are measured from it.</summary>
    public TimingWheel(Timestamp start) => _start = start;

    /// <summary>Timers waiting.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Makes <paramref name="node"/> fire at <paramref name="deadline"/>, moving it if it is scheduled already. <see cref="Timestamp.Never"/>
    /// cancels it, so a core's <c>NextDeadline</c> can be passed as it is.
    /// </summary>
    public void Schedule(TimerNode node, Timestamp deadline)
    {
        ThrowIfForeign(node);
        if (node.Wheel is not null)
        {
            Unlink(node);
        }

        if (deadline.IsNever)
        {
            node.Deadline = Timestamp.Never;
            return;
        }

        node.Deadline = deadline;
        ulong tick = FiringTick(deadline);
        if (tick <= _horizonTick)
        {
            Link(node, _dueList);
        }
        else
        {
            Place(node, tick);
        }
    }

    /// <summary>
    /// As <see cref="Schedule"/>, for what may as well happen up to <see cref="CoarseTicks"/> ticks late: such timers fire together, where each
    /// by itself would wake the thread once.
    /// </summary>
    public void ScheduleCoarsely(TimerNode node, Timestamp deadline) =>
        Schedule(node, deadline.IsNever ? deadline : TimeOf((FiringTick(deadline) + CoarseTicks - 1) & ~(CoarseTicks - 1)));

    /// <summary>Makes <paramref name="node"/> not fire; nothing happens if it is not scheduled.</summary>
    public void Cancel(TimerNode node)
    {
        ThrowIfForeign(node);
        if (node.Wheel is not null)
        {
            Unlink(node);
            node.Deadline = Timestamp.Never;
        }
    }

    /// <summary>
    /// When <see cref="Advance"/> should be called next: not later than any timer's firing time, <see cref="Timestamp.Never"/> when none
    /// waits. It may be the start of a slot whose timers are due later; advancing there moves them down a level, so a timer costs
    /// at most <c>8</c> calls, whatever its distance.
    /// </summary>
    public Timestamp NextDeadline()
    {
        if (_lists[FirstDueList] is not null || _lists[FirstDueList + 1] is not null)
        {
            return TimeOf(_currentTick);
        }

        return TryFindNext(out ulong tick, out _) ? TimeOf(tick) : Timestamp.Never;
    }

    /// <summary>
    /// Moves the clock to <paramref name="now"/> and delivers every timer that is due. A <paramref name="now"/> before the last one is taken
    /// for the last one's tick, and nothing fires. If a handler throws, the timers not yet delivered stay and are delivered by the next call.
    /// </summary>
    public void Advance<TSink>(Timestamp now, ref TSink sink)
        where TSink : struct, ITimerSink
    {
        if (_advancing)
        {
            ThrowReentered();
        }

        ulong target = now <= _start ? 0 : unchecked((ulong)now.Nanoseconds - (ulong)_start.Nanoseconds) / TickNanoseconds;
        if (target < _currentTick)
        {
            return;
        }

        _advancing = true;
        try
        {
            _horizonTick = target;
            // The other list has something only if a handler threw in an earlier call.
            Fire(_dueList ^ 1, ref sink);
            int due = _dueList;
            _dueList ^= 1;
            Fire(due, ref sink);
            while (TryFindNext(out ulong tick, out int list) && tick <= target)
            {
                _currentTick = tick;
                if (list < SlotsPerLevel)
                {
                    Fire(list, ref sink);
                }
                else
                {
                    Spread(list);
                }
            }

            _currentTick = target;
        }
        finally
        {
            _advancing = false;
        }
    }

    private void Fire<TSink>(int list, ref TSink sink)
        where TSink : struct, ITimerSink
    {
        // One at a time from the list itself: a handler may cancel or move any of those that remain. None can be added to it: what is due
        // goes to the other due list, and a later tick of this level has another slot.
        while (_lists[list] is { } node)
        {
            Unlink(node);
            sink.OnTimer(node);
        }
    }

    private void Spread(int list)
    {
        while (_lists[list] is { } node)
        {
            Unlink(node);
            Place(node, FiringTick(node.Deadline));
        }
    }

    /// <summary>The first occupied slot in time; <paramref name="tick"/> is its first tick.</summary>
    private bool TryFindNext(out ulong tick, out int list)
    {
        for (int level = 0; level < Levels; level++)
        {
            ulong occupied = _occupied[level];
            if (occupied != 0)
            {
                int slot = BitOperations.TrailingZeroCount(occupied);
                int shift = level * DigitBits;
                ulong above = _currentTick >> (shift + DigitBits) << (shift + DigitBits);
                tick = above | ((ulong)slot << shift);
                list = (level * SlotsPerLevel) + slot;
                return true;
            }
        }

        tick = 0;
        list = -1;
        return false;
    }

    /// <summary>Puts a node whose tick is not before the current one where the type's comment says.</summary>
    private void Place(TimerNode node, ulong tick)
    {
        // "| 63" makes equality and a difference in the last digit both mean level 0.
        int level = BitOperations.Log2((tick ^ _currentTick) | (SlotsPerLevel - 1)) / DigitBits;
        int slot = (int)(tick >> (level * DigitBits)) & (SlotsPerLevel - 1);
        Link(node, (level * SlotsPerLevel) + slot);
        _occupied[level] |= 1UL << slot;
    }

    /// <summary>Appends; the lists are circular, so the head's predecessor is the tail.</summary>
    private void Link(TimerNode node, int list)
    {
        if (_lists[list] is { } head)
        {
            TimerNode tail = head.Previous!;
            tail.Next = node;
            node.Previous = tail;
            node.Next = head;
            head.Previous = node;
        }
        else
        {
            node.Next = node;
            node.Previous = node;
            _lists[list] = node;
        }

        node.List = list;
        node.Wheel = this;
        Count++;
    }

    private void Unlink(TimerNode node)
    {
        int list = node.List;
        if (ReferenceEquals(node.Next, node))
        {
            _lists[list] = null;
            if (list < FirstDueList)
            {
                _occupied[list / SlotsPerLevel] &= ~(1UL << (list % SlotsPerLevel));
            }
        }
        else
        {
            node.Previous!.Next = node.Next;
            node.Next!.Previous = node.Previous;
            if (ReferenceEquals(_lists[list], node))
            {
                _lists[list] = node.Next;
            }
        }

        node.Next = null;
        node.Previous = null;
        node.Wheel = null;
        Count--;
    }

    /// <summary>The first tick that starts at the deadline or after it; differences are unsigned, so they cannot overflow.</summary>
    private ulong FiringTick(Timestamp deadline)
    {
        if (deadline <= _start)
        {
            return 0;
        }

        ulong distance = unchecked((ulong)deadline.Nanoseconds - (ulong)_start.Nanoseconds);
        (ulong ticks, ulong rest) = Math.DivRem(distance, TickNanoseconds);
        return rest == 0 ? ticks : ticks + 1;
    }

    private Timestamp TimeOf(ulong tick)
    {
        ulong distance = tick * TickNanoseconds;
        ulong room = unchecked((ulong)(long.MaxValue - 1) - (ulong)_start.Nanoseconds);
        return new Timestamp(unchecked(_start.Nanoseconds + (long)Math.Min(distance, room)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ThrowIfForeign(TimerNode node)
    {
        if (node.Wheel is not null && !ReferenceEquals(node.Wheel, this))
        {
            ThrowForeign();
        }
    }

    private static void ThrowForeign() => throw new InvalidOperationException("The timer is scheduled in another wheel.");

    private static void ThrowReentered() => throw new InvalidOperationException("A timer's handler advanced the wheel that called it.");
}
