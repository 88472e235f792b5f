using System.Text;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Which codecs each side gets to see, and when sound is decoded and encoded between them: only where the side that answers speaks first what the offerer does not have, or the request says so
/// (<c>always-transcode</c>, <c>ptime</c>).
/// </summary>
internal sealed partial class NgSessions
{
    private const byte FirstDynamic = 96;

    private static AudioFormatList ReadFormats(SdpMedia media) =>
        media.Port != 0 && media.Kind == SdpMediaKind.Audio && IsRtp(media.Protocol)
            && AudioFormatReader.TryRead(media, out AudioFormatList formats)
            ? formats
            : default;

    /// <summary>An offer: what is offered beside the offerer's own, and what the offerer may be answered with.</summary>
    private static void OfferCodecs(NgStream offerer, NgStream offered, NgRequest request)
    {
        offered.Added = default;
        offered.Answered = default;
        offered.AlwaysTranscodes = request.Has(NgFlags.AlwaysTranscode) || request.PtimeMilliseconds != 0 || request.ReversePtimeMilliseconds != 0;
        if (offerer.Remote.Count == 0)
        {
            return;
        }

        foreach (string name in request.Codecs.Transcode)
        {
            AddCodec(offerer, offered, name, request);
        }

        offerer.Remote = Keep(offerer.Remote, request.Codecs.Accepts);
    }

    private static void AddCodec(NgStream offerer, NgStream offered, string name, NgRequest request)
    {
        if (!NgCodecs.TryParse(name, out AudioFormat known, out byte[] encodingName)
            || !TryMake(known, encodingName, FindFree(offerer.Remote, offered.Added, known), out AudioFormatList added)
            || AudioFormatCodec.Find(added, 0) is null)
        {
            request.Warn("ignored: transcode=" + name);
            return;
        }

        if (!offered.Added.TryFindSame(added, 0, out _) && (!offerer.Remote.TryFindSame(added, 0, out _) || !request.Codecs.Shows(Encoding.Latin1.GetString(encodingName), known.ClockRateHz)))
        {
            offered.Added.TryAdd(added[0], added.GetEncodingName(0), default);
        }
    }

    private static bool TryMake(AudioFormat known, ReadOnlySpan<byte> name, byte payloadType, out AudioFormatList list)
    {
        list = default;
        return list.TryAdd(new AudioFormat(payloadType, known.Codec, known.ClockRateHz, known.Channels), name, default);
    }

    /// <summary>A static number stays what it is; a dynamic one is the first that nothing else has.</summary>
    private static byte FindFree(in AudioFormatList theirs, in AudioFormatList added, AudioFormat known)
    {
        if (known.PayloadType < FirstDynamic)
        {
            return known.PayloadType;
        }

        byte payloadType = FirstDynamic;
        while (payloadType < 127 && (theirs.TryFind(payloadType, out _) || added.TryFind(payloadType, out _)))
        {
            payloadType++;
        }

        return payloadType;
    }

    /// <summary>An answer: the offerer gets to see what both have where the answerer's first is among it, else codecs of its own that we can speak.</summary>
    private static void AnswerCodecs(NgStream offerer, NgStream answerer, NgRequest request)
    {
        offerer.Answered = default;
        if (offerer.Remote.Count == 0 || answerer.Remote.Count == 0)
        {
            return;
        }

        answerer.AlwaysTranscodes |= request.Has(NgFlags.AlwaysTranscode);
        if (answerer.PtimeMilliseconds != 0 && offerer.PtimeMilliseconds == 0)
        {
            // The answerer's packet time is the request's; the offerer keeps its own.
            offerer.PtimeMilliseconds = offerer.Leg.PacketMilliseconds;
        }

        if (HasFirstOf(offerer.Remote, answerer.Remote))
        {
            AudioFormatList own = offerer.Remote;
            AudioFormatList common = Keep(answerer.Remote, (formats, i) => own.TryFindSame(formats, i, out _));
            offerer.Answered = common.Count == answerer.Remote.Count ? default : common;
            return;
        }

        if (AudioFormatCodec.FirstIn(offerer.Remote) is >= 0 and int first && AudioFormatCodec.FirstIn(answerer.Remote) >= 0)
        {
            offerer.Answered = Keep(offerer.Remote, (formats, i) => i == first || formats[i].Codec == AudioCodec.TelephoneEvent);
        }
    }

    /// <summary>Whether the first voice of one list is in the other.</summary>
    private static bool HasFirstOf(in AudioFormatList formats, in AudioFormatList others)
    {
        for (int i = 0; i < others.Count; i++)
        {
            if (others[i].IsVoice)
            {
                return formats.TryFindSame(others, i, out _);
            }
        }

        return false;
    }

    private static AudioFormatList Keep(in AudioFormatList formats, Func<AudioFormatList, int, bool> keeps)
    {
        AudioFormatList kept = default;
        for (int i = 0; i < formats.Count; i++)
        {
            if (keeps(formats, i))
            {
                kept.TryAdd(formats[i], formats.GetEncodingName(i), formats.GetParameters(i));
            }
        }

        return kept;
    }

    /// <summary>From now on the two sides are decoded for each other, or not any more.</summary>
    private void Settle(NgStream offerer, NgStream answerer)
    {
        if (offerer.Leg.Port is null || answerer.Leg.Port is null || offerer.Local.Count == 0)
        {
            return;
        }

        bool differ = !HasFirstOf(offerer.Local, answerer.Remote);
        _audio.Settle(offerer.Leg, answerer.Leg, differ || answerer.AlwaysTranscodes);
    }
}
