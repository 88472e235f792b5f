namespace MediaCore.Engine.Trunks.Credentials;

/// <summary>Which challenges a request of ours and those that it repeats have answered, so that each kind is answered once and once more when it was stale.</summary>
[Flags]
internal enum ChallengeAnswers : byte
{
    None = 0,

    /// <summary>A 401 with WWW-Authenticate.</summary>
    Server = 1,

    /// <summary>A further 401 that said stale=true.</summary>
    ServerStale = 2,

    /// <summary>A 407 with Proxy-Authenticate.</summary>
    Proxy = 4,

    /// <summary>A further 407 that said stale=true.</summary>
    ProxyStale = 8,
}
