namespace MediaCore.Engine.Control;

/// <summary>The mailboxes of the shards.</summary>
internal interface IControlMail
{
    /// <summary>Number of shards.</summary>
    int Shards { get; }

    /// <summary>The shard for a call that no message began.</summary>
    int ChooseShard();

    /// <summary>Posts; false when the mailbox is full.</summary>
    bool TryPost(int shard, ShardExchange exchange);
}
