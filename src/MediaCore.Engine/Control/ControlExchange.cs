using MediaCore.Engine.Calls;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Control;

/// <summary>Something that another thread wants of a shard's calls.</summary>
internal abstract class ControlExchange : ShardExchange
{
    /// <inheritdoc/>
    public sealed override void Run(ShardCore core) => Run(core.Calls);

    /// <summary>Does it, on the shard.</summary>
    public abstract void Run(BackToBackUserAgent calls);
}
