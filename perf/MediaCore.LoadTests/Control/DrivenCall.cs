using System.Globalization;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Control;

/// <summary>One call: what was asked for, and what was told of it.</summary>
internal sealed class DrivenCall(long serial, string callId)
{
    /// <summary>Which one; the user part of its SIP URI.</summary>
    public string User { get; } = serial.ToString(CultureInfo.InvariantCulture);

    public string CallId { get; } = callId;

    /// <summary>Commands that were sent, and what came for each: a reply, an end.</summary>
    public Dictionary<string, (int Replies, int Ends)> Commands { get; } = new(StringComparer.Ordinal);

    /// <summary>Number of its last event.</summary>
    public long Sequence { get; set; }

    /// <summary>Whether its answer was told.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Whether its end was told.</summary>
    public bool IsEnded { get; set; }

    /// <summary>When it was to begin, whenever its command went out; the callee's thread reads what was put here before the command was queued.</summary>
    public Timestamp OriginatedAt { get; init; }

    /// <summary>When it was to be hung up: its command was queued then.</summary>
    public Timestamp HungUpAt { get; set; }
}
