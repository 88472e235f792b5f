using MediaCore.Engine.Control;

namespace MediaCore.Engine.Shards;

/// <summary>The mailboxes of the running shards.</summary>
internal sealed class ShardMail(Shard[] shards) : IControlMail
{
    /// <inheritdoc/>
    public int Shards => shards.Length;

    /// <inheritdoc/>
    public long GetActiveCalls(int shard) => Volatile.Read(ref shards[shard].Context.Statistics.ActiveCalls);

    /// <inheritdoc/>
    public bool TryPost(int shard, ControlExchange exchange) => shards[shard].TryPost(new ShardItem { Kind = ShardItemKind.Control, Control = exchange });
}
