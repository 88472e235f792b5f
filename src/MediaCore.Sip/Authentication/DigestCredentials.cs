using System.Buffers.Text;
using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// The credentials of an Authorization or Proxy-Authorization value (RFC 7616 §3.4), as spans into it: quotes taken off, escapes left as
/// they are. Valid as long as the bytes that were parsed.
/// </summary>
public readonly ref struct DigestCredentials
{
    /// <summary>The username, not unescaped.</summary>
    public ReadOnlySpan<byte> Username { get; private init; }

    /// <summary>The realm, not unescaped.</summary>
    public ReadOnlySpan<byte> Realm { get; private init; }

    /// <summary>The nonce.</summary>
    public ReadOnlySpan<byte> Nonce { get; private init; }

    /// <summary>The digest URI.</summary>
    public ReadOnlySpan<byte> Uri { get; private init; }

    /// <summary>The response, hexadecimal.</summary>
    public ReadOnlySpan<byte> Response { get; private init; }

    /// <summary>The client's nonce; empty when not given.</summary>
    public ReadOnlySpan<byte> CNonce { get; private init; }

    /// <summary>The opaque value; empty when not given.</summary>
    public ReadOnlySpan<byte> Opaque { get; private init; }

    /// <summary>The nonce count as it was written, eight hexadecimal digits (it is hashed as text); empty when not given.</summary>
    public ReadOnlySpan<byte> NonceCountText { get; private init; }

    /// <summary>The nonce count; 0 when not given.</summary>
    public uint NonceCount { get; private init; }

    /// <summary>The quality of protection.</summary>
    public DigestQop Qop { get; private init; }

    /// <summary>The algorithm; MD5 when none is named.</summary>
    public DigestAlgorithm Algorithm { get; private init; }

    /// <summary>Whether the algorithm named is one of <see cref="DigestAlgorithm"/>.</summary>
    public bool IsAlgorithmKnown { get; private init; }

    /// <summary>Whether the username is a hash (RFC 7616 §3.4.4). We never ask for it.</summary>
    public bool Userhash { get; private init; }

    /// <summary>
    /// Reads a header value. Never throws and never reads past it.
    /// </summary>
    /// <returns>
    /// False when the scheme is not Digest, the value is not well-formed, a parameter is given twice, one of username, realm, nonce, uri and
    /// response is missing, nc is not eight hexadecimal digits, or something is over <see cref="DigestLimits"/>.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> authorizationHeaderValue, out DigestCredentials credentials)
    {
        credentials = default;
        if (!AuthParameterReader.TryStart(authorizationHeaderValue, out AuthParameterReader reader))
        {
            return false;
        }

        Raw raw = default;
        while (reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (!raw.TrySet(name, value))
            {
                return false;
            }
        }

        if (reader.Failed || !raw.IsComplete || !TryParseNonceCount(raw.NonceCount, out uint nonceCount))
        {
            return false;
        }

        DigestAlgorithm algorithm = DigestAlgorithm.Md5;
        bool known = raw.Algorithm.IsEmpty || DigestNames.TryParseAlgorithm(raw.Algorithm, out algorithm);
        credentials = new DigestCredentials
        {
            Username = raw.Username,
            Realm = raw.Realm,
            Nonce = raw.Nonce,
            Uri = raw.Uri,
            Response = raw.Response,
            CNonce = raw.CNonce,
            Opaque = raw.Opaque,
            NonceCountText = raw.NonceCount,
            NonceCount = nonceCount,
            Qop = raw.Qop.IsEmpty ? DigestQop.None : DigestNames.ParseQop(raw.Qop),
            Algorithm = algorithm,
            IsAlgorithmKnown = known,
            Userhash = Ascii.EqualsIgnoreCase(raw.Userhash, "true"u8),
        };
        return true;
    }

    private static bool TryParseNonceCount(ReadOnlySpan<byte> text, out uint nonceCount)
    {
        nonceCount = 0;
        return text.IsEmpty
            || (text.Length == 8
                && Utf8Parser.TryParse(text, out nonceCount, out int consumed, 'X')
                && consumed == 8);
    }

    /// <summary>The values by name while they are gathered.</summary>
    private ref struct Raw
    {
        public ReadOnlySpan<byte> Username, Realm, Nonce, Uri, Response, CNonce, Opaque, NonceCount, Qop, Algorithm, Userhash;
        private int _seen;

        private const int Required = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4);

        public readonly bool IsComplete => (_seen & Required) == Required;

        /// <summary>Takes a value; false when it was there before or is too long. Names that we don't know are left alone (RFC 7616 §3.4).</summary>
        public bool TrySet(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            // Folding the name first makes one switch of eleven comparisons.
            Span<byte> folded = stackalloc byte[16];
            if (Ascii.ToLower(name, folded, out int length) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            ReadOnlySpan<byte> key = folded[..length];
            return key switch
            {
                _ when key.SequenceEqual("username"u8) => Take(0, value, ref Username, DigestLimits.MaxNameBytes),
                _ when key.SequenceEqual("realm"u8) => Take(1, value, ref Realm, DigestLimits.MaxNameBytes),
                _ when key.SequenceEqual("nonce"u8) => Take(2, value, ref Nonce, DigestLimits.MaxNonceBytes),
                _ when key.SequenceEqual("uri"u8) => Take(3, value, ref Uri, DigestLimits.MaxUriBytes),
                _ when key.SequenceEqual("response"u8) => Take(4, value, ref Response, DigestLimits.MaxNonceBytes),
                _ when key.SequenceEqual("cnonce"u8) => Take(5, value, ref CNonce, DigestLimits.MaxNonceBytes),
                _ when key.SequenceEqual("opaque"u8) => Take(6, value, ref Opaque, DigestLimits.MaxValueBytes),
                _ when key.SequenceEqual("nc"u8) => Take(7, value, ref NonceCount, 8),
                _ when key.SequenceEqual("qop"u8) => Take(8, value, ref Qop, DigestLimits.MaxNameBytes),
                _ when key.SequenceEqual("algorithm"u8) => Take(9, value, ref Algorithm, DigestLimits.MaxNameBytes),
                _ when key.SequenceEqual("userhash"u8) => Take(10, value, ref Userhash, DigestLimits.MaxNameBytes),
                _ => true,
            };
        }

        private bool Take(int bit, ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> field, int maxBytes)
        {
            if ((_seen & (1 << bit)) != 0 || value.Length > maxBytes)
            {
                return false;
            }

            _seen |= 1 << bit;
            field = value;
            return true;
        }
    }
}
