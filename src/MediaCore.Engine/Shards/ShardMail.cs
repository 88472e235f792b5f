using MediaCore.Engine.Control;

namespace MediaCore.Engine.Shards;

/// <summary>The mailboxes of the running shards.</summary>
internal sealed class ShardMail(Shard[] shards) : IControlMail
{
    private volatile bool _isStopped;

    /// <summary>From now on nothing is taken: the engine is about to stop its shards.</summary>
    public void Stop() => _isStopped = true;

    /// <inheritdoc/>
    public int Shards => shards.Length;

    /// <inheritdoc/>
    public int ChooseShard() => shards[0].Context.Placement.Choose(here: -1);

    /// <inheritdoc/>
    public bool TryPost(int shard, ShardExchange exchange)
    {
        Shard to = shards[shard];
        if (_isStopped || to.Completion.IsCompleted || !to.TryPost(new ShardItem { Kind = ShardItemKind.Control, Control = exchange }))
        {
            return false;
        }

        if (to.Completion.IsCompleted)
        {
            // It has stopped meanwhile, and may have looked into its mailbox for the last time before.
            exchange.Stop();
        }

        return true;
    }
}
