using MediaCore.Engine.Signalling;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>Which codecs a side is offered and answered with, and whether two sides are transcoded.</summary>
internal sealed partial class BackToBackUserAgent
{
    // For calls that we answer ourselves with a codec other than G.711: what can be coded at all.
    private static readonly AudioFormatList s_allFormats = CreateAllFormats();

    private CodecPolicy GetCodecs(Leg leg) => leg.Trunk?.Codecs ?? _context.Options.AccountCodecs;

    /// <summary>What <paramref name="leg"/> is offered of what <paramref name="offerer"/> speaks, and of what we can make of it.</summary>
    private AudioFormatList GetOffer(Leg leg, Leg offerer)
    {
        CodecPolicy to = GetCodecs(leg);
        CodecPolicy from = GetCodecs(offerer);
        bool isPlain = to.Codecs.IsEmpty && from.Codecs.IsEmpty;
        if (isPlain && (leg.Call.PassesMedia || leg.Flow.Stream is LoopbackFlow || ReferenceEquals(leg, offerer)))
        {
            return offerer.Remote.Formats;
        }

        AudioFormatList offer = CodecNegotiation.CreateOffer(
            offerer.Remote.Formats, from, to, leg.Call.PassesMedia || leg.Flow.Stream is LoopbackFlow ? [] : _context.Options.AddedCodecs);
        if (_context.Options.ComfortNoise == ComfortNoisePolicy.Offer && !leg.Call.PassesMedia && leg.Flow.Stream is not LoopbackFlow)
        {
            CodecNegotiation.OfferNoise(IsAlwaysTranscoded(leg, offerer) ? default : offerer.Remote.Formats, ref offer);
        }

        // A list that leaves nothing is better passed over than a call without sound refused by its own offer.
        return offer.Count > 0 ? offer : offerer.Remote.Formats;
    }

    private bool TryGetAnswer(Leg leg, Leg answerer, out AudioFormatList formats) => TryGetAnswer(leg, leg.Remote.Formats, answerer, out formats);

    /// <summary>What an offer of <paramref name="leg"/> is answered with, the other side being who it is.</summary>
    private bool TryGetAnswer(Leg leg, in AudioFormatList offered, Leg answerer, out AudioFormatList formats)
    {
        if (offered.Count == 0)
        {
            formats = answerer.Remote.Formats;
            return true;
        }

        CodecPolicy policy = GetCodecs(leg);
        bool mayTranscode = policy.Transcode != TranscodePolicy.Never && GetCodecs(answerer).Transcode != TranscodePolicy.Never && !leg.Call.PassesMedia;
        bool isPossible = CodecNegotiation.TryCreateAnswer(offered, policy, answerer.Remote.Formats, mayTranscode, out formats);
        if (isPossible && mayTranscode && _context.Options.ComfortNoise != ComfortNoisePolicy.Never && IsAlwaysTranscoded(leg, answerer))
        {
            CodecNegotiation.AcceptNoise(offered, ref formats);
        }

        return isPossible;
    }

    private bool IsAlwaysTranscoded(Leg first, Leg second) => GetCodecs(first).Transcode == TranscodePolicy.Always || GetCodecs(second).Transcode == TranscodePolicy.Always;

    /// <summary>Whether our last description to a leg is what it would be told now, with what transcoding makes of the other side's codecs.</summary>
    private bool KnowsFormats(Leg leg, Leg other) =>
        leg.Formats.SequenceEqual(GetOffer(leg, other)) || (TryGetAnswer(leg, other, out AudioFormatList answer) && leg.Formats.SequenceEqual(answer));

    /// <summary>Our own answer to an offer, where nobody else speaks: G.711 for choice, since prompts are kept in it, else whatever we can code.</summary>
    private bool TryChooseOwn(in AudioDescription offer, out AudioDescription answer)
    {
        if (!OfferAnswer.TryAnswer(offer, OwnFormats, MediaDirection.SendRecv, default, default, rtcpMux: false, out answer)
            && !OfferAnswer.TryAnswer(offer, s_allFormats, MediaDirection.SendRecv, default, default, rtcpMux: false, out answer))
        {
            return false;
        }

        if (_context.Options.ComfortNoise != ComfortNoisePolicy.Never)
        {
            CodecNegotiation.AcceptNoise(offer.Formats, ref answer.Formats);
        }

        return true;
    }

    /// <summary>What we offer where nobody else's formats are passed on.</summary>
    private AudioFormatList CreateOwnOffer()
    {
        AudioFormatList own = OwnFormats;
        if (_context.Options.ComfortNoise == ComfortNoisePolicy.Offer)
        {
            CodecNegotiation.OfferNoise(default, ref own);
        }

        return own;
    }

    /// <summary>Transcodes two connected sides, or no longer.</summary>
    private void SettleSound(Leg first, Leg second)
    {
        MediaSessions.MediaLeg one = (first.ForkOf ?? first).Media;
        MediaSessions.MediaLeg two = (second.ForkOf ?? second).Media;
        if (!ReferenceEquals(one.Peer, two) || one.Port is null || two.Port is null)
        {
            return;
        }

        _audio.Settle(one, two, IsAlwaysTranscoded(first, second) || CodecNegotiation.NeedsTranscoding(first.Formats, first.Remote.Formats, second.Formats, second.Remote.Formats));
    }

    private static AudioFormatList CreateAllFormats()
    {
        AudioFormatList list = default;
        CodecPolicy all = new() { Codecs = CodecName.List("PCMA", "PCMU", "G722", "opus", "L16/16000", "L16/8000") };
        list.TryAdd(AudioFormat.Pcmu);
        list.TryAdd(AudioFormat.TelephoneEvent());
        return CodecNegotiation.CreateOffer(list, CodecPolicy.Default, all, []);
    }
}
