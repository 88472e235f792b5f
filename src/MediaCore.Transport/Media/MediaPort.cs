using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.Transport.Media;

/// <summary>
/// A pair of bound UDP sockets for one media stream: RTP on an even port, RTCP on the next one (RFC 3550 §11). Belongs to its
/// <see cref="MediaPortPool"/> for good; a call borrows it. Owned by the pool's shard.
/// </summary>
public sealed class MediaPort
{
    /// <summary>What the packet path looks at is in the first so many bytes of the object, wherever in a cache line it begins.</summary>
    public const int HotBytes = 65;

    internal MediaPort(int index, NetworkEndpoint localRtp, int rtpDescriptor, int rtcpDescriptor)
    {
        Index = index;
        LocalRtp = localRtp;
        RtpDescriptor = rtpDescriptor;
        RtcpDescriptor = rtcpDescriptor;
    }

    /// <summary>Its place in the pool, the number that the poller's tokens carry.</summary>
    public int Index { get; }

    /// <summary>The network of its address, as whoever made the pool numbers them.</summary>
    public int Network { get; internal init; }

    /// <summary>The RTP socket, for <see cref="MediaSocket"/>.</summary>
    public int RtpDescriptor { get; }

    /// <summary>The RTCP socket, for <see cref="MediaSocket"/>.</summary>
    public int RtcpDescriptor { get; }

    /// <summary>Where RTP is received.</summary>
    public NetworkEndpoint LocalRtp { get; }

    /// <summary>Where RTCP is received: the next port.</summary>
    public NetworkEndpoint LocalRtcp => LocalRtp.WithPort((ushort)(Port + 1));

    /// <summary>The RTP port, even.</summary>
    public ushort Port => LocalRtp.Port;

    /// <summary>
    /// What the shard hands arriving packets to; null while nobody uses the port, when they are read and forgotten. The pool clears it at
    /// release.
    /// </summary>
    public object? Owner { get; set; }

    /// <summary>Whether a call has it.</summary>
    public bool IsInUse { get; internal set; }

    /// <summary>
    /// Whom the call before sent to. Whatever it still sends here keeps the port from the next call (<see cref="NoteLate"/>); anybody else's packets do not, or a sprayed range would be a range without ports.
    /// </summary>
    public NetworkEndpoint FormerPeer { get; set; }

    /// <summary>The octet of traffic class (IPv4's TOS) in its packets' headers, RTCP included; null for the pool's own. The pool takes it back at release.</summary>
    public byte? TrafficClass { get; private set; }

    /// <summary>The pool's own octet.</summary>
    internal byte DefaultTrafficClass { get; init; }

    /// <summary>Changes <see cref="TrafficClass"/>; false when the kernel will not have it. A pair without sockets only keeps it.</summary>
    public bool TrySetTrafficClass(byte? octet)
    {
        if (octet != TrafficClass)
        {
            byte value = octet ?? DefaultTrafficClass;
            if (RtpDescriptor >= 0 && !(NativeDatagramSocket.TrySetTrafficClass(RtpDescriptor, LocalRtp.IsIPv6, value) && NativeDatagramSocket.TrySetTrafficClass(RtcpDescriptor, LocalRtp.IsIPv6, value)))
            {
                return false;
            }

            TrafficClass = octet;
        }

        return true;
    }

    /// <summary>A packet came while nobody used the port.</summary>
    public void NoteLate(in NetworkEndpoint source, Timestamp now)
    {
        if (FormerPeer.HasAddress && FormerPeer.HasSameAddress(source))
        {
            HeardLate = now;
        }
    }

    /// <summary>When the former peer was last heard; meaningful while the port rests.</summary>
    internal Timestamp HeardLate { get; set; } = Timestamp.Zero;

    /// <summary>When the last call ended; meaningful while the port rests.</summary>
    internal Timestamp ReleasedAt { get; set; }

    /// <summary>When it may be used again; meaningful while it rests.</summary>
    internal Timestamp RestsUntil { get; set; }
}
