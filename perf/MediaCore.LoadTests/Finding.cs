namespace MediaCore.LoadTests;

/// <summary>One thing that should hold.</summary>
/// <param name="What">What.</param>
/// <param name="Holds">Whether it did.</param>
/// <param name="Seen">What was seen.</param>
internal sealed record Finding(string What, bool Holds, string Seen);
