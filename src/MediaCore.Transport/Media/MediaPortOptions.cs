using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Media;

/// <summary>How the media ports of a shard are kept.</summary>
public sealed record MediaPortOptions
{
    /// <summary>
    /// Free pairs to keep bound ahead, so that a call costs no bind. Default 64: at 30 calls/s with two streams each, a second's worth.
    /// A pair costs two descriptors and about 3 KiB of kernel memory.
    /// </summary>
    public int ReserveAhead { get; init; } = 64;

    /// <summary>How long a released port is left alone, so that the last call's late packets don't reach the next one. Default 2 s.</summary>
    public TimeSpan RestPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a port rests at most, if the last call's peer goes on sending to it. Default 10 min. A port that still receives is used before that only when there is no other.
    /// </summary>
    public TimeSpan MaxRestPeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a port that another process holds is left alone before it is tried again. Default 30 s.</summary>
    public TimeSpan HeldRetryPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to bind nothing after a failure that no other port would escape: no descriptors, no such address. Default 1 s.</summary>
    public TimeSpan BindPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Binds that one allocation may try when nothing is free. Default 8: some 100 µs of the shard's time.</summary>
    public int MaxBindsPerAllocation { get; init; } = 8;

    /// <summary>Packets read and forgotten on each socket of a port before a call gets it. Default 64.</summary>
    public int MaxDrainedPackets { get; init; } = 64;

    /// <summary>
    /// Whether ports are used in a random order, so that outsiders can't predict the port of the next call (RFC 6056 §3). Default true;
    /// ascending otherwise.
    /// </summary>
    public bool RandomOrder { get; init; } = true;

    /// <summary>SO_RCVBUF of each socket in bytes; 0 (default) leaves the system's default, over a second of one stream.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>Differentiated-services code point, 0 to 63. Default 46, expedited forwarding: the telephony class of RFC 4594 §4.1.</summary>
    public int Dscp { get; init; } = 46;

    /// <summary>The <see cref="MediaPort.Network"/> of the pairs.</summary>
    public int Network { get; init; }

    internal UdpSocketOptions ToSocketOptions() => new() { ReceiveBufferBytes = ReceiveBufferBytes, Dscp = Dscp };

    // The option's name is what the reader of the message looks for; there is no parameter to name.
#pragma warning disable MA0015
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ReserveAhead);
        ArgumentOutOfRangeException.ThrowIfLessThan(RestPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRestPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(HeldRetryPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BindPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBindsPerAllocation, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxDrainedPackets);
        ToSocketOptions().Validate();
    }
#pragma warning restore MA0015
}
