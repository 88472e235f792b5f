using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>
/// One side's audio stream as plain data: what is left of an offer or answer after its buffer is gone, and what <see cref="SdpComposer"/>
/// writes one from. About 550 bytes, most of them <see cref="Crypto"/>; pass it by <c>in</c> or <c>ref</c>.
/// </summary>
public struct AudioDescription
{
    /// <summary>The formats in order of preference.</summary>
    public AudioFormatList Formats;

    /// <summary>All <c>m=</c> lines in their order, so that those other than <see cref="AudioIndex"/> can be repeated with port 0. Empty for a first offer of ours.</summary>
    public MediaLayout Layout;

    /// <summary>
    /// The keys that this side offers (or the one it answered with) for what it sends, RFC 4568; empty without SRTP. They may stand beside a protocol without SRTP too: then they are an
    /// offer that need not be taken (RFC 8643).
    /// </summary>
    public CryptoAttributeList Crypto;

    /// <summary>The stream's identifier where its description has it in a BUNDLE group (RFC 9143); what we write to that side then has a group of this one stream.</summary>
    public MediaId Mid;

    /// <summary>The value of <see cref="AudioIndex"/> in a description without an audio line.</summary>
    public const int NoAudioLine = -1;

    /// <summary>Where this side wants RTP. Port 0: the stream is declined. The unspecified address: nothing is wanted (hold of RFC 2543).</summary>
    public NetworkEndpoint Rtp { get; set; }

    /// <summary>Where this side wants RTCP, with or without <see cref="RtcpMux"/>; no address when it said nothing usable.</summary>
    public NetworkEndpoint Rtcp { get; set; }

    /// <summary>Whether this side can take RTCP on the RTP port (RFC 5761); it counts when both sides can.</summary>
    public bool RtcpMux { get; set; }

    /// <summary>Lines beside the audio that this side wants and that can be relayed; null for none.</summary>
    public OtherStreams? Others { get; set; }

    /// <summary>Extended reports that this side asks for.</summary>
    public ReportRequests Reports { get; set; }

    /// <summary>The direction as this side signalled it. Set it: the default value is <see cref="MediaDirection.Inactive"/>.</summary>
    public MediaDirection Direction { get; set; }

    /// <summary><see cref="SdpProtocol.RtpAvp"/>, <see cref="SdpProtocol.RtpAvpf"/> and their secure kinds; an answer repeats its offer's. Other values are written as RTP/AVP.</summary>
    public SdpProtocol Protocol { get; set; }

    /// <summary>The packet time this side asks for in ms; 0 when it does not.</summary>
    public int PtimeMilliseconds { get; set; }

    /// <summary>The longest packet time this side takes in ms; 0 when it does not say.</summary>
    public int MaxPtimeMilliseconds { get; set; }

    /// <summary>Which <c>m=</c> line the audio is, from 0; <see cref="NoAudioLine"/> where it has made room for another kind, as for a fax.</summary>
    public int AudioIndex { get; set; }

    /// <summary>How many <c>m=</c> lines there are; at least 1.</summary>
    public readonly int MediaCount => Math.Max(1, Layout.Count);

    /// <summary>Whether there is an audio line, declined or not.</summary>
    public readonly bool HasAudioLine => AudioIndex != NoAudioLine;

    /// <summary>Whether the audio is declined or missing while something else is wanted.</summary>
    public readonly bool IsWithoutAudio => Rtp.Port == 0 && Others is not null;

    /// <summary>Whether this side insists on SRTP: the protocol is RTP/SAVP or RTP/SAVPF.</summary>
    public readonly bool IsSecure => Protocol is SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf;

    /// <summary>
    /// The direction that is in force: <see cref="Direction"/> without receiving when RTP is wanted nowhere (<c>c=0.0.0.0</c>, RFC 3264 §8.4), and
    /// <see cref="MediaDirection.Inactive"/> when the stream is declined.
    /// </summary>
    public readonly MediaDirection EffectiveDirection =>
        Rtp.Port == 0 ? MediaDirection.Inactive
        : Rtp.IsUnspecified ? Direction & MediaDirection.SendOnly
        : Direction;

    /// <summary>Whether this side holds the call: it no longer wants to hear us (RFC 3264 §8.4), said with a direction or with <c>c=0.0.0.0</c>.</summary>
    public readonly bool IsHold => (EffectiveDirection & MediaDirection.RecvOnly) == MediaDirection.Inactive;
}
