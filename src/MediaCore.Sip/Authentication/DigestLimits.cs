namespace MediaCore.Sip.Authentication;

/// <summary>Bounds on what a peer can make the digest code read and remember.</summary>
public static class DigestLimits
{
    /// <summary>An Authorization or WWW-Authenticate value, bytes. Phones' are about 300; a 1 kB URI and a 512-byte nonce fit.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>Parameters in one value. RFC 7616 defines 11.</summary>
    public const int MaxParameters = 32;

    /// <summary>The digest URI, bytes; the same as what a dialog keeps as its target.</summary>
    public const int MaxUriBytes = 1024;

    /// <summary>Username and realm, bytes each. An e-mail address has at most 254.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>Nonce and cnonce, bytes each. Ours are 64; carriers' reach about 150.</summary>
    public const int MaxNonceBytes = 512;

    /// <summary>
    /// Nonces whose counts are remembered; at the bound the older become stale, each within its bucket. At the default lifetime of 60 s this
    /// lets 1,000 new registrations a second through, for about 2 MB.
    /// </summary>
    public const int MaxTrackedNonces = 65_536;

    /// <summary>How far behind the highest nonce count another may come: requests over UDP overtake each other.</summary>
    public const int NonceCountWindow = 64;

    /// <summary>How long a nonce is good if nothing else is said; phones' registrations are renewed no faster.</summary>
    public static readonly TimeSpan DefaultNonceLifetime = TimeSpan.FromSeconds(60);
}
