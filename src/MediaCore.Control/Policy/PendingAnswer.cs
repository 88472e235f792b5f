namespace MediaCore.Control.Policy;

/// <summary>A question that is under way; disposed when nobody waits for its answer any more.</summary>
internal sealed class PendingAnswer : IDisposable
{
    // Without a timer or another source behind it, so that nothing is left of it when its question ends without having been abandoned.
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>One that was answered at once.</summary>
    public static IDisposable None { get; } = new Nothing();

    /// <summary>Cancelled when nobody waits.</summary>
    public CancellationToken Abandoned => _abandon.Token;

    /// <summary>Ends the question, off the shard: what waits for it runs on the thread that cancels.</summary>
    public void Dispose() => _ = _abandon.CancelAsync();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // There is nothing to end.
        }
    }
}
