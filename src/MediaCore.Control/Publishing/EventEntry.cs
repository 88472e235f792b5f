using MediaCore.Control.Mapping;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Publishing;

/// <summary>An event in the <see cref="EventRing"/>: with what decides who gets it, as it was when the event was published.</summary>
internal sealed class EventEntry(CallEvent callEvent, CallFacts facts)
{
    private const int BaseBytes = 512;
    private const int RecordBytes = 6 * 1024;

    private V1.Event? _message;

    /// <summary>Its place in the ring, given there.</summary>
    public long Position { get; set; }

    /// <summary>The event.</summary>
    public CallEvent Event => callEvent;

    /// <summary>What is known of its call, now.</summary>
    public CallFacts Facts => facts;

    /// <summary>The controller that hears of the call: who has it, or lost it; null for nobody.</summary>
    public string? Follower { get; init; }

    /// <summary>The application that the call is offered to; null for none.</summary>
    public string? Offer { get; init; }

    /// <summary>Which kind it is, as one bit (<see cref="EventKinds"/>).</summary>
    public ulong Kind { get; } = EventKinds.Of(callEvent);

    /// <summary>Memory that it takes, roughly: object, message, strings. Only texts that a peer or controller chooses are counted.</summary>
    public int Bytes { get; } = BaseBytes + (4 * (callEvent switch
    {
        VariableChanged changed => changed.Name.Length + (changed.Value?.Length ?? 0),
        CallOffered offered => offered.Headers.Sum(static h => h.Key.Length + h.Value.Length),
        CommandEnded ended => ended.Problem.Length + (ended.ClientState?.Length ?? 0),
        CallEnded => RecordBytes / 4,
        _ => 0,
    }));

    /// <summary>The message for it, made once for all readers; nobody changes it.</summary>
    public V1.Event GetMessage(EventHub hub) => _message ??= EventMapping.ToEvent(callEvent, hub.GetToken(Position + 1));
}
