using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Control;

/// <summary>Something that another thread wants of a shard; carried out there, once.</summary>
internal abstract class ShardExchange
{
    /// <summary>Does it, on the shard.</summary>
    public abstract void Run(ShardCore core);

    /// <summary>A defect of ours has ended <see cref="Run"/>: whoever waits is told that there is no answer. May come after the answer.</summary>
    public abstract void Fail();

    /// <summary>The shard stops, and may not have seen it: whoever waits is told.</summary>
    public virtual void Stop() => Fail();
}
