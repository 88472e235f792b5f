using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Records;

/// <summary>One of the calls that are joined to one.</summary>
/// <param name="CallId">The call.</param>
public sealed record CallPart(string CallId)
{
    /// <summary>The engine's record; null where it has not come (yet).</summary>
    public CallRecord? Record { get; init; }

    /// <summary>What was decided for it (<see cref="Model.CallTrace.Document"/>); null where nothing was.</summary>
    public string? Trace { get; init; }

    /// <summary>The call that led to it; null for the one that the others belong to.</summary>
    public string? LinkedFrom { get; init; }

    /// <summary>How.</summary>
    public CallLinkKind Link { get; init; }
}
