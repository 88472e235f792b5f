namespace MediaCore.Rtp.Jitter;

/// <summary>
/// How long to wait for packets. Every packet has a relative delay, arrival time minus media time on an arbitrary scale. It is taken apart into a level, the median of the last <see cref="LevelPackets"/>, and
/// the deviation of the packet from the level before it. The level follows a queue that fills or drains, another route and a drifting clock within a few packets, and one stalled packet does not move it; the deviations are
/// alike for much longer, so their histogram may remember more and says how much to add. The sum is the target: the relative delay at which one millisecond more would save less late loss than it costs.
/// <para>Units are microseconds. Constant size, allocates nothing after construction. Owned by its shard.</para>
/// </summary>
internal sealed class DelayEstimator
{
    /// <summary>Packets of the level: 320 ms at 50 packets per second. With fewer the level follows the jitter itself.</summary>
    public const int LevelPackets = 16;

    /// <summary>Memory of the histogram: 3 s at 50 packets per second. With more, one bad moment costs delay for longer than it teaches.</summary>
    public const int MemoryPackets = 150;

    // The lowest delay rises by so much of the distance when nothing that fast comes any more: in about 10 s to another route or a drifted clock.
    private const int LowestMemoryPackets = 500;

    private readonly DelayHistogram _histogram = new(MemoryPackets);
    private readonly long[] _window = new long[LevelPackets];
    private int _count;
    private long _level;

    /// <summary>The relative delay to wait for.</summary>
    public long Target { get; private set; }

    /// <summary>The relative delay of the fastest packets of late.</summary>
    public long Lowest { get; private set; }

    /// <summary>Begins with the first packet of a stream, and with the expectation that others will be slower by so much.</summary>
    public void Reset(long delay, int slowerMilliseconds)
    {
        _histogram.Reset(slowerMilliseconds);
        _count = 0;
        _level = delay;
        Lowest = delay;
        Target = delay + (slowerMilliseconds * 1000L);
    }

    /// <summary>Takes the relative delay of one packet.</summary>
    /// <param name="delay">Relative delay.</param>
    /// <param name="options">What delay and loss are worth, and the bounds of the target over <see cref="Lowest"/>.</param>
    public void Add(long delay, JitterBufferOptions options)
    {
        _histogram.Add(delay - _level);
        _window[_count++ % LevelPackets] = delay;
        if (_count == 2 * LevelPackets)
        {
            _count = LevelPackets;
        }

        Span<long> sorted = stackalloc long[LevelPackets];
        int held = Math.Min(_count, LevelPackets);
        sorted = sorted[..held];
        _window.AsSpan(0, held).CopyTo(sorted);
        sorted.Sort();
        _level = sorted[(held - 1) / 2];
        Lowest = Math.Min(delay, Lowest + ((delay - Lowest) / LowestMemoryPackets));
        Target = Math.Clamp(
            _level + _histogram.Cheapest(options.DelayPerLossPercentMilliseconds * 100.0),
            Lowest + (options.MinDelayMilliseconds * 1000L),
            Lowest + (options.MaxDelayMilliseconds * 1000L));
    }
}
