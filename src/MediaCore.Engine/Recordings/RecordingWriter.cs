using System.Diagnostics;
using MediaCore.Transport.Polling;

namespace MediaCore.Engine.Recordings;

/// <summary>A thread that encodes recordings and writes them to the disk, and its mailbox. Blocks come from the shards in order; a disk that is slow holds up this thread alone.</summary>
internal sealed class RecordingWriter : IDisposable
{
    private readonly RecordingStore _store;
    private readonly EventPoller _poller = new();
    private readonly Mailbox<RecordingItem> _mail;
    private readonly List<RecordingFile> _files = [];
    private readonly Thread _thread;
    private long _tendAt;
    private volatile bool _stopping;

    public RecordingWriter(RecordingStore store, int number, int capacity)
    {
        _store = store;
        _mail = new Mailbox<RecordingItem>(capacity, _poller);
        _thread = new Thread(Run) { IsBackground = true, Name = $"recordings-{number}" };
        _thread.Start();
    }

    /// <summary>Gives the writer a message; false when it is so far behind that there is no room for it. Any thread.</summary>
    public bool TryPost(in RecordingItem item) => _mail.TryPost(item);

    /// <summary>Ends all recordings where they are, waits for the disk as long as <see cref="RecordingLimits.FinishPatience"/> and stops.</summary>
    public void Dispose()
    {
        _stopping = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
    }

    private void Run()
    {
        Span<ReadyEvent> none = stackalloc ReadyEvent[1];
        while (true)
        {
            while (_mail.TryTake(out RecordingItem item))
            {
                Handle(item);
                TendWhenDue();
            }

            TendWhenDue();
            if (_stopping && _mail.Count == 0 && EndAll())
            {
                return;
            }

            _ = _poller.Wait(none, _files.Count == 0 ? Timeout.InfiniteTimeSpan : _stopping ? TimeSpan.FromMilliseconds(50) : RecordingLimits.HeaderInterval);
        }
    }

    private void Handle(in RecordingItem item)
    {
        RecordingFile file = item.File;
        try
        {
            switch (item.Kind)
            {
                case RecordingItemKind.Begin:
                    _files.Add(file);
                    file.Open();
                    break;
                case RecordingItemKind.Block when !file.IsClosed:
                    file.Write(item.Block!);
                    break;
                case RecordingItemKind.End:
                    file.BeginEnd();
                    Tend(file);
                    break;
            }
        }
        catch (Exception exception) when (_store.Contain(file, exception))
        {
            // It is closed now, and leaves with the next look at the files.
        }
        finally
        {
            if (item.Block is { } block)
            {
                _store.Blocks.Return(block);
            }
        }
    }

    private void TendWhenDue()
    {
        long now = Stopwatch.GetTimestamp();
        if (now < _tendAt)
        {
            return;
        }

        _tendAt = now + (long)(RecordingLimits.HeaderInterval.TotalSeconds * Stopwatch.Frequency);
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            Tend(_files[i]);
        }
    }

    private void Tend(RecordingFile file)
    {
        try
        {
            file.Tend();
        }
        catch (Exception exception) when (_store.Contain(file, exception))
        {
            // It is closed now.
        }

        if (file.IsClosed && _files.Remove(file))
        {
            _store.Finish(file);
        }
    }

    private bool EndAll()
    {
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            _files[i].BeginEnd();
            Tend(_files[i]);
        }

        return _files.Count == 0;
    }
}
