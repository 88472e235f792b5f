using MediaCore.Audio.Detection;
using MediaCore.Engine.MediaSessions.Digits;

namespace MediaCore.Engine.MediaSessions.Events;

/// <summary>Something that happened in the media of a leg, as the control plane is told of it. A plain value; what a kind does not need is at its default.</summary>
public readonly record struct MediaEvent
{
    /// <summary>Counts the events of a shard from 1, so that a listener sees when it missed some.</summary>
    public required long Number { get; init; }

    /// <summary>The shard that counts.</summary>
    public required int Shard { get; init; }

    /// <summary>The call, as in records and logs.</summary>
    public required string CallId { get; init; }

    /// <summary>The leg within the call: 0 for the caller, then in the order of dialling; the last part of <c>leg_id</c> in the record.</summary>
    public required int Leg { get; init; }

    /// <summary>What.</summary>
    public required MediaEventKind Kind { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The digit; <c>'\0'</c> when digits are secret now.</summary>
    public char Digit { get; init; }

    /// <summary>How it came.</summary>
    public DigitOrigin Origin { get; init; }

    /// <summary>Length of a digit, or sound until the verdict on an answerer, in ms; 0 when that is not known.</summary>
    public int Milliseconds { get; init; }

    /// <summary>The tone; <see cref="LineTone.Beep"/> after the verdict on a machine: it records from now on.</summary>
    public LineTone Tone { get; init; }

    /// <summary>Who answered.</summary>
    public AnswererVerdict Answerer { get; init; }
}
