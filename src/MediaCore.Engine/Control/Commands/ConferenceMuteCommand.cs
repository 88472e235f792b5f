using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.Control.Commands;

/// <summary>Changes what a leg, by default the caller's, says and hears in its conference.</summary>
public sealed record ConferenceMuteCommand : CallCommand
{
    /// <summary>Which directions are muted from now on.</summary>
    public MuteDirection Direction { get; init; } = MuteDirection.In;

    /// <summary>How loud it is to the others, a factor of 0 to 10.</summary>
    public float Gain { get; init; } = 1;

    /// <summary>How it takes part from now on; null for as before.</summary>
    public ConferenceRole? Role { get; init; }
}
