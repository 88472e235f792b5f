namespace MediaCore.Numbers.Records;

/// <summary>How one call, or one leg, came of another.</summary>
public enum CallLinkKind : byte
{
    /// <summary>It came of nothing else.</summary>
    None,

    /// <summary>The call was forwarded.</summary>
    Forward,

    /// <summary>A party transferred it to a number (REFER, RFC 3515).</summary>
    TransferBlind,

    /// <summary>A party transferred it to another call of its own (Replaces, RFC 3891).</summary>
    TransferAttended,

    /// <summary>A queue offered it.</summary>
    Queue,

    /// <summary>A queue called the caller back.</summary>
    Callback,

    /// <summary>A party asked somebody before transferring: the other call of an attended transfer.</summary>
    Consult,
}
