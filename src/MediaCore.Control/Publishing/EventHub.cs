using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Publishing;

/// <summary>
/// Takes the events of all calls from the shards and keeps the last of them for whoever reads, each at its own pace (docs/adr/0024-control-services.md). Publishing waits for nobody: an entry goes into the <see cref="EventRing"/>,
/// and one work item of the pool wakes the readers.
/// </summary>
public sealed class EventHub : ICallEvents, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly long _incarnation = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
    private ImmutableArray<EventReader> _readers = [];
    private int _wants;
    private int _wantsRegistrations;
    private int _isQueued;

    /// <summary>A hub of the usual bounds.</summary>
    public EventHub()
        : this(ControlServiceLimits.MaxRetainedEvents, ControlServiceLimits.MaxRetainedBytes)
    {
    }

    internal EventHub(int capacity, long maxBytes) => Ring = new EventRing(capacity, maxBytes);

    /// <inheritdoc/>
    public bool IsWanted => Volatile.Read(ref _wants) > 0;

    /// <inheritdoc/>
    public bool WantsRegistrations => Volatile.Read(ref _wantsRegistrations) > 0;

    /// <summary>The events.</summary>
    internal EventRing Ring { get; }

    /// <summary>The calls.</summary>
    internal CallBook Calls { get; } = new();

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        ArgumentNullException.ThrowIfNull(callEvent);
        Ring.Append(Calls.Note(callEvent));
        ControlMetrics.Events.Add(1);
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        // First: who publishes from now on queues again.
        Interlocked.Exchange(ref _isQueued, 0);
        foreach (EventReader reader in _readers)
        {
            reader.Pulse.Set();
        }
    }

    /// <summary>Events are made until this is disposed.</summary>
    internal IDisposable Want()
    {
        lock (_gate)
        {
            if (_wants == 0)
            {
                // What was known has not been kept up.
                Calls.Clear();
                Ring.Clear();
            }

            Volatile.Write(ref _wants, _wants + 1);
        }

        return new Wanting(this);
    }

    /// <summary>A reader of what comes from now on, or from a position on.</summary>
    internal EventReader Read(long? position = null, bool wantsRegistrations = false)
    {
        EventReader reader = new(this, Want(), wantsRegistrations);
        Interlocked.Add(ref _wantsRegistrations, wantsRegistrations ? 1 : 0);
        lock (_gate)
        {
            _readers = _readers.Add(reader);
        }

        reader.Position = position ?? Ring.Head;
        return reader;
    }

    /// <summary>The resume token of a position.</summary>
    internal string GetToken(long position) => string.Create(CultureInfo.InvariantCulture, $"{_incarnation:x}-{position:x}");

    /// <summary>The position of a resume token: null for one of another server, or of this one before it was started anew. False for what is none.</summary>
    internal bool TryParseToken(string token, out long? position)
    {
        position = null;
        int hyphen = token.IndexOf('-', StringComparison.Ordinal);
        if (hyphen < 0 || token.Length > 40
            || !long.TryParse(token.AsSpan(0, hyphen), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long incarnation)
            || !long.TryParse(token.AsSpan(hyphen + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long found))
        {
            return false;
        }

        position = incarnation == _incarnation && found >= 0 && found <= Ring.Head ? found : null;
        return true;
    }

    internal void Remove(EventReader reader)
    {
        Interlocked.Add(ref _wantsRegistrations, reader.WantsRegistrations ? -1 : 0);
        lock (_gate)
        {
            _readers = _readers.Remove(reader);
        }
    }

    private sealed class Wanting(EventHub hub) : IDisposable
    {
        private EventHub? _hub = hub;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hub, null) is not { } hub)
            {
                return;
            }

            lock (hub._gate)
            {
                Volatile.Write(ref hub._wants, hub._wants - 1);
            }
        }
    }
}
