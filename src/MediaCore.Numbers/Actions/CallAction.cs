using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Something that plans, menus and queues may do with a call, as their documents say it: a JSON object with <c>"do"</c> and what that needs. What is named (a queue, a box, a plan) is named by name. An activity carries it out.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(RingAction), "ring")]
[JsonDerivedType(typeof(ForwardAction), "forward")]
[JsonDerivedType(typeof(MenuAction), "menu")]
[JsonDerivedType(typeof(QueueAction), "queue")]
[JsonDerivedType(typeof(VoicemailAction), "voicemail")]
[JsonDerivedType(typeof(BoxMenuAction), "voicemail-menu")]
[JsonDerivedType(typeof(AnnounceAction), "announce")]
[JsonDerivedType(typeof(RejectAction), "reject")]
[JsonDerivedType(typeof(RedirectAction), "redirect")]
[JsonDerivedType(typeof(HangupAction), "hangup")]
[JsonDerivedType(typeof(ControlAction), "control")]
[JsonDerivedType(typeof(PlanAction), "plan")]
[JsonDerivedType(typeof(SetAction), "set")]
[JsonDerivedType(typeof(TagAction), "tag")]
[JsonDerivedType(typeof(NotifyAction), "notify")]
[JsonDerivedType(typeof(RecordAction), "record")]
public abstract record CallAction
{
    private static readonly FrozenDictionary<Type, string> s_kinds = typeof(CallAction).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToFrozenDictionary(static attribute => attribute.DerivedType, static attribute => (string)attribute.TypeDiscriminator!);

    /// <summary>What stands in documents as <c>"do"</c>.</summary>
    [JsonIgnore]
    public string Kind => s_kinds[GetType()];
}

/// <summary>Rings people, phones and numbers. Ends as talked, busy, no answer, unreachable or rejected.</summary>
public sealed record RingAction : CallAction
{
    /// <summary>Whom; 1 to 10.</summary>
    public IReadOnlyList<RingTarget> Targets { get; init; } = [];

    /// <summary>In which order.</summary>
    public RingStrategy Strategy { get; init; }

    /// <summary>How long: of all together where they ring at once, of each where one rings after the other; seconds.</summary>
    public int Seconds { get; init; } = 25;

    /// <summary>What the caller hears meanwhile; null for the ringing tone.</summary>
    public PromptChoice? Ringback { get; init; }
}

/// <summary>Forwards the call to somewhere else, by the same rules as any call that goes out.</summary>
public sealed record ForwardAction : CallAction
{
    /// <summary>Where to: a number, or what <see cref="RingTarget"/> may be.</summary>
    public required RingTarget To { get; init; }

    /// <summary>How long it rings, seconds.</summary>
    public int Seconds { get; init; } = 30;

    /// <summary>Whether who answers has to press a key before the caller is connected, so that a mailbox of the other side takes no call.</summary>
    public bool Confirm { get; init; }

    /// <summary>What is said to who answers; null for a text of ours.</summary>
    public PromptChoice? ConfirmPrompt { get; init; }
}

/// <summary>Leads through a menu. Ends as the action that was chosen, or timed out.</summary>
public sealed record MenuAction : CallAction
{
    /// <summary>The menu's name.</summary>
    public required string Menu { get; init; }
}

/// <summary>Lets the caller wait for an agent. Ends as talked, timed out, full, exited, unreachable (no agent).</summary>
public sealed record QueueAction : CallAction
{
    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>Priority; null for the queue's own.</summary>
    public int? Priority { get; init; }

    /// <summary>Skills that are wanted beside the queue's own, and their least levels.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);
}

/// <summary>Takes a message. Ends as completed, full, exited (to the operator).</summary>
public sealed record VoicemailAction : CallAction
{
    /// <summary>The box (<see cref="Model.VoicemailBox.Box"/>).</summary>
    public required string Box { get; init; }

    /// <summary>Why the caller comes to it, which chooses the greeting.</summary>
    public GreetingReason Greeting { get; init; }
}

/// <summary>Lets an owner hear the messages of a box.</summary>
public sealed record BoxMenuAction : CallAction
{
    /// <summary>The box; null to ask for it.</summary>
    public string? Box { get; init; }
}

/// <summary>Why a caller comes to a box.</summary>
public enum GreetingReason
{
    /// <summary>Nobody answered.</summary>
    Unavailable,

    /// <summary>Busy.</summary>
    Busy,

    /// <summary>Closed.</summary>
    Closed,
}

/// <summary>Plays something. Ends as completed.</summary>
public sealed record AnnounceAction : CallAction
{
    /// <summary>What.</summary>
    public required PromptChoice Prompt { get; init; }

    /// <summary>Whether the caller is answered first; else it is early media where that is possible.</summary>
    public bool Answer { get; init; } = true;
}

/// <summary>Refuses the call, after an announcement where one is given.</summary>
public sealed record RejectAction : CallAction
{
    /// <summary>SIP status, 400 to 699.</summary>
    public int Status { get; init; } = 603;

    /// <summary>Q.850 cause; null for the one that goes with the status (RFC 3398).</summary>
    public int? Cause { get; init; }

    /// <summary>What the caller hears first; null for nothing.</summary>
    public PromptChoice? Prompt { get; init; }
}

/// <summary>Sends the caller elsewhere (302); of an answered call it fails.</summary>
public sealed record RedirectAction : CallAction
{
    /// <summary>SIP URIs.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];
}

/// <summary>Ends the call.</summary>
public sealed record HangupAction : CallAction
{
    /// <summary>Q.850 cause.</summary>
    public int Cause { get; init; } = 16;
}

/// <summary>Offers the call to a control plane.</summary>
public sealed record ControlAction : CallAction
{
    /// <summary>The application's name.</summary>
    public required string Application { get; init; }
}

/// <summary>Goes on with another plan.</summary>
public sealed record PlanAction : CallAction
{
    /// <summary>The plan's name.</summary>
    public required string Plan { get; init; }
}

/// <summary>Sets variables and goes on.</summary>
public sealed record SetAction : CallAction
{
    /// <summary>Names and values; <c>{name}</c> in a value is replaced by that variable.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Notes words at the call's record and goes on.</summary>
public sealed record TagAction : CallAction
{
    /// <summary>The words.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>Tells somebody of the call and goes on at once.</summary>
public sealed record NotifyAction : CallAction
{
    /// <summary>Mail addresses.</summary>
    public IReadOnlyList<string> Mail { get; init; } = [];

    /// <summary>Numbers that get a text message.</summary>
    public IReadOnlyList<string> Sms { get; init; } = [];

    /// <summary>Whether webhooks are told (<c>call.notified</c>).</summary>
    public bool Webhook { get; init; }

    /// <summary>The words; <c>{name}</c> is replaced by that variable.</summary>
    public string Text { get; init; } = "";
}

/// <summary>Records the call from here on, and goes on.</summary>
public sealed record RecordAction : CallAction
{
    /// <summary>Whether it begins; else it ends what was begun.</summary>
    public bool On { get; init; } = true;
}
