using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Records;

/// <summary>A call's time in a queue, as the queue has noted it.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="EnteredAtMs">When the caller came.</param>
/// <param name="State">What became of it.</param>
public sealed record QueueVisit(string CallId, string Queue, long EnteredAtMs, QueueEntryState State)
{
    /// <summary>When the caller left it, for an agent or else; null while he waits.</summary>
    public long? LeftAtMs { get; init; }

    /// <summary>The position that the caller had then, from 1; null while he waits.</summary>
    public int? Position { get; init; }

    /// <summary>Waiting that was brought along from another queue.</summary>
    public long CreditMs { get; init; }

    /// <summary>The agent who took it; null for none.</summary>
    public string? Agent { get; init; }

    /// <summary>The agent's phone; null where that is not known.</summary>
    public string? Account { get; init; }

    /// <summary>The wait from one event to the other; null while it lasts. What was brought along stands beside it, in <see cref="CreditMs"/>.</summary>
    public long? WaitMs => LeftAtMs is { } left ? Math.Max(0, left - EnteredAtMs) : null;
}
