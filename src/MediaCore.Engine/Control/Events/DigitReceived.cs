using MediaCore.Engine.MediaSessions.Digits;

namespace MediaCore.Engine.Control.Events;

/// <summary>A digit is over.</summary>
public sealed record DigitReceived : CallEvent
{
    /// <summary>Which; <c>'\0'</c> while digits are secret.</summary>
    public char Digit { get; init; }

    /// <summary>How long it was pressed, in ms; 0 when that is not known.</summary>
    public int Milliseconds { get; init; }

    /// <summary>How it came.</summary>
    public DigitOrigin Origin { get; init; }
}
