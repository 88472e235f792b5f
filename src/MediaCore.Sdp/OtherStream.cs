using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>
/// One media line that is not audio and is relayed without being understood: video, fax (T.38), text. What describes it is kept as text, without its addresses.
/// </summary>
/// <param name="Index">Its place among the <c>m=</c> lines, from 0.</param>
/// <param name="Kind">The media type, as written.</param>
/// <param name="Formats">Protocol and formats, as written after the port.</param>
/// <param name="Lines">Its <c>b=</c> and <c>a=</c> lines that may be shown to the other side, each with its line end.</param>
/// <param name="IsRtp">Whether it is RTP, which has RTCP beside it.</param>
/// <param name="Rtp">Where its packets are wanted.</param>
/// <param name="Rtcp">Where RTCP is wanted; no address where there is none.</param>
public sealed record OtherStream(int Index, byte[] Kind, byte[] Formats, byte[] Lines, bool IsRtp, NetworkEndpoint Rtp, NetworkEndpoint Rtcp)
{
    /// <summary>
    /// Reads a media line; null for audio, for one that is declined, and for one that no relay of datagrams can serve without more: other protocols than RTP/AVP, RTP/AVPF and UDPTL, keys, names for
    /// addresses, more text than <see cref="SdpLimits.MaxOtherStreamBytes"/>.
    /// </summary>
    public static OtherStream? Read(SdpMedia media, int index)
    {
        if (media.Kind == SdpMediaKind.Audio
            || media.Port == 0
            || media.PortCount != 1
            || media.FormatCount == 0
            || media.Protocol is not (SdpProtocol.RtpAvp or SdpProtocol.RtpAvpf or SdpProtocol.Udptl)
            || !media.TryGetRtpEndpoint(out NetworkEndpoint rtp)
            || rtp.IsMulticastOrBroadcast)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[SdpLimits.MaxOtherStreamBytes];
        SdpWriter writer = new(text);
        writer.Append(media.ProtocolToken);
        for (int i = 0; i < media.FormatCount; i++)
        {
            writer.Append(" "u8);
            writer.Append(media.GetFormat(i));
        }

        int head = writer.Length;
        foreach (SdpLine line in media.Lines)
        {
            bool isAttribute = line.Type == (byte)'a';
            if (line.Type == (byte)'b' || (isAttribute && MayPass(line.AttributeName)))
            {
                writer.Append(isAttribute ? "a="u8 : "b="u8);
                writer.Append(line.Value);
                writer.Append("\r\n"u8);
            }
        }

        if (writer.Overflowed)
        {
            return null;
        }

        bool isRtp = media.Protocol != SdpProtocol.Udptl;
        NetworkEndpoint rtcp = isRtp && media.TryGetRtcpEndpoint(out NetworkEndpoint found) && !found.IsMulticastOrBroadcast ? found : default;
        return new OtherStream(index, media.KindToken.ToArray(), text[..head].ToArray(), text[head..writer.Length].ToArray(), isRtp, rtp, rtcp);
    }

    /// <summary>
    /// What says how a stream is coded, and nothing of where its sender is: addresses, keys, candidates, identifiers that group streams (RFC 5888) and those of sources (RFC 5576) stay behind.
    /// RTCP on a port of its own is what the relay speaks, so <c>rtcp-mux</c> does too.
    /// </summary>
    private static bool MayPass(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("rtpmap"u8) || name.SequenceEqual("fmtp"u8) || name.SequenceEqual("rtcp-fb"u8) || name.SequenceEqual("extmap"u8)
        || name.SequenceEqual("sendrecv"u8) || name.SequenceEqual("sendonly"u8) || name.SequenceEqual("recvonly"u8) || name.SequenceEqual("inactive"u8)
        || name.SequenceEqual("content"u8) || name.SequenceEqual("lang"u8) || name.SequenceEqual("framerate"u8) || name.SequenceEqual("imageattr"u8) || name.SequenceEqual("quality"u8)
        || name.SequenceEqual("ptime"u8) || name.SequenceEqual("maxptime"u8) || name.StartsWith("T38"u8) || name.StartsWith("t38"u8);
}
