using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Native;
using MediaCore.Transport.Polling;
using MediaCore.Transport.WebSocket;
using Microsoft.Extensions.Logging;

namespace MediaCore.Transport.Tcp;

/// <summary>
/// The connections of one listener or connector: counts them against the bounds that all may share, ends those whose time is over, and waits for all of them
/// at the end. One timer for all, since a timer for each read would cost more than the read.
/// </summary>
internal sealed partial class TcpConnectionTable : IAsyncDisposable
{
    private static long s_lastId;

    private readonly ConcurrentDictionary<long, Entry> _connections = new();
    private readonly TcpConnectionBudget _budget;
    private readonly ILogger _logger;
    private readonly Timer _sweep;
    private long _subprotocolLogged = -1;
    private int _count;
    private bool _closed;

    public TcpConnectionTable(TcpOptions options, ILogger logger, TcpConnectionBudget? budget)
    {
        options.Validate();
        Options = options;
        _budget = budget ?? new TcpConnectionBudget(options);
        _logger = logger;
        TimeSpan shortest = new(Math.Min(
            Math.Min(options.IdleTimeout.Ticks, options.MessageReadTimeout.Ticks),
            Math.Min(options.SendTimeout.Ticks, options.CloseGrace.Ticks)));

        // A time-out is kept to a quarter of the shortest, and to a second.
        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds / 4, 10, 1000));
        _sweep = new Timer(static state => ((TcpConnectionTable)state!).Sweep(), this, period, period);
    }

    public TcpOptions Options { get; }

    public TcpStatistics Statistics { get; } = new();

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a connection that we open would find no place.</summary>
    public bool IsFull => _budget.IsFull;

    /// <summary>Takes over a connected socket and runs it; closes it instead when a bound is reached.</summary>
    public TcpConnection? TryAdd(Socket socket, SecuredStream? secured, bool isOutbound, object? tag, IConnectionSink sink, ConnectionProtocol protocol)
    {
        if (!TryGetSource(socket, out NetworkEndpoint source))
        {
            Statistics.CountResetBeforeUse();
            socket.Dispose();
            secured?.Stream.Dispose();
            return null;
        }

        if (!TryReserve(source, isOutbound))
        {
            socket.Dispose();
            secured?.Stream.Dispose();
            return null;
        }

        TcpConnection connection;
        try
        {
            Prepare(socket);
            connection = new TcpConnection(Interlocked.Increment(ref s_lastId), socket, secured, isOutbound, source, this, sink, protocol) { Tag = tag };
        }
        catch
        {
            socket.Dispose();
            secured?.Stream.Dispose();
            Release(source, isOutbound);
            throw;
        }

        Statistics.CountOpened();
        var entry = new Entry(connection, source);
        _connections[connection.Id] = entry;
        entry.Run();
        if (Volatile.Read(ref _closed))
        {
            // Disposal may have gone over the table before this one stood in it.
            connection.Abort(ConnectionCloseReason.Shutdown);
        }

        return connection;
    }

    public void Remove(TcpConnection connection)
    {
        if (!_connections.TryRemove(connection.Id, out Entry? entry))
        {
            return;
        }

        Statistics.CountClosed(connection.CloseReason);
        Release(entry.Source, connection.IsOutbound);
    }

    public void CountFrame() => Statistics.CountFrame();

    public void CountKeepAlive() => Statistics.CountKeepAlive();

    /// <summary>An opening request of WebSocket was answered. One that lacks nothing but the subprotocol is a phone set up wrongly, so the log says it, at most once a second.</summary>
    public void ReportHandshake(TcpConnection connection, WebSocketHandshakeResult result, WebSocketOptions options)
    {
        Statistics.CountWebSocketHandshake(result);
        long second = MonotonicClock.Now.Nanoseconds / 1_000_000_000;
        if (result == WebSocketHandshakeResult.SubprotocolMissing && Interlocked.Exchange(ref _subprotocolLogged, second) != second)
        {
            LogSubprotocolMissing(connection.Remote.ToString(), options.Subprotocol);
        }
    }

    public void ReportFault(TcpConnection connection, Exception exception)
    {
        Statistics.CountFault();
        LogFault(connection.Id, exception);
    }

    /// <summary>Ends every connection and waits until each has reported it.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _closed, true);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        while (!_connections.IsEmpty)
        {
            foreach ((_, Entry entry) in _connections)
            {
                entry.Connection.Abort(ConnectionCloseReason.Shutdown);
                await entry.Completion.ConfigureAwait(false);
            }
        }
    }

    private static NetworkEndpoint SourceOf(NetworkEndpoint remote)
    {
        if (!remote.IsIPv6)
        {
            return remote.WithPort(0);
        }

        // A host chooses the lower 64 bits of its IPv6 address itself (RFC 4291 §2.5.1), so they say nothing about who it is.
        Span<byte> bytes = stackalloc byte[16];
        remote.CopyAddressTo(bytes);
        bytes[8..].Clear();
        return NetworkEndpoint.FromBytes(bytes, 0);
    }

    private static bool TryGetSource(Socket socket, out NetworkEndpoint source)
    {
        try
        {
            source = socket.RemoteEndPoint is IPEndPoint remote ? SourceOf(NetworkEndpoint.From(remote)) : default;
        }
        catch (SocketException)
        {
            // Reset between the accept and the question who it is.
            source = default;
        }

        return source.HasAddress;
    }

    private void Prepare(Socket socket)
    {
        if (Options.Dscp != 0)
        {
            // The system's names have none for IPv6; the two bits below the code point are TCP's own (RFC 3168), and the kernel keeps them.
            bool isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
            Span<byte> value = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(value, Options.Dscp << 2);
            socket.SetRawSocketOption(
                isIPv6 ? NativeSocketConstants.LevelIPv6 : NativeSocketConstants.LevelIPv4,
                isIPv6 ? NativeSocketConstants.TrafficClass : NativeSocketConstants.TypeOfService,
                value);
        }

        if (Options.ProbeAfter > TimeSpan.Zero)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Max(1, (int)Options.ProbeAfter.TotalSeconds));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)TcpLimits.ProbeInterval.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, TcpLimits.Probes);
        }
    }

    private void Release(NetworkEndpoint source, bool isOutbound)
    {
        Interlocked.Decrement(ref _count);
        _budget.Leave(source, isOutbound);
    }

    private bool TryReserve(NetworkEndpoint source, bool isOutbound)
    {
        if (Volatile.Read(ref _closed))
        {
            Statistics.CountRefusedByTotal();
            return false;
        }

        if (!_budget.TryEnter(source, isOutbound, Statistics))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    private void Sweep()
    {
        long now = MonotonicClock.Now.Nanoseconds;
        foreach ((_, Entry entry) in _connections)
        {
            entry.Connection.CheckDeadlines(now);
        }
    }

    [LoggerMessage(EventId = TransportEventIds.ConnectionFault, EventName = "ConnectionFault", Level = LogLevel.Error,
        Message = "Connection {ConnectionId} was closed by a fault of its reader.")]
    private partial void LogFault(long connectionId, Exception exception);

    [LoggerMessage(EventId = TransportEventIds.WebSocketSubprotocolMissing, EventName = "WebSocketSubprotocolMissing", Level = LogLevel.Warning,
        Message = "A WebSocket from {Remote} was refused: it does not offer the subprotocol {Subprotocol}.")]
    private partial void LogSubprotocolMissing(string remote, string subprotocol);

    private sealed class Entry(TcpConnection connection, NetworkEndpoint source)
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TcpConnection Connection => connection;

        public NetworkEndpoint Source => source;

        public Task Completion => _completion.Task;

        public void Run() => _ = RunAsync();

        private async Task RunAsync()
        {
            // Off the accepting thread, which has others to accept while the sink is told of this one.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await connection.RunAsync().ConfigureAwait(false);
            _completion.SetResult();
        }
    }
}
