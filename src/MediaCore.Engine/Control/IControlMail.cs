namespace MediaCore.Engine.Control;

/// <summary>The mailboxes of the shards.</summary>
internal interface IControlMail
{
    /// <summary>Number of shards.</summary>
    int Shards { get; }

    /// <summary>Calls of a shard that have not ended, as of a moment ago.</summary>
    long GetActiveCalls(int shard);

    /// <summary>Posts; false when the mailbox is full.</summary>
    bool TryPost(int shard, ShardExchange exchange);
}
