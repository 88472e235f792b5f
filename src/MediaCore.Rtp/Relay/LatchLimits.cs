namespace MediaCore.Rtp.Relay;

/// <summary>The figures of <see cref="SourceLatch"/>, each with where it comes from.</summary>
public static class LatchLimits
{
    /// <summary>
    /// How long a better-ranked source may still take over, counted from the first packet heard: 3 s, what rtpengine's <c>heuristic</c> endpoint
    /// learning has used by default since September 2025.
    /// </summary>
    public static readonly TimeSpan LearningWindow = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Packets of sources that have not proved anything which a leg relays in its whole life: 5, the pass mark of EnableSecurity's RTP Bleed test
    /// for a source that is learned and then strict (ES2025-01).
    /// </summary>
    public const int MaxUnconfirmedPackets = 5;

    /// <summary>
    /// Packets in a row that make a source other than the signalled one a stream: 4, Asterisk's <c>strictrtp</c> probation. Somebody who sprays a
    /// port range has one packet per port and sweep.
    /// </summary>
    public const int ProbationPackets = 4;

    /// <summary>
    /// The same for a source with the signalled address and another port: 2, RFC 3550 §A.1 MIN_SEQUENTIAL. A NAT that only maps the port is common, and
    /// whoever shares the address shares the peer's site.
    /// </summary>
    public const int SameAddressProbationPackets = 2;

    /// <summary>
    /// How far the sequence number may step forward within a probation: 16 packets, 320 ms of loss at 20 ms. A random number passes with 1 in 4096.
    /// </summary>
    public const int MaxProbationStep = 16;

    /// <summary>Longest pause within a probation: 1 s. Two sweeps of a port range are further apart, packets of one stream are not.</summary>
    public static readonly TimeSpan MaxProbationPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a latched source has to be silent before another may take over, where that is allowed at all: 1 s, fifty packets of 20 ms: no burst of loss lasts so long, and a phone that changed its network has taken as long. Also how long the source that a peer had before it signalled another endpoint keeps strangers out.</summary>
    public static readonly TimeSpan HandoverSilence = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Sources on probation at the same time: 4. When a fifth comes, the one with the lowest rank and fewest packets gives way, so sprayers
    /// displace each other before they displace the peer's own address.
    /// </summary>
    public const int MaxCandidates = 4;
}
