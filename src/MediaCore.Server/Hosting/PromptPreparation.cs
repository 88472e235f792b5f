using MediaCore.Engine.Prompts;
using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Hosting;

/// <summary>
/// Makes announcements before the first caller needs them: whenever the inventory changes, all prompts of the new one are asked for, one after
/// the other. A newer inventory takes the place of one that is still being worked on.
/// </summary>
internal sealed class PromptPreparation(PromptStore store, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _current = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Begins to prepare these prompts instead of what was asked for before; returns at once.</summary>
    public void Prepare(IReadOnlyList<PromptSource> prompts)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            _current.Cancel();
            _current = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            CancellationToken token = _current.Token;
            Task before = _work;
            _work = Task.Run(() => PrepareAsync(before, prompts, token), CancellationToken.None);
        }
    }

    /// <summary>Waits until what was asked for last is ready, but not longer than the limit.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        Task work;
        lock (_gate)
        {
            work = _work;
        }

        await Task.WhenAny(work, Task.Delay(limit, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task work;
        lock (_gate)
        {
            work = _work;
        }

        await work;
        _current.Dispose();
        _stop.Dispose();
    }

    private async Task PrepareAsync(Task before, IReadOnlyList<PromptSource> prompts, CancellationToken cancellation)
    {
        await before;
        int ready = 0;
        foreach (PromptSource prompt in prompts)
        {
            try
            {
                PromptResult result = await store.GetAsync(prompt, cancellation);
                if (result.IsReady)
                {
                    ready++;
                }
                else
                {
                    ServerLog.PromptNotReady(logger, result.Detail);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }

        ServerLog.PromptsReady(logger, ready);
    }
}
