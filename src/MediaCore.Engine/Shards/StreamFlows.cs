using System.Buffers;
using System.Collections.Concurrent;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
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

    public StreamFlow(int shard, TcpConnection? connection)
    {
        Shard = shard;
        _connection = connection;
    }

    /// <summary>The shard that handles what comes in here.</summary>
    public int Shard { get; }

    public bool IsClosed => Volatile.Read(ref _closed);

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
    private long _droppedFrames;

    public StreamFlows(Shard[] shards)
    {
        _shards = shards;
        _connector = new TcpConnector(this, static () => new SipFraming());
    }

    /// <summary>Frames that a full mailbox refused.</summary>
    public long DroppedFrames => Volatile.Read(ref _droppedFrames);

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
        if (!_shards[tag.Flow.Shard].TryPost(item))
        {
            Interlocked.Increment(ref _droppedFrames);
            ArrayPool<byte>.Shared.Return(buffer);
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

        // Calls of any shard may have sent on it; a full mailbox means their timers find out instead.
        foreach (Shard shard in _shards)
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
