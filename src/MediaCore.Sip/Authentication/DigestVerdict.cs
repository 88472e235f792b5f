namespace MediaCore.Sip.Authentication;

/// <summary>The outcome of checking credentials. The default value is a refusal.</summary>
public enum DigestVerdict : byte
{
    /// <summary>The request has none: challenge it.</summary>
    NoCredentials,

    /// <summary>The secret is proved and the nonce fresh.</summary>
    Accepted,

    /// <summary>Not well-formed, or parameters missing: 400 (RFC 7616 §3.4), never a closer word.</summary>
    Malformed,

    /// <summary>For another realm: challenge as if there were none.</summary>
    WrongRealm,

    /// <summary>Not a nonce of ours, for instance from before a restart: a fresh challenge.</summary>
    UnknownNonce,

    /// <summary>The secret is proved but the nonce is too old: a fresh challenge with stale=true, which no phone shows to its user.</summary>
    StaleNonce,

    /// <summary>The nonce count has been used before: a fresh challenge.</summary>
    Replayed,

    /// <summary>The nonce count was used before, last of its nonce and by this very request: a retransmission of what has been accepted.</summary>
    Repeated,

    /// <summary>The digest's URI is not that of the request.</summary>
    UriMismatch,

    /// <summary>Wrong password or unknown user; the two cannot be told apart.</summary>
    WrongResponse,

    /// <summary>An algorithm that we don't have.</summary>
    UnsupportedAlgorithm,

    /// <summary>No qop, or one that we don't have.</summary>
    UnsupportedQop,
}
