using System.Buffers;
using System.Collections.Concurrent;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Shards;

/// <summary>One connection as the signalling sees it: open, opening with messages waiting, or gone.</summary>
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
    private IDisposable? _alias;
    private ulong _requestShards;
    private int _inFlight;

    public StreamFlow(int shard, TcpConnection? connection, string? serverName = null)
    {
        Shard = shard;
        _connection = connection;
        ServerName = serverName;
    }

    /// <summary>The name that the peer has proved: the one dialled, or the first that an alias was used for.</summary>
    public string? ServerName { get; set; }

    public string? VerifiedName => Volatile.Read(ref _connection) is { IsOutbound: true, Peer.IsVerified: true } ? ServerName : null;

    public bool OffersAlias { get; init; }

    /// <summary>Where an alias on it goes; null where none is taken.</summary>
    public (StreamAliases Aliases, ListenerIdentity Local)? AliasPlace { get; init; }

    public bool MayTakeAlias => AliasPlace is not null && Volatile.Read(ref _alias) is null && !IsClosed;

    public void TakeAlias(ReadOnlySpan<byte> sentByHost, ushort sentByPort)
    {
        if (AliasPlace is not ({ } aliases, { } local) || Volatile.Read(ref _connection) is not { } connection || aliases.Take(this, connection, local, sentByHost, sentByPort) is not { } alias)
        {
            return;
        }

        Volatile.Write(ref _alias, alias);
        if (IsClosed)
        {
            // It was lost in between, and whoever closed it saw no alias.
            alias.Dispose();
        }
    }

    /// <summary>The shard that handles what comes in here.</summary>
    public int Shard { get; }

    public bool IsClosed => Volatile.Read(ref _closed);

    public bool WasOpened => Volatile.Read(ref _connection) is not null;

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

        Volatile.Read(ref _alias)?.Dispose();
    }
}

/// <summary>
/// The connections of signalling, plain, encrypted or by WebSocket: listeners, outbound connections by destination, frames to shards. Runs on the thread pool; everything it has to
/// say to a shard goes through that shard's mailbox.
/// </summary>
internal sealed class StreamFlows : IConnectionSink, IAsyncDisposable
{
    private readonly Shard[] _shards;
    private readonly List<TcpConnectionListener> _listeners = [];
    private readonly Dictionary<NetworkEndpoint, ListenerIdentity> _identities = [];
    private readonly ConcurrentDictionary<SipDestination, StreamFlow> _outbound = new();
    private readonly StreamAliases _aliases = new();
    private readonly TcpConnector _connector;
    private readonly TcpConnector _tlsConnector;
    private readonly WebSocketOptions _webSocket;
    private long _next;
    private long _pauses;
    private long _refused;
    private long _failureLogged = -1;
    private readonly ILogger _log;

    public StreamFlows(Shard[] shards, EngineOptions options, ILoggerFactory loggers)
    {
        _shards = shards;
        ILogger log = loggers.CreateLogger("MediaCore.Tcp");
        _log = log;
        TcpOptions outgoing = options.Connections with { Dscp = options.SipDscp };
        Budget = new TcpConnectionBudget(options.Connections);
        _connector = new TcpConnector(this, static () => new SipFraming(), outgoing, log, Budget);
        _tlsConnector = new TcpConnector(this, static () => new SipFraming(), outgoing, log, Budget);
        _webSocket = options.WebSocket;
        TlsClient = new TlsClient(options.TlsClient);
        TlsServer = options.Tls is null ? null : new TlsServer(options.Tls);
    }

    /// <summary>The places of all connections, whichever listener they come by, and of those that we open.</summary>
    public TcpConnectionBudget Budget { get; }

    /// <summary>Handshakes of peers; null where nothing is served over TLS.</summary>
    public TlsServer? TlsServer { get; }

    /// <summary>Handshakes of ours.</summary>
    public TlsClient TlsClient { get; }

    /// <summary>Messages of one connection that may wait at its shard before no more is read from it.</summary>
    public const int MaxInFlight = 64;

    /// <summary>How often a connection was not read because its shard had too much of it.</summary>
    public long Pauses => Volatile.Read(ref _pauses);

    /// <summary>Connections of peers that take our requests (RFC 5923).</summary>
    public long Aliases => _aliases.Count;

    /// <summary>Connections closed because their source is denied or banned.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Open connections of a transport, accepted and made.</summary>
    public long Count(SipTransportKind kind) => _listeners.Where(l => IdentityOf(l).Transport == kind).Sum(static l => (long)l.ConnectionCount) + (ConnectorOf(kind)?.ConnectionCount ?? 0);

    /// <summary>A counter of a transport's connections, accepted and made.</summary>
    public long Sum(SipTransportKind kind, Func<TcpStatistics, long> read) =>
        _listeners.Where(l => IdentityOf(l).Transport == kind).Sum(l => read(l.Statistics)) + (ConnectorOf(kind) is { } connector ? read(connector.Statistics) : 0);

    public void UpdateTls(TlsServerOptions? server, TlsClientOptions client)
    {
        if (server is not null)
        {
            TlsServer?.Update(server);
        }

        TlsClient.Update(client);
    }

    public void Add(TcpConnectionListener listener, ListenerIdentity identity)
    {
        _listeners.Add(listener);
        _identities[identity.Local] = identity;
    }

    public void Start()
    {
        foreach (TcpConnectionListener listener in _listeners)
        {
            SipTransportKind kind = IdentityOf(listener).Transport;
            listener.Start(
                this,
                static () => new SipFraming(),
                kind is SipTransportKind.Tls or SipTransportKind.Wss ? TlsServer : null,
                kind is SipTransportKind.Ws or SipTransportKind.Wss ? _webSocket : null);
        }
    }

    private ListenerIdentity IdentityOf(TcpConnectionListener listener) => _identities[listener.LocalEndpoint];

    private TcpConnector? ConnectorOf(SipTransportKind kind) => kind switch
    {
        SipTransportKind.Tcp => _connector,
        SipTransportKind.Tls => _tlsConnector,
        _ => null,
    };

    /// <summary>
    /// The flow to a destination: the connection there is, or one that is being opened (RFC 3261 §18.1.1). A connection is used again for the same address,
    /// the same transport and, over TLS, the same name that its certificate was checked for, and for no other (CVE-2020-15260); that of a peer, where
    /// <see cref="StreamAliases"/> has one. A name is a must over
    /// TLS: without one there is nothing to check. A WebSocket cannot be dialled (RFC 7118 §5).
    /// </summary>
    public bool TryOpen(int shard, in SipDestination destination, int network, out Flow flow)
    {
        flow = default;
        if (ConnectorOf(destination.Transport) is null || (destination.Transport == SipTransportKind.Tls && string.IsNullOrEmpty(destination.ServerName)))
        {
            return false;
        }

        SipDestination key = destination with { ServerName = destination.Transport == SipTransportKind.Tls ? destination.ServerName!.ToLowerInvariant() : null };
        if (key.ServerName is { } name && _aliases.TryGet(key.Endpoint, name, out flow))
        {
            return true;
        }

        if (ListenerIdentity.Choose(_identities.Values, key.Transport, key.Endpoint.IsIPv6, network) is not { } identity)
        {
            return false;
        }

        while (true)
        {
            if (_outbound.TryGetValue(key, out StreamFlow? existing))
            {
                if (!existing.IsClosed)
                {
                    flow = new Flow(identity, key.Endpoint, existing);
                    return true;
                }

                _outbound.TryRemove(new KeyValuePair<SipDestination, StreamFlow>(key, existing));
            }

            var opening = new StreamFlow(shard, null, key.ServerName)
            {
                OffersAlias = key.Transport == SipTransportKind.Tls && TlsClient.Options is { Verify: true, Certificate: not null },
            };
            if (_outbound.TryAdd(key, opening))
            {
                _ = ConnectAsync(key, opening, identity);
                flow = new Flow(identity, key.Endpoint, opening);
                return true;
            }
        }
    }

    private async Task ConnectAsync(SipDestination destination, StreamFlow flow, ListenerIdentity identity)
    {
        TcpConnectResult result = await ConnectorOf(destination.Transport)!.ConnectWithResultAsync(
            destination.Endpoint,
            TcpLimits.ConnectTimeout,
            new Tag(flow, identity),
            tls: destination.Transport == SipTransportKind.Tls ? TlsClient : null,
            serverName: destination.ServerName ?? "").ConfigureAwait(false);
        if (result.Connection is null)
        {
            // At most one a second: a trunk that is down fails once a call.
            long second = MonotonicClock.Now.Nanoseconds / 1_000_000_000;
            if (result.Error != TcpConnectError.Cancelled && Interlocked.Exchange(ref _failureLogged, second) != second)
            {
                EngineLog.ConnectionNotMade(_log, destination.Transport, destination.Endpoint.ToString(), destination.ServerName ?? "none", result.Error);
            }

            Lose(destination, flow);
        }
        else
        {
            flow.Open(result.Connection);
        }
    }

    public void OnAccepted(TcpConnection connection)
    {
        // Read once: all shards share one guard.
        SourceGuard guard = _shards[0].Context.Guard;
        if (guard.IsDenied(connection.Remote, isResponse: false) || guard.IsBanned(connection.Remote, MonotonicClock.Now))
        {
            Interlocked.Increment(ref _refused);
            connection.Abort();
        }

        int shard = (int)((ulong)Interlocked.Increment(ref _next) % (ulong)_shards.Length);
        ListenerIdentity identity = _identities.TryGetValue(connection.Local, out ListenerIdentity? exact)
            ? exact
            : _identities.Values.First(i => i.Local.Port == connection.Local.Port);
        bool mayAlias = identity.Transport == SipTransportKind.Tls && connection.Peer is { IsVerified: true };
        connection.Tag = new Tag(new StreamFlow(shard, connection) { AliasPlace = mayAlias ? (_aliases, identity) : null }, identity);
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
            Lose(new SipDestination(connection.Remote, tag.Identity.Transport, tag.Flow.ServerName), tag.Flow);
        }
    }

    private void Lose(in SipDestination destination, StreamFlow flow)
    {
        flow.Close();
        _outbound.TryRemove(new KeyValuePair<SipDestination, StreamFlow>(destination, flow));
        NetworkEndpoint remote = destination.Endpoint;

        // Only shards that have sent requests on it look for those.
        foreach (Shard shard in _shards.Where(s => flow.HasRequestsOf(s.Index)))
        {
            var item = new ShardItem { Kind = ShardItemKind.StreamLost, Flow = new Flow(null!, remote, flow) };
            if (!shard.TryPost(item))
            {
                _ = TellLaterAsync(shard, item);
            }
        }
    }

    /// <summary>A full mailbox empties within milliseconds; what waited for the lost connection would wait for its timers, up to 32 s. One of these per connection and shard, for no longer than the shard runs.</summary>
    private static async Task TellLaterAsync(Shard shard, ShardItem item)
    {
        while (!shard.TryPost(item) && !shard.Completion.IsCompleted)
        {
            await Task.Delay(1).ConfigureAwait(false);
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
        await _tlsConnector.DisposeAsync().ConfigureAwait(false);
        TlsServer?.Dispose();
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
