using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>The offer/answer rules for one unicast audio stream (RFC 3264), as pure functions over plain data.</summary>
public static class OfferAnswer
{
    /// <summary>
    /// Reads the first audio line that a relay can serve: RTP/AVP or RTP/AVPF, a port, a literal unicast (or unspecified) address and a voice codec. When there is none, the
    /// error is that of the first audio line, and <paramref name="audio"/> is <c>default</c>.
    /// </summary>
    public static bool TryReadAudio(SdpDescription sdp, out AudioDescription audio, out OfferAnswerError error) =>
        TryReadAudio(sdp, secure: false, out audio, out error);

    /// <summary>The same; where <paramref name="secure"/> is set RTP/SAVP and RTP/SAVPF with usable keys are taken too, and the keys are read (RFC 4568).</summary>
    public static bool TryReadAudio(SdpDescription sdp, bool secure, out AudioDescription audio, out OfferAnswerError error)
    {
        ArgumentNullException.ThrowIfNull(sdp);
        error = OfferAnswerError.NoAudio;
        for (int i = 0; i < sdp.MediaCount; i++)
        {
            SdpMedia media = sdp.GetMedia(i);
            if (media.Kind != SdpMediaKind.Audio)
            {
                continue;
            }

            audio = default;
            OfferAnswerError found = ReadAudio(media, secure, ref audio);
            if (found == OfferAnswerError.None && !MediaLayout.TryCreate(sdp, out audio.Layout))
            {
                found = OfferAnswerError.LayoutTooLarge;
            }

            if (found == OfferAnswerError.None)
            {
                audio.AudioIndex = i;
                error = OfferAnswerError.None;
                return true;
            }

            error = error == OfferAnswerError.NoAudio ? found : error;
        }

        audio = default;
        return false;
    }

    /// <summary>
    /// The same with the lines beside the audio that can be relayed (<see cref="AudioDescription.Others"/>). Where there are some the audio may be declined or missing, as in the middle of a call for a fax:
    /// <see cref="AudioDescription.IsWithoutAudio"/>.
    /// </summary>
    public static bool TryReadMedia(SdpDescription sdp, bool secure, out AudioDescription audio, out OfferAnswerError error)
    {
        bool hasAudio = TryReadAudio(sdp, secure, out audio, out error);
        if (hasAudio)
        {
            audio.Others = sdp.MediaCount > 1 ? OtherStreams.Read(sdp) : null;
            return true;
        }

        if (error is not (OfferAnswerError.AudioDeclined or OfferAnswerError.NoAudio) || OtherStreams.Read(sdp) is not { } others || !MediaLayout.TryCreate(sdp, out MediaLayout layout))
        {
            return false;
        }

        audio.Layout = layout;
        audio.Others = others;
        audio.Protocol = SdpProtocol.RtpAvp;
        audio.AudioIndex = FindAudio(sdp);
        if (audio.HasAudioLine)
        {
            SdpMedia declined = sdp.GetMedia(audio.AudioIndex);
            audio.Protocol = declined.Protocol;
            if (!AudioFormatReader.TryRead(declined, out audio.Formats))
            {
                audio.Formats = default;
            }
        }

        error = OfferAnswerError.None;
        return true;
    }

    private static int FindAudio(SdpDescription sdp)
    {
        for (int i = 0; i < sdp.MediaCount; i++)
        {
            if (sdp.GetMedia(i).Kind == SdpMediaKind.Audio)
            {
                return i;
            }
        }

        return AudioDescription.NoAudioLine;
    }

    /// <summary>
    /// The formats to answer with: those of the offer that we have too, in the offer's order and under its payload types (RFC 3264 §6.1), each meaning once. Parameters are ours for codecs that we
    /// know, since they tell what we can receive, and the offer's for others. Telephone-event and comfort noise stay only beside a voice codec of their clock rate. False
    /// when no voice codec is left.
    /// </summary>
    public static bool TryIntersect(in AudioDescription offer, in AudioFormatList local, out AudioFormatList result)
    {
        uint kept = 0;
        ref readonly AudioFormatList offered = ref offer.Formats;
        for (int i = 0; i < offered.Count; i++)
        {
            bool first = offered.TryFindSame(offered, i, out int same) && same == i;
            if (first && local.TryFindSame(offered, i, out _))
            {
                kept |= 1u << i;
            }
        }

        result = default;
        if (!WithoutLonelyCompanions(offered, ref kept))
        {
            return false;
        }

        for (int i = 0; i < offered.Count; i++)
        {
            if ((kept & (1u << i)) != 0)
            {
                local.TryFindSame(offered, i, out int ours);
                bool known = offered[i].Codec != AudioCodec.Other;
                ReadOnlySpan<byte> parameters = known ? local.GetParameters(ours) : offered.GetParameters(i);
                result.TryAdd(offered[i], offered.GetEncodingName(i), parameters);
            }
        }

        return HasVoice(result);
    }

    /// <summary>
    /// The formats of an answer that were in its offer, in the answer's order, payload types and parameters: what may be sent to the answerer (RFC 3264 §7), and what a relay that passed the
    /// offer on may pass back. A format counts as offered when name, clock rate and channels were, since an answerer may number dynamic ones anew (RFC 3264 §6.1). False when no
    /// voice codec is left.
    /// </summary>
    public static bool TryAcceptAnswer(in AudioFormatList offered, in AudioFormatList answered, out AudioFormatList result)
    {
        uint kept = 0;
        for (int i = 0; i < answered.Count; i++)
        {
            if (offered.TryFindSame(answered, i, out _))
            {
                kept |= 1u << i;
            }
        }

        return TryKeep(answered, kept, out result);
    }

    /// <summary>The formats that MediaCore itself can encode and decode (PCMU, PCMA, telephone-event beside them): for calls it answers rather than relays. May be empty.</summary>
    public static AudioFormatList KnownOnly(in AudioFormatList formats)
    {
        uint kept = 0;
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].Codec is AudioCodec.Pcmu or AudioCodec.Pcma or AudioCodec.TelephoneEvent)
            {
                kept |= 1u << i;
            }
        }

        TryKeep(formats, kept, out AudioFormatList result);
        return result;
    }

    /// <summary>The direction to answer with: the offered one seen from our side, narrowed to what we want (RFC 3264 §6.1).</summary>
    public static MediaDirection Answer(MediaDirection offered, MediaDirection local) => Reverse(offered) & local;

    /// <summary>A direction seen from the other side: sendonly for recvonly and the reverse.</summary>
    public static MediaDirection Reverse(MediaDirection direction) =>
        (MediaDirection)((((int)direction & 1) << 1) | (((int)direction >> 1) & 1));

    /// <summary>
    /// Our own answer to an offer: the formats in common under the offer's payload types, else as <see cref="CreateAnswer"/>. False when there is no voice codec in
    /// common: 488.
    /// </summary>
    public static bool TryAnswer(
        in AudioDescription offer,
        in AudioFormatList local,
        MediaDirection localDirection,
        NetworkEndpoint rtp,
        NetworkEndpoint rtcp,
        bool rtcpMux,
        out AudioDescription answer)
    {
        bool common = TryIntersect(offer, local, out AudioFormatList formats);
        answer = common ? CreateAnswer(offer, formats, localDirection, rtp, rtcp, rtcpMux) : default;
        return common;
    }

    /// <summary>
    /// An answer with formats already settled, such as those that a relay's far side accepted: the offer's layout and protocol, the direction that follows from both, and
    /// multiplexed RTCP when both can (RFC 3264 §6, RFC 5761 §5.1.1). Packet times are left to the caller.
    /// </summary>
    /// <param name="offer">What the peer offered.</param>
    /// <param name="formats">What to answer with.</param>
    /// <param name="localDirection">What our side wants: for a relay the direction of the far side's answer, else <see cref="MediaDirection.SendRecv"/>.</param>
    /// <param name="rtp">Where we want RTP.</param>
    /// <param name="rtcp">Where we want RTCP.</param>
    /// <param name="rtcpMux">Whether we can take RTCP on the RTP port.</param>
    public static AudioDescription CreateAnswer(
        in AudioDescription offer,
        in AudioFormatList formats,
        MediaDirection localDirection,
        NetworkEndpoint rtp,
        NetworkEndpoint rtcp,
        bool rtcpMux) => new()
        {
            Formats = formats,
            Layout = offer.Layout,
            AudioIndex = offer.AudioIndex,
            Protocol = offer.Protocol,
            Direction = Answer(offer.Direction, localDirection),
            RtcpMux = offer.RtcpMux && rtcpMux,
            Mid = offer.Mid,
            Rtp = rtp,
            Rtcp = rtcp,
        };

    private static OfferAnswerError ReadAudio(SdpMedia media, bool secure, ref AudioDescription audio)
    {
        if (media.Port == 0)
        {
            return OfferAnswerError.AudioDeclined;
        }

        bool isSecure = secure && (media.Protocol is SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf);
        if (!isSecure && media.Protocol is not (SdpProtocol.RtpAvp or SdpProtocol.RtpAvpf))
        {
            return OfferAnswerError.UnsupportedProtocol;
        }

        if (secure)
        {
            audio.Crypto = CryptoNegotiation.Read(media, out _);
            if (isSecure && audio.Crypto.Count == 0)
            {
                return OfferAnswerError.NoUsableKey;
            }
        }

        if (!media.HasConnection)
        {
            return OfferAnswerError.NoConnection;
        }

        if (!media.TryGetRtpEndpoint(out NetworkEndpoint rtp))
        {
            return OfferAnswerError.AddressNotLiteral;
        }

        if (rtp.IsMulticastOrBroadcast)
        {
            return OfferAnswerError.MulticastAddress;
        }

        if (!AudioFormatReader.TryRead(media, out audio.Formats))
        {
            return OfferAnswerError.NoUsableFormat;
        }

        audio.Rtp = rtp;
        audio.Rtcp = media.TryGetRtcpEndpoint(out NetworkEndpoint rtcp) && !rtcp.IsMulticastOrBroadcast ? rtcp : default;
        audio.RtcpMux = media.HasRtcpMux;
        audio.Mid = MediaId.ReadBundled(media);
        audio.Reports = ReadReportRequests(media);
        audio.Direction = media.Direction;
        audio.Protocol = media.Protocol;
        audio.PtimeMilliseconds = media.PtimeMilliseconds;
        audio.MaxPtimeMilliseconds = media.MaxPtimeMilliseconds;
        return OfferAnswerError.None;
    }

    /// <summary>The media level replaces the session level (RFC 3611 §5.1).</summary>
    private static ReportRequests ReadReportRequests(SdpMedia media) =>
        TryReadReportRequests(media.Attributes, out ReportRequests requests) || TryReadReportRequests(media.Description.SessionAttributes, out requests) ? requests : ReportRequests.None;

    private static bool TryReadReportRequests(SdpLines lines, out ReportRequests requests)
    {
        requests = ReportRequests.None;
        foreach (SdpLine line in lines)
        {
            if (line.AttributeName.SequenceEqual("rtcp-xr"u8))
            {
                ReadOnlySpan<byte> rest = line.AttributeValue;
                while (SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> format))
                {
                    requests |= format.SequenceEqual("voip-metrics"u8) ? ReportRequests.VoipMetrics
                        : format.StartsWith("rcvr-rtt="u8) ? ReportRequests.ReceiverRoundTrip
                        : ReportRequests.None;
                }

                return true;
            }
        }

        return false;
    }

    private static bool TryKeep(in AudioFormatList formats, uint kept, out AudioFormatList result)
    {
        result = default;
        if (!WithoutLonelyCompanions(formats, ref kept))
        {
            return false;
        }

        for (int i = 0; i < formats.Count; i++)
        {
            if ((kept & (1u << i)) != 0)
            {
                result.TryAdd(formats[i], formats.GetEncodingName(i), formats.GetParameters(i));
            }
        }

        return HasVoice(result);
    }

    /// <summary>A format whose text no longer fits is left out, so the last word is with what the list came to hold.</summary>
    private static bool HasVoice(in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].IsVoice)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes telephone-event and comfort noise out of the set where no voice codec of their clock rate is in it; false when no voice codec is.</summary>
    private static bool WithoutLonelyCompanions(in AudioFormatList formats, ref uint kept)
    {
        uint voices = 0;
        for (int i = 0; i < formats.Count; i++)
        {
            voices |= formats[i].IsVoice ? kept & (1u << i) : 0;
        }

        for (int i = 0; i < formats.Count; i++)
        {
            if (!formats[i].IsVoice && !HasClockRate(formats, voices, formats[i].ClockRateHz))
            {
                kept &= ~(1u << i);
            }
        }

        return voices != 0;
    }

    private static bool HasClockRate(in AudioFormatList formats, uint voices, uint clockRateHz)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if ((voices & (1u << i)) != 0 && formats[i].ClockRateHz == clockRateHz)
            {
                return true;
            }
        }

        return false;
    }
}
