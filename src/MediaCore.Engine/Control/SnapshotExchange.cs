using MediaCore.Engine.Calls;

namespace MediaCore.Engine.Control;

/// <summary>A question for snapshots of calls or of what belongs to them, on its way to a shard.</summary>
internal sealed class SnapshotExchange<T>(Func<BackToBackUserAgent, IReadOnlyList<T>> question) : ControlExchange
{
    private readonly TaskCompletionSource<IReadOnlyList<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<IReadOnlyList<T>> Answer => _done.Task;

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => _done.TrySetResult(question(calls));

    /// <inheritdoc/>
    public override void Fail() => _done.TrySetResult([]);
}
