namespace MediaCore.Sip.Authentication;

/// <summary>Quality of protection, RFC 7616 §3.4.</summary>
public enum DigestQop : byte
{
    /// <summary>Not given: the calculation of RFC 2069, without nonce count. We refuse it, since it can be replayed.</summary>
    None,

    /// <summary>"auth": method and URI are protected.</summary>
    Auth,

    /// <summary>"auth-int": the body too. We never offer it, since any proxy that touches SDP breaks it, but check it when it is used.</summary>
    AuthInt,

    /// <summary>Anything else.</summary>
    Unknown,
}
