using MediaCore.Engine.Calls;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>SDES (RFC 4568), side by side: each party has keys with us alone, so that SRTP on one side goes with plain RTP, or other keys, on the other.</summary>
internal sealed partial class NgSessions
{
    /// <summary>What is offered in this order where the request names no suites; the first three as in our own calls (<see cref="LegKeys.OfferedSuites"/>).</summary>
    private static ReadOnlySpan<CryptoSuite> OfferedSuites =>
        [CryptoSuite.AesCm128HmacSha1Tag80, CryptoSuite.AeadAes128Gcm, CryptoSuite.AesCm128HmacSha1Tag32, CryptoSuite.AeadAes256Gcm];

    /// <summary>The lines of a description that the request lets us use.</summary>
    private static CryptoAttributeList FilterKeys(SdpMedia media, NgRequest request)
    {
        CryptoAttributeList all = CryptoNegotiation.Read(media, out _);
        if (request.Has(NgFlags.NoSdes))
        {
            all.Clear();
        }

        if (request.RefusedSuites.Count == 0 && request.OnlySuites.Count == 0)
        {
            return all;
        }

        CryptoAttributeList kept = default;
        for (int i = 0; i < all.Count; i++)
        {
            if (IsAllowed(all[i].Suite, request))
            {
                kept.TryAdd(all[i]);
            }
        }

        all.Clear();
        return kept;
    }

    private static bool IsAllowed(CryptoSuite suite, NgRequest request) =>
        !request.RefusedSuites.Contains(suite) && (request.OnlySuites.Count == 0 || request.OnlySuites.Contains(suite));

    /// <summary>Keys for a stream that is offered to a party; the same ones again whenever it is offered again.</summary>
    private static void OfferKeys(NgStream stream, NgRequest request)
    {
        if (!stream.IsSecure)
        {
            stream.Keys?.NotePlain();
            return;
        }

        LegKeys keys = stream.Keys ??= new LegKeys();
        if (keys.Lines.Count == 0 && keys.Own.Suite == CryptoSuite.Unknown)
        {
            foreach (CryptoSuite suite in OfferedSuites)
            {
                AddLine(keys, suite, request);
            }

            foreach (CryptoSuite suite in request.OnlySuites)
            {
                if (!OfferedSuites.Contains(suite))
                {
                    AddLine(keys, suite, request);
                }
            }
        }

        AudioDescription described = default;
        keys.WriteOffer(ref described, stream.Protocol);
        described.Crypto.Clear();
        if (stream.Leg is { Peer: null, Received.Packets: 0 })
        {
            // Nothing is believed before the answer brings the party's key. A talk goes on as it is.
            stream.Leg.Secure();
        }
    }

    private static void AddLine(LegKeys keys, CryptoSuite suite, NgRequest request)
    {
        if (IsAllowed(suite, request))
        {
            CryptoAttribute line = LegKeys.Create(keys.Lines.Count + 1, suite);
            keys.Lines.TryAdd(line);
            line.Clear();
        }
    }

    /// <summary>Whether an answer goes with the keys that its sender was offered.</summary>
    private static bool HasKeys(NgStream stream, SdpMedia media)
    {
        if (!stream.IsSecure)
        {
            return media.Protocol is not (SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf);
        }

        // Whoever was offered none is the one who made the offer.
        CryptoAttributeList answer = CryptoNegotiation.Read(media, out _);
        CryptoAttribute own = default;
        bool fits = stream.Keys?.Match(answer, out own) == CryptoError.None;
        own.Clear();
        answer.Clear();
        return fits;
    }

    /// <summary>The keys that an answer has chosen are in force (<see cref="HasKeys"/>).</summary>
    private static void TakeKeys(NgStream stream, SdpMedia media)
    {
        if (!stream.IsSecure || stream.Keys is not { } keys)
        {
            stream.Leg.SetPlain();
            return;
        }

        CryptoAttributeList answer = CryptoNegotiation.Read(media, out _);
        if (keys.Match(answer, out CryptoAttribute own) == CryptoError.None)
        {
            keys.Own = own;
            keys.Secure(stream.Leg, answer[0]);
        }

        own.Clear();
        answer.Clear();
    }

    /// <summary>The keys that a party has offered are in force from its answer on, with a key of ours of the first suite that is usable (RFC 4568 §7.1.2).</summary>
    private static void AnswerKeys(NgStream stream)
    {
        if (!stream.IsSecure || stream.Offered.Count == 0)
        {
            stream.Keys?.NotePlain();
            stream.Leg.SetPlain();
            return;
        }

        LegKeys keys = stream.Keys ??= new LegKeys();
        AudioDescription described = new() { Protocol = stream.Protocol };
        keys.WriteAnswer(ref described, stream.Offered[0]);
        described.Crypto.Clear();
        keys.Secure(stream.Leg, stream.Offered[0]);
    }
}
