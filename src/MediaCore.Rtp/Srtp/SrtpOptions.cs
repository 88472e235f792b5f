namespace MediaCore.Rtp.Srtp;

/// <summary>What may be chosen for one direction of SRTP.</summary>
public sealed record SrtpOptions
{
    /// <summary>The usual choices.</summary>
    public static SrtpOptions Default { get; } = new();

    /// <summary>
    /// Packets of the replay window: how far behind the newest one a packet may come and still be taken. 64 to 32,768, a multiple of 64.
    /// </summary>
    public int WindowPackets { get; init; } = SrtpLimits.DefaultWindowPackets;

    /// <summary>Sources that may use the key; 1 to <see cref="SrtpLimits.MaxStreams"/>.</summary>
    public int MaxStreams { get; init; } = SrtpLimits.MaxStreams;

    /// <summary>Throws when a value is out of its range: a mistake of the program, not of a peer.</summary>
    internal static void Validate(SrtpOptions options)
    {
        if (options.WindowPackets is < SrtpLimits.MinWindowPackets or > SrtpLimits.MaxWindowPackets || options.WindowPackets % 64 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WindowPackets, "A replay window has 64 to 32,768 packets, a multiple of 64.");
        }

        if (options.MaxStreams is < 1 or > SrtpLimits.MaxStreams)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxStreams, "A key has 1 to 64 sources.");
        }
    }
}
