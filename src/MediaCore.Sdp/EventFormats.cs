namespace MediaCore.Sdp;

/// <summary>Takes telephone events (RFC 4733) into a list of formats and out of it, for a side that is to have them, or not, whatever the other side has.</summary>
public static class EventFormats
{
    private const byte FirstDynamic = 96;
    private const byte UsualPayloadType = 101;
    private const byte LastPayloadType = 127;

    /// <summary>Whether there are any.</summary>
    public static bool Has(in AudioFormatList formats) => formats.TryFind(AudioCodec.TelephoneEvent, out _);

    /// <summary>The list without them.</summary>
    public static AudioFormatList Without(in AudioFormatList formats)
    {
        AudioFormatList kept = default;
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].Codec != AudioCodec.TelephoneEvent)
            {
                kept.TryAdd(formats[i], formats.GetEncodingName(i), formats.GetParameters(i));
            }
        }

        return kept;
    }

    /// <summary>Adds the DTMF events on the clock of the first voice codec, under 101 or another number that is free. False without a voice codec or room.</summary>
    public static bool TryOffer(ref AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (!formats[i].IsVoice)
            {
                continue;
            }

            uint clockRateHz = formats[i].ClockRateHz;
            byte payloadType = UsualPayloadType;
            for (byte other = FirstDynamic; formats.TryFind(payloadType, out _) && other <= LastPayloadType; other++)
            {
                payloadType = other;
            }

            return formats.TryAdd(new AudioFormat(payloadType, AudioCodec.TelephoneEvent, clockRateHz));
        }

        return false;
    }

    /// <summary>Adds those of an offer to its answer, where the answer has a voice codec of their clock (RFC 3264 §6.1: under the offer's numbers). False when none fits.</summary>
    public static bool TryAnswer(in AudioFormatList offered, ref AudioFormatList answer)
    {
        for (int i = 0; i < offered.Count; i++)
        {
            for (int voice = 0; offered[i].Codec == AudioCodec.TelephoneEvent && voice < answer.Count; voice++)
            {
                if (answer[voice].IsVoice && answer[voice].ClockRateHz == offered[i].ClockRateHz && answer.TryAdd(new AudioFormat(offered[i].PayloadType, AudioCodec.TelephoneEvent, offered[i].ClockRateHz)))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
