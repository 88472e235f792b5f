namespace MediaCore.Sip.Dialogs;

/// <summary>The state of a dialog, RFC 3261 §12.</summary>
public enum DialogState : byte
{
    /// <summary>Made by a 101–199 response, or not yet made by any (§12.1).</summary>
    Early,

    /// <summary>Made or confirmed by a 2xx.</summary>
    Confirmed,

    /// <summary>Over: by BYE, by a non-2xx final response while early, or by 408 or 481 to a request in it (§12.2.1.2, §12.3).</summary>
    Terminated,
}
