using MediaCore.Audio.Prompts;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Primitives;
using MediaCore.Rtp.Relay;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>
/// The media side of one leg: its port pair, who may send to it, what came and went, and the leg its packets are relayed to. Owned by its
/// shard; about 600 bytes. All that an in-kernel fast path would need to forward the leg is here as plain data: two endpoints, a
/// descriptor, a payload type to rewrite.
/// </summary>
internal sealed partial class MediaLeg
{
    /// <summary>What a packet that comes to the leg looks at and changes is in the first so many bytes of the object, to the end of <see cref="Received"/>, wherever in a cache line it begins.</summary>
    public const int HotBytes = 768;

    /// <summary>And what one that is sent from it looks at: to the end of <see cref="Latch"/>.</summary>
    public const int HotSendBytes = 512;

    /// <summary>What <see cref="GetPayloadType"/> gives for a payload type that the peer does not know.</summary>
    public const byte BarredPayloadType = 0xff;

    private const byte MaxPayloadType = 127;

    private byte[] _payloadTypes = [];
    private LegSecurity? _security;

    /// <summary>The port pair, until <see cref="Close"/>.</summary>
    public MediaPort? Port { get; private set; }

    /// <summary>Where packets of this leg go; null while nothing is connected. Two legs are always each other's.</summary>
    public MediaLeg? Peer { get; private set; }

    /// <summary>Nothing that comes to this leg is passed on, in whatever form: neither packets nor sound nor digits nor reports. What is sent from it is as before. Until <see cref="Clear"/>.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Whose leg this is, which knows what was negotiated.</summary>
    public IAudioTermsSource? Owner { get; init; }

    /// <summary>Its sound in the media graph; null for a leg that is only relayed.</summary>
    public AudioParty? Audio { get; set; }

    /// <summary>Figures of the last party of this leg that has gone.</summary>
    public SoundFigures? Sound { get; set; }

    /// <summary>Its digits; null where nobody looks at them.</summary>
    public LegDigits? Digits { get; set; }

    /// <summary>When anything valid was last heard; starts at the moment the leg was opened.</summary>
    public Timestamp LastHeard { get; set; }

    /// <summary>Who may send here.</summary>
    public SourceLatch Latch;

    /// <summary>What the peer sent.</summary>
    public RtpReceiverStatistics Received;

    /// <summary>The prompt that is being played to the peer.</summary>
    public ClipPlayer Player;

    /// <summary>
    /// SRTP of this leg; null: plain RTP. Where it is set nothing is taken, latched on or answered to that it did not find authentic, and nothing leaves that it did not protect.
    /// </summary>
    public LegSecurity? Security { get; private set; }

    /// <summary>RTP packets sent to the peer.</summary>
    public long SentPackets { get; set; }

    /// <summary>RTP bytes sent to the peer, headers included.</summary>
    public long SentBytes { get; set; }

    /// <summary>Clock of the negotiated voice codec, for jitter.</summary>
    public uint ClockRateHz { get; set; } = 8000;

    /// <summary>Where RTCP goes: as signalled (RFC 3605), until RTCP came from an accepted source.</summary>
    public NetworkEndpoint RemoteRtcp { get; set; }

    /// <summary>Whether any payload type is rewritten on the way to this leg.</summary>
    public bool MapsPayloadTypes { get; private set; }

    /// <summary>Takes a port for a new leg.</summary>
    public void Open(MediaPort port, Timestamp now)
    {
        Clear();
        Port = port;
        port.Owner = this;
        LastHeard = now;
    }

    /// <summary>Back to the pool's state, after <see cref="Close"/>: a later leg that gets no port must not report this one's figures.</summary>
    public void Clear()
    {
        Peer = null;
        IsBlocked = false;
        Unsecure();
        Sound = null;
        Latch.Reset(default);
        Received = default;
        Player = default;
        SentPackets = 0;
        SentBytes = 0;
        ClockRateHz = 8000;
        RemoteRtcp = default;
        LastHeard = default;
        MapsPayloadTypes = false;
        ClearReports();
    }

    /// <summary>Makes this an SRTP leg: from now on nothing goes in or out without keys.</summary>
    public LegSecurity Secure()
    {
        if (Security is null)
        {
            // Plain packets may have been anybody's.
            Latch.Relearn();
        }

        return Security = _security ??= new LegSecurity();
    }

    /// <summary>
    /// The peer has agreed to plain RTP. Keys and counters are kept: should it come back to a key that was used before, no part of the keystream is used twice (RFC 3711 §9.1).
    /// </summary>
    public void SetPlain() => Security = null;

    /// <summary>Makes this a leg of plain RTP again and wipes its keys.</summary>
    public void Unsecure()
    {
        _security?.Dispose();
        _security = Security = null;
    }

    /// <summary>What the peer's description says about where it is.</summary>
    /// <param name="rtp">Its RTP.</param>
    /// <param name="rtcp">Its RTCP.</param>
    /// <param name="isSamePeer">Whether it is the one who was heard here before (<see cref="SourceLatch.Expect"/>).</param>
    public void Expect(in NetworkEndpoint rtp, in NetworkEndpoint rtcp, bool isSamePeer = false)
    {
        if (rtp != Latch.Signalled)
        {
            Latch.Expect(rtp, isSamePeer);
        }

        RemoteRtcp = rtcp;
    }

    /// <summary>Rewrites one payload type on the way to this leg: the two sides were asked at different times and number it differently.</summary>
    public void MapPayloadType(byte from, byte to)
    {
        if (from != to && from <= MaxPayloadType && to <= MaxPayloadType)
        {
            SetPayloadType(from, to);
        }
    }

    /// <summary>A payload type that this leg's peer knows nothing of: packets of it cannot be relayed here, they have to be transcoded.</summary>
    public void BarPayloadType(byte from)
    {
        if (from <= MaxPayloadType)
        {
            SetPayloadType(from, BarredPayloadType);
        }
    }

    private void SetPayloadType(byte from, byte to)
    {
        if (!MapsPayloadTypes)
        {
            // Seldom enough to be made on demand; it stays with the pooled leg.
            _payloadTypes = _payloadTypes.Length == 0 ? new byte[MaxPayloadType + 1] : _payloadTypes;
            for (int i = 0; i < _payloadTypes.Length; i++)
            {
                _payloadTypes[i] = (byte)i;
            }

            MapsPayloadTypes = true;
        }

        _payloadTypes[from] = to;
    }

    /// <summary>Rewrites nothing from now on.</summary>
    public void ClearPayloadTypes() => MapsPayloadTypes = false;

    /// <summary>The number by which this leg knows a payload type of the other.</summary>
    public byte GetPayloadType(byte received) => MapsPayloadTypes && received < _payloadTypes.Length ? _payloadTypes[received] : received;

    /// <summary>Disconnects and gives the port back.</summary>
    public MediaPort? Close()
    {
        Reports?.Stop();
        if (Peer is { } peer)
        {
            Peer = null;
            if (ReferenceEquals(peer.Peer, this))
            {
                peer.Peer = null;
            }
        }

        MediaPort? port = Port;
        if (port is not null)
        {
            port.Owner = null;
            port.FormerPeer = Latch.Destination;
            Port = null;
        }

        Audio?.Close();
        Digits?.Close();
        Digits = null;
        Unsecure();
        Player.Stop();
        return port;
    }

    /// <summary>Connects two legs, each sending to the other.</summary>
    public static void Bridge(MediaLeg first, MediaLeg second)
    {
        if (ReferenceEquals(first.Peer, second) && ReferenceEquals(second.Peer, first))
        {
            return;
        }

        Unbridge(first);
        Unbridge(second);
        first.Peer = second;
        second.Peer = first;
    }

    /// <summary>Takes two connected legs apart; each stays open by itself.</summary>
    public static void Separate(MediaLeg first, MediaLeg second)
    {
        if (ReferenceEquals(first.Peer, second))
        {
            Unbridge(first);
            Unbridge(second);
            first.ClearPayloadTypes();
            second.ClearPayloadTypes();
        }
    }

    /// <summary>Figures for the call record.</summary>
    public MediaFigures GetReceivedFigures() => new()
    {
        Packets = Received.Packets,
        Bytes = Received.Bytes,
        Lost = Received.Lost,
        JitterMilliseconds = Math.Round(Received.JitterMilliseconds, 3),
        MaxJitterMilliseconds = Math.Round(Received.MaxJitterMilliseconds, 3),
    };

    /// <summary>What became of its sound, also after its party has gone; null where there was none.</summary>
    public SoundFigures? GetSoundFigures() => Audio?.GetFigures() ?? Sound;

    /// <summary>Figures for the call record.</summary>
    public MediaFigures GetSentFigures() => new() { Packets = SentPackets, Bytes = SentBytes };

    private static void Unbridge(MediaLeg leg)
    {
        if (leg.Peer is { } old && ReferenceEquals(old.Peer, leg))
        {
            old.Peer = null;
        }

        leg.Audio?.Part();
        leg.Peer = null;
    }
}
