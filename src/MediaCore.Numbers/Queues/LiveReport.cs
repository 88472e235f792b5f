namespace MediaCore.Numbers.Queues;

/// <summary>A tenant's queues and agents at one moment, as they are on one node.</summary>
/// <param name="Queues">The queues, by name.</param>
/// <param name="Agents">The agents.</param>
public sealed record LiveReport(IReadOnlyList<QueueReport> Queues, IReadOnlyList<AgentReport> Agents);
