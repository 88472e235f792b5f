using MediaCore.Engine.Control;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Relaying;

/// <summary>A request on its way to the shard of its session.</summary>
internal sealed class RelayExchange(NgRequest request) : ShardExchange
{
    private readonly TaskCompletionSource<RelayReply> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<RelayReply> Reply => _done.Task;

    /// <inheritdoc/>
    public override void Run(ShardCore core) => _done.TrySetResult(core.Ng.Relay(request));

    /// <inheritdoc/>
    public override void Fail() => _done.TrySetResult(new RelayReply(CommandStatus.Unavailable, "The server is stopping, or has failed at it, which its log says."));
}
