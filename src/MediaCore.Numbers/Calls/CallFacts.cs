using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Records;

namespace MediaCore.Numbers.Calls;

/// <summary>What is known of a call when it comes to a number, and does not change.</summary>
public sealed record CallFacts
{
    /// <summary>The call, as in records, logs and events.</summary>
    public required string CallId { get; init; }

    /// <summary>Whose number it is.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The number that was called, as <see cref="Model.VirtualNumber.Number"/> has it (<c>+</c> and digits, E.164); of a call that we make the number that it comes from.</summary>
    public required string Number { get; init; }

    /// <summary>Who calls: <c>+</c> and digits where the number could be told, else as presented; empty for an anonymous caller.</summary>
    public string Caller { get; init; } = "";

    /// <summary>Whether the caller does not show a number.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>The account that calls; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk that it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>What was dialled, before anything was made of it.</summary>
    public string Called { get; init; } = "";

    /// <summary>When it came to the number service.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether the service has made it for another call, which is the one that counts as a call of the number.</summary>
    public bool IsMade { get; init; }

    /// <summary>The call that it was made for; null for a call that came to us.</summary>
    public string? LinkedFrom { get; init; }

    /// <summary>What it was made for.</summary>
    public CallLinkKind Link { get; init; }

    /// <summary>Whether the caller is to be recorded from the answer on, whatever the plan says.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>Which of our numbers have led it on to <see cref="Number"/>, the last one first; empty for a call that came to it.</summary>
    public IReadOnlyList<CallDiversion> Diversions { get; init; } = [];

    /// <summary>What is told of diversions where this number sends the call elsewhere (RFC 5806): its own, then those that led to it.</summary>
    public IReadOnlyList<CallDiversion> DivertedBy(DiversionReason reason) => [new CallDiversion(Number, reason), .. Diversions.Take(ControlLimits.MaxDiversions - 1)];

    /// <summary>Headers of the INVITE that the configuration wants to be shown (<see cref="CallOffered.Headers"/>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
