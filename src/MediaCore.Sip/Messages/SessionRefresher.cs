namespace MediaCore.Sip.Messages;

/// <summary>Who refreshes a session, seen from the transaction that says so (RFC 4028 §4).</summary>
public enum SessionRefresher : byte
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>The user agent client of that transaction.</summary>
    Uac,

    /// <summary>The user agent server of that transaction.</summary>
    Uas,
}
