using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>A challenge (RFC 7616 §3.3) as spans into a WWW-Authenticate or Proxy-Authenticate value, escapes left as they are.</summary>
public readonly ref struct DigestChallenge
{
    /// <summary>The realm. Answer only a realm that you have credentials for: a peer may name another's to get at its digest.</summary>
    public ReadOnlySpan<byte> Realm { get; private init; }

    /// <summary>The nonce.</summary>
    public ReadOnlySpan<byte> Nonce { get; private init; }

    /// <summary>The opaque value, to be sent back as it is.</summary>
    public ReadOnlySpan<byte> Opaque { get; private init; }

    /// <summary>Whether there is an opaque value.</summary>
    public bool HasOpaque { get; private init; }

    /// <summary>Whether only the nonce of the last request was too old.</summary>
    public bool Stale { get; private init; }

    /// <summary>The algorithm; MD5 when none is named.</summary>
    public DigestAlgorithm Algorithm { get; private init; }

    /// <summary>Whether the algorithm named is one of <see cref="DigestAlgorithm"/>.</summary>
    public bool IsAlgorithmKnown { get; private init; }

    /// <summary>Whether an algorithm is named.</summary>
    public bool NamesAlgorithm { get; private init; }

    /// <summary>The best quality of protection offered that we use: Auth, None when no qop is given (RFC 2069), else Unknown.</summary>
    public DigestQop Qop { get; private init; }

    /// <summary>Reads a header value. Never throws; false when it is not a well-formed Digest challenge with realm and nonce.</summary>
    public static bool TryParse(ReadOnlySpan<byte> challengeValue, out DigestChallenge challenge)
    {
        challenge = default;
        if (!AuthParameterReader.TryStart(challengeValue, out AuthParameterReader reader))
        {
            return false;
        }

        ReadOnlySpan<byte> realm = default, nonce = default, opaque = default, algorithmName = default, qop = default, stale = default;
        int seen = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            bool taken =
                Take("realm"u8, 1, name, value, ref realm, ref seen)
                && Take("nonce"u8, 2, name, value, ref nonce, ref seen)
                && Take("opaque"u8, 4, name, value, ref opaque, ref seen)
                && Take("algorithm"u8, 8, name, value, ref algorithmName, ref seen)
                && Take("qop"u8, 16, name, value, ref qop, ref seen)
                && Take("stale"u8, 32, name, value, ref stale, ref seen);
            if (!taken)
            {
                return false;
            }
        }

        if (reader.Failed || (seen & 3) != 3 || realm.Length > DigestLimits.MaxNameBytes || nonce.Length > DigestLimits.MaxNonceBytes)
        {
            return false;
        }

        DigestAlgorithm algorithm = DigestAlgorithm.Md5;
        bool named = (seen & 8) != 0;
        bool known = !named || DigestNames.TryParseAlgorithm(algorithmName, out algorithm);
        challenge = new DigestChallenge
        {
            Realm = realm,
            Nonce = nonce,
            Opaque = opaque,
            HasOpaque = (seen & 4) != 0,
            Stale = Ascii.EqualsIgnoreCase(stale, "true"u8),
            Algorithm = algorithm,
            IsAlgorithmKnown = known,
            NamesAlgorithm = named,
            Qop = (seen & 16) == 0 ? DigestQop.None : OffersAuth(qop) ? DigestQop.Auth : DigestQop.Unknown,
        };
        return true;
    }

    /// <summary>False when the parameter of this name has been seen before.</summary>
    private static bool Take(
        ReadOnlySpan<byte> wanted, int bit, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> field, ref int seen)
    {
        if (!Ascii.EqualsIgnoreCase(name, wanted))
        {
            return true;
        }

        if ((seen & bit) != 0)
        {
            return false;
        }

        seen |= bit;
        field = value;
        return true;
    }

    private static bool OffersAuth(ReadOnlySpan<byte> qopOptions)
    {
        foreach (Range range in qopOptions.Split((byte)','))
        {
            if (DigestNames.ParseQop(qopOptions[range].Trim(" \t"u8)) == DigestQop.Auth)
            {
                return true;
            }
        }

        return false;
    }
}
