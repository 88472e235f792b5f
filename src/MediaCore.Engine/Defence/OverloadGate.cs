using MediaCore.Primitives;

namespace MediaCore.Engine.Defence;

/// <summary>
/// Lets in as large a share of the new requests as the shard can handle. What it looks at is how long messages wait, as CoDel does (RFC 8289): the shortest wait
/// of an interval is a queue that stands, a longer one only a burst. The share falls by a factor that grows with the wait and rises by steps
/// (RFC 7339's loss-based control, with ourselves as the judge): it settles where the queue just does not stand, so that no processor idles while requests are refused.
/// </summary>
internal sealed class OverloadGate(OverloadOptions options)
{
    private double _share = 1;
    private double _credit;
    private TimeSpan _least = TimeSpan.MaxValue;
    private Timestamp _intervalStart = Timestamp.Zero;
    private Timestamp _intervalEnd = Timestamp.Zero;

    /// <summary>Share of the new requests that is let in, 0 to 1.</summary>
    public double Share => _share;

    /// <summary>Whether some are refused.</summary>
    public bool IsShedding => _share < 1;

    /// <summary>Whether it is so bad that strangers' calls are dropped without an answer.</summary>
    public bool IsDropping { get; private set; }

    /// <summary>The shortest wait of the last interval.</summary>
    public TimeSpan StandingDelay { get; private set; }

    /// <summary>A turn of the shard's loop: how long what it handles has waited at most, and what share of all processors the process uses.</summary>
    public void Note(TimeSpan delay, double cpu, Timestamp now)
    {
        if (!options.IsEnabled)
        {
            return;
        }

        if (delay < _least)
        {
            _least = delay;
        }

        if (now < _intervalEnd)
        {
            return;
        }

        // A loop that had nothing to do in between had no queue, whatever its first turn after that waited for.
        bool wasIdle = now - _intervalEnd > options.Interval && delay < now - _intervalStart;
        StandingDelay = wasIdle ? TimeSpan.Zero : _least;
        Adjust(StandingDelay, options.Cpu > 0 && cpu >= options.Cpu);

        // An interval begins with the turn that ends the one before it: one slow turn alone is a burst, only two with an interval between them are a queue that stands.
        _least = delay;
        _intervalStart = now;
        _intervalEnd = now + options.Interval;
    }

    /// <summary>Whether the next new request is let in.</summary>
    public bool TryEnter()
    {
        if (_share >= 1)
        {
            return true;
        }

        _credit += _share;
        if (_credit < 1)
        {
            return false;
        }

        _credit -= 1;
        return true;
    }

    private void Adjust(TimeSpan delay, bool isBusy)
    {
        IsDropping = delay >= options.QueueDelay * 10 && _share <= DefenceLimits.LeastShare * 2;
        if (delay >= options.QueueDelay)
        {
            double times = delay / options.QueueDelay;
            _share = Math.Max(DefenceLimits.LeastShare, _share * Math.Max(0.5, 1 - (0.05 * times)));
        }
        else if (isBusy && delay >= options.QueueDelay / 2)
        {
            // No processor is left: it is about to stand.
            _share = Math.Max(DefenceLimits.LeastShare, _share * 0.95);
        }
        else if (delay < options.QueueDelay / 2)
        {
            _share = Math.Min(1, _share * DefenceLimits.ShareGrowth);
        }
    }
}
