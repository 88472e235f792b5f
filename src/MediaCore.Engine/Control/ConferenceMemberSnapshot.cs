using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.Control;

/// <summary>A member of a conference at one moment.</summary>
/// <param name="CallId">Its call.</param>
/// <param name="LegId">Its leg.</param>
/// <param name="Role">How it takes part.</param>
/// <param name="IsMuted">Whether nobody hears it.</param>
/// <param name="IsDeaf">Whether it hears nothing.</param>
/// <param name="Gain">How loud it is to the others, as a factor.</param>
public sealed record ConferenceMemberSnapshot(string CallId, string LegId, ConferenceRole Role, bool IsMuted, bool IsDeaf, float Gain);
