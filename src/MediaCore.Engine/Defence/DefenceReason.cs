namespace MediaCore.Engine.Defence;

/// <summary>Why a message was not handled; label of metrics.</summary>
internal enum DefenceReason : byte
{
    /// <summary>It was.</summary>
    None,

    /// <summary>Its source is in <c>deny</c>, or not in <c>allow</c>.</summary>
    Denied,

    /// <summary>Its source is banned.</summary>
    Banned,

    /// <summary>Its source sends too many requests.</summary>
    Rate,

    /// <summary>It names a tool that searches for open servers.</summary>
    Scanner,

    /// <summary>Its source has been told often enough that it is nobody here.</summary>
    Unidentified,

    /// <summary>Too much to do: answered 503.</summary>
    Overload,

    /// <summary>Far too much to do: a stranger's, not answered.</summary>
    OverloadDropped,
}
