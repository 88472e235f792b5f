using MediaCore.Engine;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>Reads the policies for SRTP, <c>trunks[].srtp</c> and <c>sip.accountSrtp</c>, and says where they promise more than they keep.</summary>
internal static class SrtpSettings
{
    /// <summary>Reads the key; an error for a word that is none of the four.</summary>
    public static SrtpPolicy Read(SectionReader section, string key) => section.Choice(
        key,
        SrtpPolicy.Refuse,
        ("refuse", SrtpPolicy.Refuse),
        ("accept", SrtpPolicy.Accept),
        ("offer", SrtpPolicy.Offer),
        ("require", SrtpPolicy.Require));

    /// <summary>The keys stand in the description, so whoever reads the signalling can listen: said at the start where SRTP is wanted and signalling is not encrypted.</summary>
    public static void AddNotices(SipSettings sip, IReadOnlyList<TrunkSettings> trunks, List<string> notices)
    {
        bool hasOpenListener = sip.Listen.Any(static listener => !IsEncrypted(listener.Transport));
        foreach (TrunkSettings trunk in trunks)
        {
            if (trunk.Srtp < SrtpPolicy.Offer)
            {
                continue;
            }

            string word = trunk.Srtp == SrtpPolicy.Require ? "require" : "offer";
            if (trunk.Peers.Any(static peer => !IsEncrypted(peer.Transport)) || (!trunk.Peers.Any() && hasOpenListener))
            {
                notices.Add($"trunk {trunk.Name}: srtp is \"{word}\", but its signalling is not encrypted: the keys go in the clear, and whoever sees the signalling can listen; use targets over TLS");
            }

            if (trunk.Media == TrunkMedia.Pass)
            {
                notices.Add($"trunk {trunk.Name}: media is \"pass\" and srtp \"{word}\": keys are never passed on, so its media is anchored");
            }
        }

        if (sip.AccountSrtp >= SrtpPolicy.Offer && hasOpenListener)
        {
            notices.Add($"sip.accountSrtp is \"{(sip.AccountSrtp == SrtpPolicy.Require ? "require" : "offer")}\", but phones may also come over listeners without TLS: their keys then go in the clear, and whoever sees the signalling can listen");
        }
    }

    private static bool IsEncrypted(SipTransportKind transport) => transport is SipTransportKind.Tls or SipTransportKind.Wss;
}
