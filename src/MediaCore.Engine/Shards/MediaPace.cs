using MediaCore.Primitives;

namespace MediaCore.Engine.Shards;

/// <summary>
/// Decides whether a shard lets packets gather before it looks at its sockets again. A thread that is woken for each packet spends more on going to sleep and waking up than on the packet; with some hundred
/// streams a quarter of a millisecond brings several at once. With few streams there is nothing to gather, and a shard that finds much work anyway must not lie down: neither waits. Owned by its shard;
/// figures in docs/adr/0014-gathering-packets.md.
/// </summary>
internal struct MediaPace
{
    /// <summary>How long packets gather: what it adds to a packet's delay at most. 250 µs: an eightieth of the 20 ms between two packets of a stream, below what a busy system adds by itself.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromTicks(2500);

    /// <summary>Packets that must be expected within <see cref="Gathering"/>, else the sleep would be a wake-up more instead of one less: 2, at 50 packets/s the two directions of 80 calls per shard.</summary>
    public const int MinGatheredPackets = 2;

    /// <summary>Packets in one turn from which on the next turn follows at once: there is enough to do.</summary>
    public const int EnoughPackets = 16;

    /// <summary>Over how long the rate of packets is taken: 10 ms, half of a stream's interval.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);

    private Timestamp _windowStart;
    private int _windowPackets;
    private bool _isBusy;

    /// <summary>A turn is over.</summary>
    /// <param name="packets">Media packets that it handled.</param>
    /// <param name="now">The turn's time.</param>
    /// <returns>How long to sleep before the next wait; zero for not at all.</returns>
    public TimeSpan Note(int packets, Timestamp now)
    {
        _windowPackets += packets;
        long elapsed = now.Nanoseconds - _windowStart.Nanoseconds;
        if (elapsed >= Window.Ticks * TimeSpan.NanosecondsPerTick)
        {
            _isBusy = _windowPackets * Gathering.Ticks * TimeSpan.NanosecondsPerTick >= MinGatheredPackets * elapsed;
            _windowPackets = 0;
            _windowStart = now;
        }

        return _isBusy && packets < EnoughPackets ? Gathering : TimeSpan.Zero;
    }
}
