using MediaCore.Engine.Signalling;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// SRTP of the legs (RFC 4568, RFC 8643). Keys are negotiated with each peer by itself: what one leg has is nothing to the other, and a side that changes its key is answered by
/// us. A peer's key counts from the moment its offer is answered or its answer taken.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>What a description of ours is.</summary>
    private enum DescriptionKind
    {
        Offer,
        Answer,

        /// <summary>The last one once more, as an offer.</summary>
        Again,
    }

    /// <summary>The policy that holds for a leg.</summary>
    private SrtpPolicy GetSrtp(Leg leg)
    {
        // Media between two calls of ours never leaves the machine; media that goes past us is the peers' own, and we hold no key for it.
        bool isPlain = leg.Flow.Stream is LoopbackFlow || (leg.Call.PassesMedia && (leg.IsCaller || leg.Trunk is { MayPassMedia: true }));
        return isPlain ? SrtpPolicy.Refuse : leg.Trunk?.Srtp ?? _context.Options.AccountSrtp;
    }

    /// <summary>Whether a peer's description is what the policy for its leg allows.</summary>
    private static bool IsAllowed(in AudioDescription audio, SrtpPolicy policy) => audio.IsWithoutAudio || policy != SrtpPolicy.Require || audio.Crypto.Count > 0;

    /// <summary>Puts the keys into a description of ours; false when the peer insists on SRTP and none of its lines will do.</summary>
    private bool TrySecure(Leg leg, DescriptionKind kind, ref AudioDescription audio)
    {
        if (kind == DescriptionKind.Answer && leg.Remote.IsWithoutAudio)
        {
            // Nothing to secure: the audio is declined, and keeps its keys for when it comes back.
            return true;
        }

        Leg owner = leg.ForkOf ?? leg;
        switch (kind)
        {
            case DescriptionKind.Again:
                owner.Keys?.WriteAgain(ref audio);
                return true;
            case DescriptionKind.Offer:
                SecureOffer(leg, owner, ref audio);
                return true;
            default:
                return TrySecureAnswer(leg, owner, ref audio);
        }
    }

    private void SecureOffer(Leg leg, Leg owner, ref AudioDescription audio)
    {
        SrtpPolicy policy = GetSrtp(leg);
        bool isSecure = owner.Keys is { Suite: not CryptoSuite.Unknown };
        if (policy < SrtpPolicy.Offer && !isSecure)
        {
            owner.Keys?.NotePlain();
            return;
        }

        // What was agreed on once is offered in the same way again.
        bool insists = isSecure ? leg.Remote.IsSecure : policy == SrtpPolicy.Require;
        (owner.Keys ??= new LegKeys()).WriteOffer(ref audio, insists ? SdpProtocol.RtpSavp : SdpProtocol.RtpAvp);
    }

    private bool TrySecureAnswer(Leg leg, Leg owner, ref AudioDescription audio)
    {
        ref readonly AudioDescription offer = ref leg.Remote;
        SrtpPolicy policy = GetSrtp(leg);
        if (policy == SrtpPolicy.Refuse || offer.Crypto.Count == 0)
        {
            if (offer.IsSecure || policy == SrtpPolicy.Require)
            {
                return false;
            }

            if (owner.Keys is { } unused)
            {
                unused.NotePlain();
                unused.Suite = CryptoSuite.Unknown;
                owner.Media.SetPlain();
            }

            return true;
        }

        // RFC 4568 §7.1.2: the first that we have, and no line was kept of a suite that we don't.
        LegKeys keys = owner.Keys ??= new LegKeys();
        keys.WriteAnswer(ref audio, offer.Crypto[0]);
        keys.Secure(owner.Media, offer.Crypto[0]);
        return true;
    }

    /// <summary>What an answer to our offer makes of the leg; false for one that was not offered. <paramref name="apply"/> is off for a dialog that is not listened to yet.</summary>
    private static bool TryTakeKeys(Leg leg, in AudioDescription answer, bool apply = true)
    {
        Leg owner = leg.ForkOf ?? leg;
        if (owner.Keys is not { Described: not DescribedKeys.None } keys)
        {
            return !answer.IsSecure;
        }

        CryptoError error = keys.Match(answer.Crypto, out CryptoAttribute own);
        if (error == CryptoError.NoLine && !answer.IsSecure && keys.Protocol is not (SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf))
        {
            // RFC 8643: it knows nothing of it, or wants none of it.
            if (apply)
            {
                keys.Suite = CryptoSuite.Unknown;
                owner.Media.SetPlain();
            }

            return true;
        }

        if (error == CryptoError.None && apply)
        {
            keys.Own = own;
            keys.Secure(owner.Media, answer.Crypto[0]);
        }

        own.Clear();
        return error == CryptoError.None;
    }

    /// <summary>Whether an offer repeats the keys of the description before.</summary>
    private static bool HasSameKeys(in AudioDescription offered, in AudioDescription before)
    {
        if (offered.Protocol != before.Protocol || offered.Crypto.Count != before.Crypto.Count)
        {
            return false;
        }

        for (int i = 0; i < offered.Crypto.Count; i++)
        {
            if (offered.Crypto[i].Tag != before.Crypto[i].Tag || !offered.Crypto[i].HasSameKey(before.Crypto[i]))
            {
                return false;
            }
        }

        return true;
    }
}
