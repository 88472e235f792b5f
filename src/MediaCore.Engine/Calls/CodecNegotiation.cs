using System.Collections.Immutable;
using MediaCore.Audio.Codecs;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Rtp.Packets;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Which formats a side is offered or answered with, from what the other side speaks, what we can code and the policies of both (RFC 3264 §5.1, §6.1). Pure functions.
/// </summary>
internal static class CodecNegotiation
{
    private const byte FirstDynamic = 96;
    private const byte MaxPayloadType = 127;
    private const uint NoiseClockHz = 8000;

    /// <summary>Whether nothing of a list is barred by a policy.</summary>
    public static bool Allows(CodecPolicy policy, in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].IsVoice && !IsAllowed(policy, formats, i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What is offered: what the other side speaks as far as both policies allow, in the order of the offered side's, then what we can make of it.</summary>
    /// <param name="spoken">What the other side speaks.</param>
    /// <param name="from">The other side's policy.</param>
    /// <param name="to">The policy of the side that gets the offer.</param>
    /// <param name="own">What we add where <paramref name="to"/> has no list and none of these is spoken.</param>
    public static AudioFormatList CreateOffer(in AudioFormatList spoken, CodecPolicy from, CodecPolicy to, ImmutableArray<CodecName> own)
    {
        bool mayTranscode = from.Transcode != TranscodePolicy.Never && to.Transcode != TranscodePolicy.Never && AudioFormatCodec.FirstIn(spoken) >= 0;
        bool always = mayTranscode && (from.Transcode == TranscodePolicy.Always || to.Transcode == TranscodePolicy.Always);
        AudioFormatList offer = from.Codecs.IsEmpty && to.Codecs.IsEmpty && !always ? spoken : PassOn(spoken, from, to, mayTranscode, always);
        int passed = offer.Count;
        if (mayTranscode && to.Codecs.IsEmpty && !HasAny(own, spoken))
        {
            foreach (CodecName name in own)
            {
                AddOwn(ref offer, spoken, name);
            }
        }

        AddCompanions(ref offer, spoken, spoken, to.Codecs.IsEmpty ? passed : 0);
        return offer;
    }

    /// <summary>
    /// What a side's offer is answered with: what the other side has agreed to as far as it was offered here; where that leaves no voice, the first codec of the offer that we can make of it. False: there is none.
    /// </summary>
    /// <param name="offered">The offer.</param>
    /// <param name="policy">Policy of the side that made it.</param>
    /// <param name="agreed">What the other side speaks.</param>
    /// <param name="mayTranscode">Whether both sides may be transcoded.</param>
    /// <param name="answer">The formats.</param>
    public static bool TryCreateAnswer(in AudioFormatList offered, CodecPolicy policy, in AudioFormatList agreed, bool mayTranscode, out AudioFormatList answer)
    {
        answer = default;
        bool hasVoice = false;
        bool isAll = true;
        for (int i = 0; i < agreed.Count; i++)
        {
            bool known = offered.TryFindSame(agreed, i, out int same) && (!agreed[i].IsVoice || IsAllowed(policy, offered, same));
            hasVoice |= known && agreed[i].IsVoice;
            isAll &= known;
        }

        if (isAll && hasVoice)
        {
            // Nothing of ours came in between: as it was before there was transcoding.
            answer = agreed;
            return true;
        }

        if (hasVoice)
        {
            for (int i = 0; i < agreed.Count; i++)
            {
                if (agreed[i].IsVoice && offered.TryFindSame(agreed, i, out int same) && IsAllowed(policy, offered, same))
                {
                    answer.TryAdd(agreed[i], agreed.GetEncodingName(i), agreed.GetParameters(i));
                }
            }

            AddCompanions(ref answer, agreed, offered);
            return true;
        }

        if (!mayTranscode || AudioFormatCodec.FirstIn(agreed) < 0)
        {
            return false;
        }

        for (int i = 0; i < offered.Count && !hasVoice; i++)
        {
            if (offered[i].IsVoice && IsAllowed(policy, offered, i) && AudioFormatCodec.Find(offered, i) is not null)
            {
                answer.TryAdd(offered[i], offered.GetEncodingName(i), GetOwnParameters(offered, i));
                hasVoice = true;
            }
        }

        AddCompanions(ref answer, offered, offered);
        if (hasVoice && !answer.TryFind(AudioCodec.TelephoneEvent, out _) && offered.TryFind(AudioCodec.TelephoneEvent, out int events))
        {
            // Against RFC 4733 §2.1 some offer events at another clock than their voice's; digits are worth more than the rule.
            Add(ref answer, offered, events);
        }

        return hasVoice;
    }

    /// <summary>Adds the comfort noise of an offer to its answer, beside a voice of its clock; nothing where the answer has it.</summary>
    public static void AcceptNoise(in AudioFormatList offered, ref AudioFormatList answer)
    {
        for (int i = 0; i < offered.Count; i++)
        {
            if (offered[i].Codec == AudioCodec.ComfortNoise && HasClock(answer, answer.Count, offered[i].ClockRateHz))
            {
                Add(ref answer, offered, i);
            }
        }
    }

    /// <summary>Adds comfort noise on the clock of G.711 and G.722 under its static number, where there is such a voice and all of them are of our making: what a party sends that knows nothing of it is not to be described by it.</summary>
    /// <param name="passedOn">What the other side speaks and is relayed; empty where nothing is.</param>
    /// <param name="offer">The offer.</param>
    public static void OfferNoise(in AudioFormatList passedOn, ref AudioFormatList offer)
    {
        bool isOurs = false;
        for (int i = 0; i < offer.Count; i++)
        {
            if (offer[i].IsVoice && offer[i].ClockRateHz == NoiseClockHz)
            {
                if (passedOn.TryFindSame(offer, i, out _))
                {
                    return;
                }

                isOurs = true;
            }
        }

        AudioFormatList noise = default;
        if (isOurs && noise.TryAdd(new AudioFormat(StaticPayloadTypes.ComfortNoise, AudioCodec.ComfortNoise, NoiseClockHz)))
        {
            Add(ref offer, noise, 0);
        }
    }

    /// <summary>The voices of a list that both policies allow, in the order of the offered side's; where that names one of ours that is missing, ours.</summary>
    private static AudioFormatList PassOn(in AudioFormatList spoken, CodecPolicy from, CodecPolicy to, bool mayTranscode, bool ownOnly)
    {
        AudioFormatList offer = default;
        int passes = to.Codecs.IsEmpty ? 1 : to.Codecs.Length;
        for (int pass = 0; pass < passes; pass++)
        {
            bool found = false;
            for (int i = 0; i < spoken.Count; i++)
            {
                bool wanted = spoken[i].IsVoice && IsAllowed(from, spoken, i) && (to.Codecs.IsEmpty || to.Codecs[pass].Matches(spoken, i));
                found |= wanted && (!ownOnly || AudioFormatCodec.Find(spoken, i) is not null) && Add(ref offer, spoken, i);
            }

            if (!found && mayTranscode && !to.Codecs.IsEmpty)
            {
                AddOwn(ref offer, spoken, to.Codecs[pass]);
            }
        }

        return offer;
    }

    /// <summary>Whether what one side may send cannot be understood by the other, one way or the other.</summary>
    public static bool NeedsTranscoding(in AudioFormatList firstDescribed, in AudioFormatList firstSpeaks, in AudioFormatList secondDescribed, in AudioFormatList secondSpeaks) =>
        !HasCommonVoice(firstDescribed, firstSpeaks, secondSpeaks) || !HasCommonVoice(secondDescribed, secondSpeaks, firstSpeaks);

    private static bool HasAny(ImmutableArray<CodecName> names, in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            foreach (CodecName name in names)
            {
                if (name.Matches(formats, i))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasCommonVoice(in AudioFormatList described, in AudioFormatList speaks, in AudioFormatList understood)
    {
        for (int i = 0; i < described.Count; i++)
        {
            if (described[i].IsVoice && speaks.TryFindSame(described, i, out _) && understood.TryFindSame(described, i, out _))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAllowed(CodecPolicy policy, in AudioFormatList formats, int index)
    {
        if (policy.Codecs.IsEmpty)
        {
            return true;
        }

        foreach (CodecName name in policy.Codecs)
        {
            if (name.Matches(formats, index))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Add(ref AudioFormatList list, in AudioFormatList from, int index) =>
        list.TryFindSame(from, index, out _) || list.TryAdd(from[index], from.GetEncodingName(index), from.GetParameters(index));

    private static void AddOwn(ref AudioFormatList offer, in AudioFormatList spoken, CodecName name)
    {
        if (name.Own is not { IsAvailable: true } codec)
        {
            return;
        }

        AudioCodec kind = ReferenceEquals(codec, CodecDescriptor.Pcmu) ? AudioCodec.Pcmu : ReferenceEquals(codec, CodecDescriptor.Pcma) ? AudioCodec.Pcma : AudioCodec.Other;
        Span<byte> encoding = stackalloc byte[SdpLimits.MaxEncodingNameBytes];
        int length = System.Text.Encoding.ASCII.GetBytes(codec.EncodingName, encoding);
        byte channels = (byte)codec.RtpChannels;

        // RFC 3551 table 4 for those that have a number; the others take one that nobody uses here.
        byte payloadType = kind switch
        {
            AudioCodec.Pcmu => 0,
            AudioCodec.Pcma => 8,
            _ => ReferenceEquals(codec, CodecDescriptor.G722) ? (byte)9 : FirstFree(offer, spoken),
        };
        AudioFormat format = new(payloadType, kind, (uint)codec.RtpClockHz, channels);
        AudioFormatList probe = default;
        if (probe.TryAdd(format, encoding[..length], default) && !offer.TryFindSame(probe, 0, out _))
        {
            offer.TryAdd(format, encoding[..length], ReferenceEquals(codec, CodecDescriptor.Opus) ? OwnOpus : default);
        }
    }

    private static byte FirstFree(in AudioFormatList offer, in AudioFormatList spoken)
    {
        for (byte type = FirstDynamic; type <= MaxPayloadType; type++)
        {
            if (!offer.TryFind(type, out _) && !spoken.TryFind(type, out _))
            {
                return type;
            }
        }

        return MaxPayloadType + 1;
    }

    /// <summary>Telephone-event and comfort noise beside voices of their clock, as far as <paramref name="allowed"/> has them too.</summary>
    private static void AddCompanions(ref AudioFormatList list, in AudioFormatList from, in AudioFormatList allowed)
    {
        int voices = list.Count;
        for (int i = 0; i < from.Count; i++)
        {
            if (!from[i].IsVoice && HasClock(list, voices, from[i].ClockRateHz) && allowed.TryFindSame(from, i, out _))
            {
                Add(ref list, from, i);
            }
        }
    }

    /// <summary>The same for an offer, where voices of ours from <paramref name="firstOwn"/> on get telephone events at their clock, too, if there are any at all.</summary>
    private static void AddCompanions(ref AudioFormatList list, in AudioFormatList from, in AudioFormatList allowed, int firstOwn)
    {
        int voices = list.Count;
        AddCompanions(ref list, from, allowed);
        if (!from.TryFind(AudioCodec.TelephoneEvent, out _))
        {
            return;
        }

        for (int i = firstOwn; i < voices; i++)
        {
            AudioFormatList events = default;
            if (events.TryAdd(new AudioFormat(FirstFree(list, from), AudioCodec.TelephoneEvent, list[i].ClockRateHz)) && !list.TryFindSame(events, 0, out _))
            {
                Add(ref list, events, 0);
            }
        }
    }

    private static bool HasClock(in AudioFormatList list, int count, uint clockHz)
    {
        for (int i = 0; i < count; i++)
        {
            if (list[i].ClockRateHz == clockHz)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Parameters describe what their own side receives (RFC 7587 §7.1): those of the peer's Opus are not ours.</summary>
    private static ReadOnlySpan<byte> GetOwnParameters(in AudioFormatList formats, int index) =>
        ReferenceEquals(AudioFormatCodec.Find(formats, index), CodecDescriptor.Opus) ? OwnOpus : default;

    /// <summary>What we say of our Opus: redundancy is of use, mono and any bandwidth.</summary>
    private static ReadOnlySpan<byte> OwnOpus => "useinbandfec=1"u8;
}
