using System.Security.Cryptography;
using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// The server's side of digest authentication: writes challenges and checks credentials (RFC 7616, RFC 8760, RFC 3261 §22). May be used from
/// any thread and allocates nothing.
/// </summary>
/// <remarks>
/// A nonce proves by a MAC that it is ours and when it was issued. Each count of a nonce is good once, within a window for requests that
/// overtake each other. An unknown user costs the same work and gives the same verdict as a wrong password.
/// </remarks>
public sealed class DigestAuthenticator
{
    /// <summary>The shortest key accepted, bytes.</summary>
    public const int MinKeyBytes = 16;

    private readonly DigestNonce _nonces;
    private readonly byte[] _realm;
    private readonly TimeSpan _nonceLifetime;
    private readonly NonceCountTable _counts;
    private readonly DigestSecret _nobody;
    private long _computed;

    /// <summary>An authenticator for one realm.</summary>
    /// <param name="realm">The realm, as challenges name it.</param>
    /// <param name="key">Secret for sealing nonces, random for each process: the counts used are forgotten with the process.</param>
    /// <param name="nonceLifetime">How long a nonce is good; <see cref="DigestLimits.DefaultNonceLifetime"/> is usual.</param>
    /// <exception cref="ArgumentException">
    /// The realm is empty, over <see cref="DigestLimits.MaxNameBytes"/> or has a quote, a backslash or a control character; the key is shorter
    /// than <see cref="MinKeyBytes"/>; the lifetime is not positive.
    /// </exception>
    public DigestAuthenticator(string realm, ReadOnlySpan<byte> key, TimeSpan nonceLifetime)
        : this(realm, key, nonceLifetime, DigestLimits.MaxTrackedNonces)
    {
    }

    internal DigestAuthenticator(string realm, ReadOnlySpan<byte> key, TimeSpan nonceLifetime, int maxTrackedNonces)
    {
        if (!DigestSecret.IsName(realm))
        {
            throw new ArgumentException("The realm is empty, too long, or has a quote, backslash or control character.", nameof(realm));
        }

        if (key.Length < MinKeyBytes)
        {
            throw new ArgumentException($"The key is shorter than {MinKeyBytes} bytes.", nameof(key));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(nonceLifetime, TimeSpan.Zero);
        Realm = realm;
        _realm = Encoding.UTF8.GetBytes(realm);
        _nonces = new DigestNonce(key, _realm);
        _nonceLifetime = nonceLifetime;
        _counts = new NonceCountTable(maxTrackedNonces);
        _nobody = new DigestSecret(RandomHex(32), RandomHex(64), RandomHex(64));
    }

    /// <summary>The realm.</summary>
    public string Realm { get; }

    /// <summary>Responses computed to be compared with a peer's: the work that credentials cause, whoever they name.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>A destination of so many bytes takes any challenge.</summary>
    public int MaxChallengeBytes => _realm.Length + DigestNonce.HexBytes + 96;

    /// <summary>
    /// Writes the value of one WWW-Authenticate or Proxy-Authenticate header field, with a new nonce. Send one per algorithm, the preferred first
    /// (RFC 8760 §2.3).
    /// </summary>
    /// <param name="destination">Takes the value.</param>
    /// <param name="algorithm">The algorithm it asks for.</param>
    /// <param name="now">The time of issue.</param>
    /// <param name="stale">Whether the credentials were right but for the nonce's age.</param>
    /// <param name="peer">The peer's address, at most 16 bytes: the nonce is good from there only, so that nobody uses it, or uses up tries, in another's name. Empty to leave it open.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="MaxChallengeBytes"/>.</exception>
    public int WriteChallenge(Span<byte> destination, DigestAlgorithm algorithm, Timestamp now, bool stale, ReadOnlySpan<byte> peer = default)
    {
        if (destination.Length < MaxChallengeBytes)
        {
            throw new ArgumentException($"A challenge needs up to {MaxChallengeBytes} bytes.", nameof(destination));
        }

        Span<byte> nonce = stackalloc byte[DigestNonce.HexBytes];
        _nonces.Write(nonce, peer, now);

        DigestText text = new(destination);
        text.Append("Digest realm=\""u8);
        text.Append(_realm);
        text.Append("\", nonce=\""u8);
        text.Append(nonce);
        text.Append("\", algorithm="u8);
        text.Append(DigestNames.Of(algorithm));
        text.Append(", qop=\"auth\""u8);
        if (stale)
        {
            text.Append(", stale=true"u8);
        }

        return text.Length;
    }

    /// <summary>Whether credentials are for this realm; others are none of ours to judge (RFC 3261 §22.3).</summary>
    public bool IsOwnRealm(in DigestCredentials credentials) => credentials.Realm.SequenceEqual(_realm);

    /// <summary>Checks credentials against a secret.</summary>
    /// <param name="credentials">The parsed header value.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="requestUri">The request's URI, to be meant by the digest's.</param>
    /// <param name="body">The request's body; looked at only where the peer chose auth-int.</param>
    /// <param name="secret">The secret of the user named; null when there is no such user, which is answered like a wrong password.</param>
    /// <param name="now">The time of arrival.</param>
    /// <param name="peer">What the challenge was written for.</param>
    /// <param name="requestMark">
    /// A keyed hash of what tells this request from others and not from its own retransmissions, for <see cref="DigestVerdict.Repeated"/>; 0 where those never get here.
    /// </param>
    public DigestVerdict Verify(
        in DigestCredentials credentials,
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> requestUri,
        ReadOnlySpan<byte> body,
        DigestSecret? secret,
        Timestamp now,
        ReadOnlySpan<byte> peer = default,
        uint requestMark = 0)
    {
        DigestVerdict form = CheckForm(credentials, method, requestUri);
        if (form != DigestVerdict.Accepted)
        {
            return form;
        }

        if (!_nonces.TryRead(credentials.Nonce, peer, out Timestamp issued, out UInt128 id) || issued > now)
        {
            return DigestVerdict.UnknownNonce;
        }

        // The response is checked before the nonce's age and count: only someone with the secret learns about those, and only such a one
        // takes room in the table.
        if (!ResponseIsRight(credentials, method, body, secret))
        {
            return DigestVerdict.WrongResponse;
        }

        return now - issued > _nonceLifetime ? DigestVerdict.StaleNonce : _counts.Use(id, credentials.NonceCount, requestMark);
    }

    /// <summary>Whether credentials answer a challenge of ours to this peer, right or not: whether it is worth finding their user's secret out. An old challenge counts, since only the secret shows whether to say so.</summary>
    /// <param name="credentials">The parsed header value.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="requestUri">The request's URI.</param>
    /// <param name="now">The time of arrival.</param>
    /// <param name="peer">What the challenge was written for.</param>
    public bool IsAnswer(in DigestCredentials credentials, ReadOnlySpan<byte> method, ReadOnlySpan<byte> requestUri, Timestamp now, ReadOnlySpan<byte> peer = default) =>
        CheckForm(credentials, method, requestUri) == DigestVerdict.Accepted && _nonces.TryRead(credentials.Nonce, peer, out Timestamp issued, out _) && issued <= now;

    private static byte[] RandomHex(int length)
    {
        byte[] hex = new byte[length];
        Convert.TryToHexStringLower(RandomNumberGenerator.GetBytes(length / 2), hex, out _);
        return hex;
    }

    private DigestVerdict CheckForm(in DigestCredentials credentials, ReadOnlySpan<byte> method, ReadOnlySpan<byte> requestUri)
    {
        if (credentials.Username.IsEmpty || method.Length > DigestLimits.MaxNameBytes)
        {
            return DigestVerdict.Malformed;
        }

        if (!credentials.Realm.SequenceEqual(_realm))
        {
            return DigestVerdict.WrongRealm;
        }

        // No secret is kept for SHA-512-256.
        if (!credentials.IsAlgorithmKnown)
        {
            return DigestVerdict.UnsupportedAlgorithm;
        }

        if (credentials.Qop is not (DigestQop.Auth or DigestQop.AuthInt))
        {
            return DigestVerdict.UnsupportedQop;
        }

        if (credentials.NonceCount == 0 || credentials.CNonce.IsEmpty)
        {
            return DigestVerdict.Malformed;
        }

        return DigestUri.MeansSame(credentials.Uri, requestUri) ? DigestVerdict.Accepted : DigestVerdict.UriMismatch;
    }

    private bool ResponseIsRight(in DigestCredentials credentials, ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, DigestSecret? secret)
    {
        ReadOnlySpan<byte> ha1 = (secret ?? _nobody).Ha1Hex(credentials.Algorithm);
        bool known = secret is not null && !ha1.IsEmpty;
        if (ha1.IsEmpty)
        {
            ha1 = _nobody.Ha1Hex(credentials.Algorithm);
        }

        DigestParts parts = new()
        {
            Nonce = credentials.Nonce,
            Uri = credentials.Uri,
            CNonce = credentials.CNonce,
            NonceCountText = credentials.NonceCountText,
            Qop = credentials.Qop,
        };
        Span<byte> expected = stackalloc byte[DigestHash.MaxHexBytes];
        int length = DigestHash.Response(credentials.Algorithm, ha1, parts, method, body, expected);
        Interlocked.Increment(ref _computed);
        return CryptographicOperations.FixedTimeEquals(expected[..length], credentials.Response) & known;
    }
}
