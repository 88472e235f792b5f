namespace MediaCore.Numbers.Records;

/// <summary>A voicemail message that was left in a call.</summary>
/// <param name="Id">The message.</param>
/// <param name="Box">The box's number.</param>
/// <param name="DurationMs">Its length.</param>
public sealed record LeftMessage(Guid Id, string Box, long DurationMs);
