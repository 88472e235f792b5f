using System.Threading.Channels;

namespace MediaCore.Control.Publishing;

/// <summary>Wakes one reader: however often it is set while the reader is awake, the next wait returns once. Setting it takes no lock of the reader's and never runs the reader.</summary>
internal sealed class Pulse : IThreadPoolWorkItem
{
    private readonly Channel<bool> _token = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _isQueued;

    /// <summary>Wakes the reader, by a thread of the pool; for threads that must not wait.</summary>
    public void Post()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Wakes the reader.</summary>
    public void Set() => _token.Writer.TryWrite(true);

    /// <summary>Waits until it was set since the last wait.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation) => await _token.Reader.ReadAsync(cancellation);

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isQueued, 0);
        Set();
    }
}
