namespace MediaCore.Engine.Control;

/// <summary>A part of a listing.</summary>
/// <param name="Calls">The calls.</param>
/// <param name="Next">What <see cref="CallFilter.After"/> of the next page is; null where this is the last.</param>
public sealed record CallPage(IReadOnlyList<CallSnapshot> Calls, string? Next);
