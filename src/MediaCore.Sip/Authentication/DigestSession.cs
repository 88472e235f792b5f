using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// The client's memory of one server's challenge (RFC 7616 §3.4, RFC 3261 §22.2): the nonce, how often it was used, and HA1, so that further
/// requests carry credentials before they are asked for (§22.3 of RFC 3261) and cost no hashing of the password. Written by one thread; allocates
/// when a challenge is longer than those before it.
/// </summary>
/// <remarks>The caller has checked that the realm is one whose credentials it may use: a peer may name another's to get at its digest.</remarks>
public sealed class DigestSession
{
    /// <summary>Room that any value written by <see cref="TryWrite"/> fits into.</summary>
    public const int MaxValueBytes = DigestLimits.MaxValueBytes;

    private readonly byte[] _user;
    private readonly byte[] _password;
    private readonly byte[] _ha1 = new byte[DigestHash.MaxHexBytes];
    private byte[] _realm = [];
    private byte[] _nonce = [];
    private byte[] _opaque = [];
    private int _realmLength;
    private int _nonceLength;
    private int _opaqueLength;
    private bool _hasHa1;
    private bool _hasOpaque;
    private bool _namesAlgorithm;
    private DigestAlgorithm _algorithm;
    private DigestQop _qop;
    private uint _count;

    /// <summary>A session without a challenge yet.</summary>
    /// <exception cref="ArgumentException">The user is empty, over <see cref="DigestLimits.MaxNameBytes"/>, or has a colon, quote, backslash or control character.</exception>
    public DigestSession(string user, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (!DigestSecret.IsName(user) || user.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException("The user name is empty, too long, or has a colon, quote, backslash or control character.", nameof(user));
        }

        _user = Encoding.UTF8.GetBytes(user);
        _password = Encoding.UTF8.GetBytes(password);
    }

    /// <summary>Whether there is a challenge that <see cref="TryWrite"/> can answer.</summary>
    public bool HasChallenge { get; private set; }

    /// <summary>How strong a challenge is that we could answer: 3 for SHA-512-256, 2 for SHA-256, 1 for MD5; 0 for one that we cannot, which is ignored (RFC 8760 §2.4).</summary>
    public static int GetStrength(in DigestChallenge challenge) => !challenge.IsAlgorithmKnown || challenge.Qop == DigestQop.Unknown
        || !Fits(challenge.Realm) || !Fits(challenge.Nonce) || !Fits(challenge.Opaque)
        ? 0
        : challenge.Algorithm switch
        {
            DigestAlgorithm.Sha512256 => 3,
            DigestAlgorithm.Sha256 => 2,
            _ => 1,
        };

    /// <summary>Takes a challenge in place of the one before.</summary>
    /// <returns>False when it is one that <see cref="GetStrength"/> gives 0; the session has then no challenge.</returns>
    public bool TryTake(in DigestChallenge challenge)
    {
        HasChallenge = false;
        if (GetStrength(challenge) == 0 || challenge.Opaque.Length > DigestLimits.MaxValueBytes / 2)
        {
            return false;
        }

        if (!_hasHa1 || challenge.Algorithm != _algorithm || !challenge.Realm.SequenceEqual(_realm.AsSpan(0, _realmLength)))
        {
            Keep(challenge.Realm, ref _realm, out _realmLength);
            _algorithm = challenge.Algorithm;
            ComputeHa1();
        }

        bool isSameNonce = challenge.Nonce.SequenceEqual(_nonce.AsSpan(0, _nonceLength));
        Keep(challenge.Nonce, ref _nonce, out _nonceLength);
        Keep(challenge.Opaque, ref _opaque, out _opaqueLength);
        _hasOpaque = challenge.HasOpaque;
        _namesAlgorithm = challenge.NamesAlgorithm;
        _qop = challenge.Qop;
        _count = isSameNonce ? _count : 0;
        HasChallenge = true;
        return true;
    }

    /// <summary>Forgets the challenge: the next request goes without credentials.</summary>
    public void Forget()
    {
        HasChallenge = false;
        _nonceLength = 0;
        _count = 0;
    }

    /// <summary>Writes an Authorization or Proxy-Authorization value and counts the nonce up.</summary>
    /// <param name="destination">Where to write; <see cref="MaxValueBytes"/> always suffice.</param>
    /// <param name="written">The bytes written; 0 when nothing could be.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The Request-URI.</param>
    /// <param name="cnonce">Our own random text, of token characters.</param>
    /// <returns>False without a challenge, when something is over <see cref="DigestLimits"/> or cannot be quoted, or the destination is too short.</returns>
    public bool TryWrite(Span<byte> destination, out int written, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> cnonce)
    {
        written = 0;
        ReadOnlySpan<byte> nonce = _nonce.AsSpan(0, _nonceLength);
        ReadOnlySpan<byte> realm = _realm.AsSpan(0, _realmLength);
        ReadOnlySpan<byte> opaque = _opaque.AsSpan(0, _opaqueLength);

        // The fixed text below, with every optional part, comes to less than 160 bytes.
        int most = 160 + _user.Length + realm.Length + nonce.Length + uri.Length + cnonce.Length + opaque.Length + DigestHash.MaxHexBytes;
        if (!HasChallenge || destination.Length < most || method.Length > DigestLimits.MaxNameBytes || uri.Length > DigestLimits.MaxUriBytes || !Fits(uri)
            || cnonce.Length > DigestLimits.MaxNonceBytes || !Fits(cnonce))
        {
            return false;
        }

        _count++;
        Span<byte> count = stackalloc byte[8];
        _count.TryFormat(count, out _, "x8", CultureInfo.InvariantCulture);
        DigestParts parts = new() { Nonce = nonce, Uri = uri, CNonce = cnonce, NonceCountText = count, Qop = _qop };
        Span<byte> response = stackalloc byte[DigestHash.MaxHexBytes];
        int length = DigestHash.Response(_algorithm, _ha1.AsSpan(0, DigestNames.HexLength(_algorithm)), parts, method, default, response);

        DigestText text = new(destination);
        AppendQuoted(ref text, "Digest username=\""u8, _user);
        AppendQuoted(ref text, ", realm=\""u8, realm);
        AppendQuoted(ref text, ", nonce=\""u8, nonce);
        AppendQuoted(ref text, ", uri=\""u8, uri);
        AppendQuoted(ref text, ", response=\""u8, response[..length]);
        if (_namesAlgorithm)
        {
            text.Append(", algorithm="u8);
            text.Append(DigestNames.Of(_algorithm));
        }

        if (_qop == DigestQop.Auth)
        {
            text.Append(", qop=auth, nc="u8);
            text.Append(count);
            AppendQuoted(ref text, ", cnonce=\""u8, cnonce);
        }

        if (_hasOpaque)
        {
            AppendQuoted(ref text, ", opaque=\""u8, opaque);
        }

        written = text.Length;
        return true;
    }

    private void ComputeHa1()
    {
        // The realm is hashed as it stands between its quotes ("unq", RFC 7616 §3.4.1).
        byte[] a1 = [.. _user, (byte)':', .. _realm.AsSpan(0, _realmLength), (byte)':', .. _password];
        DigestHash.Ha1(_algorithm, a1).CopyTo(_ha1, 0);
        CryptographicOperations.ZeroMemory(a1);
        _hasHa1 = true;
    }

    /// <summary>Never shows a secret.</summary>
    public override string ToString() => nameof(DigestSession);

    private static void Keep(ReadOnlySpan<byte> value, ref byte[] field, out int length)
    {
        if (field.Length < value.Length)
        {
            field = new byte[value.Length];
        }

        value.CopyTo(field);
        length = value.Length;
    }

    /// <summary>Whether it can stand between quotes as it is: no quote, no line of its own. Escapes stay as the server wrote them.</summary>
    private static bool Fits(ReadOnlySpan<byte> part)
    {
        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] == (byte)'\\')
            {
                i++;
                if (i == part.Length)
                {
                    return false;
                }
            }
            else if (part[i] is (byte)'"' or < 0x20 or 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    private static void AppendQuoted(ref DigestText text, scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> value)
    {
        text.Append(prefix);
        text.Append(value);
        text.Append("\""u8);
    }
}
