using MediaCore.Engine.Calls;

namespace MediaCore.Engine.Control;

/// <summary>A question for snapshots on its way to a shard.</summary>
internal sealed class SnapshotExchange(Func<BackToBackUserAgent, IReadOnlyList<CallSnapshot>> question) : ControlExchange
{
    private readonly TaskCompletionSource<IReadOnlyList<CallSnapshot>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<IReadOnlyList<CallSnapshot>> Answer => _done.Task;

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => _done.TrySetResult(question(calls));

    /// <inheritdoc/>
    public override void Fail() => _done.TrySetResult([]);
}
