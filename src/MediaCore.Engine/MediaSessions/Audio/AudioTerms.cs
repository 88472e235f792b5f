using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>What was negotiated with the peer of a leg, as far as its sound needs it. A plain value.</summary>
internal struct AudioTerms
{
    /// <summary>What the peer may send, under our payload types (RFC 3264 §5.1: those that we described).</summary>
    public AudioFormatList Receive;

    /// <summary>What the peer wants to be sent, in its order and under its payload types.</summary>
    public AudioFormatList Send;

    /// <summary>Packet time that the peer asks for in ms; 0 for 20.</summary>
    public int PacketMilliseconds { get; set; }

    /// <summary>Longest packet the peer takes in ms; 0 when it does not say.</summary>
    public int MaxPacketMilliseconds { get; set; }

    /// <summary>Whether the peer wants to be sent anything: it does not hold us.</summary>
    public bool MayBeSent { get; set; }
}
