using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// How one address of a trunk fares: blocked after failures, taken again by one trial call. Shared by all shards without locks: everything is single
/// words, and a race between two shards at worst lets one call more through.
/// </summary>
public sealed class DestinationStatus
{
    /// <summary>A trial call decides within this time; then the next call is a trial. Longer than any <see cref="EngineOptions.TrunkResponseTimeout"/> that makes sense.</summary>
    private static readonly TimeSpan s_trial = TimeSpan.FromSeconds(10);

    private long _blockedUntil;
    private long _blockedAt;
    private int _activeCalls;
    private long _failures;
    private int _block;
    private volatile bool _isReachable = true;

    internal DestinationStatus(SipDestination destination) => Destination = destination;

    /// <summary>The address.</summary>
    public SipDestination Destination { get; }

    /// <summary>False while active probing says that nobody answers there; such a destination is passed over.</summary>
    public bool IsReachable
    {
        get => _isReachable;
        set => _isReachable = value;
    }

    /// <summary>Legs on this address that have not ended.</summary>
    public int ActiveCalls => Volatile.Read(ref _activeCalls);

    /// <summary>Failures that blocked it, in all.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>When it was blocked last.</summary>
    internal Timestamp BlockedAt => new(Volatile.Read(ref _blockedAt));

    /// <summary>Whether calls pass it over now, or one trial at a time.</summary>
    public bool IsBlocked(Timestamp now) => !_isReachable || Volatile.Read(ref _blockedUntil) > now.Nanoseconds;

    /// <summary>Why calls pass it over now because of what earlier calls found, and for how much longer; probing is not asked (<see cref="IsReachable"/>).</summary>
    public DestinationBlock GetBlock(Timestamp now, out TimeSpan remaining)
    {
        long until = Volatile.Read(ref _blockedUntil);
        remaining = until > now.Nanoseconds ? new Timestamp(until) - now : TimeSpan.Zero;
        return remaining > TimeSpan.Zero ? (DestinationBlock)Volatile.Read(ref _block) : DestinationBlock.None;
    }

    /// <summary>
    /// Whether a call may go there now. When a block has just run out, the first to ask gets a trial and all others are turned away until it has
    /// shown something (half-open).
    /// </summary>
    internal bool TryUse(Timestamp now)
    {
        if (!_isReachable)
        {
            return false;
        }

        long until = Volatile.Read(ref _blockedUntil);
        if (until == 0)
        {
            return true;
        }

        if (until > now.Nanoseconds || Interlocked.CompareExchange(ref _blockedUntil, (now + s_trial).Nanoseconds, until) != until)
        {
            return false;
        }

        Volatile.Write(ref _block, (int)DestinationBlock.Trial);
        return true;
    }

    /// <summary>Passes it over for so long. Whether that is news: false while it has not recovered from the block before.</summary>
    internal bool Block(Timestamp now, TimeSpan span, DestinationBlock reason)
    {
        if (span <= TimeSpan.Zero)
        {
            return false;
        }

        Interlocked.Increment(ref _failures);
        Volatile.Write(ref _block, (int)reason);
        Volatile.Write(ref _blockedAt, now.Nanoseconds);

        // 0 stands for "not blocked".
        long until = (now + span).Nanoseconds;
        return Interlocked.Exchange(ref _blockedUntil, until == 0 ? 1 : until) == 0;
    }

    /// <summary>It has answered a call as a working server does. Whether that is news: it was blocked.</summary>
    internal bool Recover(Timestamp sentAt)
    {
        // What was sent before the block came says nothing of now.
        long until = Volatile.Read(ref _blockedUntil);
        return until != 0 && sentAt >= BlockedAt && Interlocked.CompareExchange(ref _blockedUntil, 0, until) == until;
    }

    internal void AddCall() => Interlocked.Increment(ref _activeCalls);

    internal void RemoveCall() => Interlocked.Decrement(ref _activeCalls);
}
