namespace MediaCore.Numbers.Queues;

/// <summary>Who of several nodes may ring an agent (docs/adr/0035-queues.md).</summary>
internal interface IAgentReservations
{
    /// <summary>Takes an agent for this node, for as long as <see cref="KeepAsync"/> is called in time; false when another node has him.</summary>
    Task<bool> TryTakeAsync(Guid agent, CancellationToken cancellationToken);

    /// <summary>Keeps these and gives back all others that this node has: what it could not give back in time, or had when it was killed.</summary>
    Task KeepAsync(IReadOnlyCollection<Guid> agents, CancellationToken cancellationToken);

    /// <summary>Gives an agent back.</summary>
    Task ReleaseAsync(Guid agent, CancellationToken cancellationToken);
}
