namespace MediaCore.Numbers.Queues;

/// <summary>Who of several nodes may ring an agent (docs/adr/0035-queues.md).</summary>
internal interface IAgentReservations
{
    /// <summary>Takes an agent for this node, for as long as <see cref="RenewAsync"/> is called in time; false when another node has him.</summary>
    Task<bool> TryTakeAsync(Guid agent, CancellationToken cancellationToken);

    /// <summary>Keeps those that this node has.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Gives an agent back.</summary>
    Task ReleaseAsync(Guid agent, CancellationToken cancellationToken);
}
