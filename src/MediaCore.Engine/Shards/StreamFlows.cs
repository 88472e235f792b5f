using System.Buffers;
using System.Collections.Concurrent;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tcp;

namespace MediaCore.Engine.Shards;

/// <summary>One TCP connection as the signalling sees it: open, opening with messages waiting, or gone.</summary>
internal sealed class StreamFlow : IStreamFlow
{
    /// <summary>Bytes that may wait while the connection is being opened.</summary>
    public const int MaxWaitingBytes = 65_536;

    private readonly Lock _lock = new();
    private TcpConnection? _connection;
    private List<byte[]>? _waiting;
    private int _waitingBytes;
    private bool _closed;
    private TimeSpan _keepFor;
    private ulong _requestShards;
    private int _inFlight;

    public StreamFlow(int shard, TcpConnection? connection)
    {
        Shard = shard;
        _connection = connection;
    }

    /// <summary>The shard that handles what comes in here.</summary>
    public int Shard { get; }

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Messages handed to the shard that it has not handled yet.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Messages that the shard's mailbox had no room for; touched by the connection's own loop only.</summary>
    public Queue<ShardItem> Backlog { get; } = new(0);

    public void NoteRequest(int shard) => Interlocked.Or(ref _requestShards, 1UL << (shard & 63));

    /// <summary>Whether a shard has sent requests on it.</summary>
    public bool HasRequestsOf(int shard) => (Volatile.Read(ref _requestShards) & (1UL << (shard & 63))) != 0;

    public void KeepFor(TimeSpan silence)
    {
        lock (_lock)
        {
            _keepFor = silence > _keepFor ? silence : _keepFor;
            if (_connection is { } connection && connection.IdleTimeout < _keepFor)
            {
                connection.IdleTimeout = _keepFor;
            }
        }
    }

    /// <summary>A message was handed to the shard.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    /// <summary>The shard has handled a message.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    public bool TrySend(ReadOnlySpan<byte> message)
    {
        TcpConnection? connection = Volatile.Read(ref _connection);
        if (connection is not null)
        {
            return connection.TrySend(message);
        }

        lock (_lock)
        {
            if (_connection is { } opened)
            {
                return opened.TrySend(message);
            }

            if (_closed || _waitingBytes + message.Length > MaxWaitingBytes)
            {
                return false;
            }

            (_waiting ??= []).Add(message.ToArray());
            _waitingBytes += message.Length;
            return true;
        }
    }

    /// <summary>The connection was opened: what waited goes out first.</summary>
    public void Open(TcpConnection connection)
    {
        lock (_lock)
        {
            if (_waiting is { } waiting)
            {
                foreach (byte[] message in waiting)
                {
                    connection.TrySend(message);
                }
            }

            _waiting = null;
            if (connection.IdleTimeout < _keepFor)
            {
                connection.IdleTimeout = _keepFor;
            }

            Volatile.Write(ref _connection, connection);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _waiting = null;
        }
    }
}

/// <summary>
/// The TCP side of signalling: listeners, outbound connections by destination, frames to shards. Runs on the thread pool; everything it has to
/// say to a shard goes through that shard's mailbox.
/// </summary>
internal sealed class StreamFlows : IConnectionSink, IAsyncDisposable
{
    private readonly Shard[] _shards;
    private readonly List<TcpConnectionListener> _listeners = [];
    private readonly Dictionary<NetworkEndpoint, ListenerIdentity> _identities = [];
    private readonly ConcurrentDictionary<NetworkEndpoint, StreamFlow> _outbound = new();
    private readonly TcpConnector _connector;
    private long _next;
    private long _pauses;

    public StreamFlows(Shard[] shards)
    {
        _shards = shards;
        _connector = new TcpConnector(this, static () => new SipFraming());
    }

    /// <summary>Messages of one connection that may wait at its shard before no more is read from it.</summary>
    public const int MaxInFlight = 64;

    /// <summary>How often a connection was not read because its shard had too much of it.</summary>
    public long Pauses => Volatile.Read(ref _pauses);

    /// <summary>Open connections, accepted and made.</summary>
    public int ConnectionCount => _listeners.Sum(static l => l.ConnectionCount) + _connector.ConnectionCount;

    public void Add(TcpConnectionListener listener, ListenerIdentity identity)
    {
        _listeners.Add(listener);
        _identities[identity.Local] = identity;
    }

    public void Start()
    {
        foreach (TcpConnectionListener listener in _listeners)
        {
            listener.Start(this, static () => new SipFraming());
        }
    }

    /// <summary>The flow to a TCP destination: the connection there is, or one that is being opened (RFC 3261 §18.1.1).</summary>
    public bool TryOpen(int shard, in NetworkEndpoint remote, out Flow flow)
    {
        ListenerIdentity? identity = null;
        foreach (ListenerIdentity candidate in _identities.Values)
        {
            if (candidate.Local.IsIPv6 == remote.IsIPv6)
            {
                identity = candidate;
                break;
            }
        }

        if (identity is null)
        {
            flow = default;
            return false;
        }

        while (true)
        {
            if (_outbound.TryGetValue(remote, out StreamFlow? existing))
            {
                if (!existing.IsClosed)
                {
                    flow = new Flow(identity, remote, existing);
                    return true;
                }

                _outbound.TryRemove(new KeyValuePair<NetworkEndpoint, StreamFlow>(remote, existing));
            }

            var opening = new StreamFlow(shard, null);
            if (_outbound.TryAdd(remote, opening))
            {
                _ = ConnectAsync(remote, opening, identity);
                flow = new Flow(identity, remote, opening);
                return true;
            }
        }
    }

    private async Task ConnectAsync(NetworkEndpoint remote, StreamFlow flow, ListenerIdentity identity)
    {
        TcpConnection? connection = await _connector.ConnectAsync(remote, TcpLimits.ConnectTimeout, new Tag(flow, identity)).ConfigureAwait(false);
        if (connection is null)
        {
            Lose(remote, flow);
        }
        else
        {
            flow.Open(connection);
        }
    }

    public void OnAccepted(TcpConnection connection)
    {
        int shard = (int)((ulong)Interlocked.Increment(ref _next) % (ulong)_shards.Length);
        ListenerIdentity identity = _identities.TryGetValue(connection.Local, out ListenerIdentity? exact)
            ? exact
            : _identities.Values.First(i => i.Local.Port == connection.Local.Port);
        connection.Tag = new Tag(new StreamFlow(shard, connection), identity);
    }

    public void OnFrame(TcpConnection connection, byte[] buffer, int length)
    {
        var tag = (Tag)connection.Tag!;
        var item = new ShardItem
        {
            Kind = ShardItemKind.Message,
            Flow = new Flow(tag.Identity, connection.Remote, tag.Flow),
            Buffer = buffer,
            Length = length,
        };
        tag.Flow.Enter();
        if (tag.Flow.Backlog.Count > 0 || !_shards[tag.Flow.Shard].TryPost(item))
        {
            tag.Flow.Backlog.Enqueue(item);
        }
    }

    /// <summary>Waits until the shard has handled, and so answered, what it was handed; as long as the peer would be given to close.</summary>
    public async ValueTask WaitForAnswersAsync(TcpConnection connection)
    {
        await WaitForRoomAsync(connection).ConfigureAwait(false);
        Timestamp limit = MonotonicClock.Now + TcpLimits.CloseGrace;
        while (connection.Tag is Tag { Flow.InFlight: > 0 } && connection.CloseReason == ConnectionCloseReason.None && MonotonicClock.Now < limit)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    /// <summary>A stream loses nothing on the way to its shard: while too much of it waits there, no more is read.</summary>
    public async ValueTask WaitForRoomAsync(TcpConnection connection)
    {
        if (connection.Tag is not Tag { Flow: var flow })
        {
            return;
        }

        while (flow.Backlog.Count > 0 || flow.InFlight > MaxInFlight)
        {
            while (flow.Backlog.TryPeek(out ShardItem item) && _shards[flow.Shard].TryPost(item))
            {
                flow.Backlog.Dequeue();
            }

            if (connection.CloseReason != ConnectionCloseReason.None)
            {
                DropBacklog(flow);
                return;
            }

            if (flow.Backlog.Count > 0 || flow.InFlight > MaxInFlight)
            {
                Interlocked.Increment(ref _pauses);
                await Task.Delay(1).ConfigureAwait(false);
            }
        }
    }

    private static void DropBacklog(StreamFlow flow)
    {
        while (flow.Backlog.TryDequeue(out ShardItem item))
        {
            ArrayPool<byte>.Shared.Return(item.Buffer!);
        }
    }

    public void OnClosed(TcpConnection connection, ConnectionCloseReason reason)
    {
        if (connection.Tag is Tag tag)
        {
            Lose(connection.Remote, tag.Flow);
        }
    }

    private void Lose(NetworkEndpoint remote, StreamFlow flow)
    {
        flow.Close();
        _outbound.TryRemove(new KeyValuePair<NetworkEndpoint, StreamFlow>(remote, flow));

        // Only shards that have sent requests on it look for those; a full mailbox means that their timers find out instead.
        foreach (Shard shard in _shards.Where(s => flow.HasRequestsOf(s.Index)))
        {
            shard.TryPost(new ShardItem { Kind = ShardItemKind.StreamLost, Flow = new Flow(null!, remote, flow) });
        }
    }

    public void StopAccepting()
    {
        foreach (TcpConnectionListener listener in _listeners)
        {
            listener.StopAccepting();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TcpConnectionListener listener in _listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await _connector.DisposeAsync().ConfigureAwait(false);
    }

    private sealed record Tag(StreamFlow Flow, ListenerIdentity Identity);

    /// <summary>Joins the SIP frame scanner to the transport, which knows nothing of SIP.</summary>
    private sealed class SipFraming : IFrameScanner
    {
        private SipFrameScanner _scanner;

        public FrameKind Scan(in ReadOnlySequence<byte> input, out long consumed, out long frameLength) =>
            _scanner.Scan(input, out consumed, out frameLength) switch
            {
                FrameScanResult.Frame => FrameKind.Frame,
                FrameScanResult.KeepAlive => FrameKind.KeepAlive,
                FrameScanResult.Invalid => FrameKind.Invalid,
                _ => FrameKind.NeedMoreData,
            };
    }
}
