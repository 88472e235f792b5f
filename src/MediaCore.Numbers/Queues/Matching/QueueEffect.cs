namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What is to be done after an input.</summary>
internal enum QueueEffectKind
{
    /// <summary>An agent is to be rung for a caller, or for a callback.</summary>
    Offer,

    /// <summary>An agent is not to be rung for a caller any more.</summary>
    Cancel,

    /// <summary>A caller may be told his position (<see cref="QueueEffect.Value"/>, 0 for not) and minutes of waiting (<see cref="QueueEffect.Minutes"/>; 0 for not, -1 for "more than usual").</summary>
    Announce,

    /// <summary>A caller is in another queue now; <see cref="QueueEffect.Other"/> is his entry there.</summary>
    Moved,

    /// <summary>A caller has waited the longest time.</summary>
    TimedOut,

    /// <summary>A caller goes on by overflow step <see cref="QueueEffect.Value"/>.</summary>
    Overflow,

    /// <summary>A caller is led out of a queue without agents.</summary>
    Emptied,

    /// <summary>A caller is led out: the queue is gone.</summary>
    Closed,

    /// <summary>A callback: the customer is to be called now.</summary>
    CallCustomer,

    /// <summary>A callback is given up.</summary>
    CallbackOver,

    /// <summary>What the row of an entry says has changed; <see cref="QueueEffect.Value"/> is the state.</summary>
    Row,

    /// <summary>An agent was set to not ready: too many offers went unanswered.</summary>
    SetNotReady,

    /// <summary>An agent's reservation is over.</summary>
    Released,
}

/// <summary>Something that is to be done after an input.</summary>
internal readonly record struct QueueEffect(QueueEffectKind Kind, Waiter? Waiter = null, AgentSeat? Seat = null, int Value = 0, int Minutes = 0, Waiter? Other = null);
