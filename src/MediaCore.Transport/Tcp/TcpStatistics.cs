using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tcp;

/// <summary>Counters of a listener's or connector's connections since its start; read from any thread.</summary>
public sealed class TcpStatistics
{
    private readonly long[] _closed = new long[(int)ConnectionCloseReason.Fault + 1];
    private long _opened;
    private long _frames;
    private long _keepAlives;
    private long _refusedByTotal;
    private long _refusedBySource;
    private long _resetBeforeUse;
    private long _acceptFailures;
    private readonly long[] _webSocketHandshakes = new long[(int)WebSocketHandshakeResult.TooLarge + 1];
    private long _faults;

    /// <summary>Connections accepted or made.</summary>
    public long Opened => Volatile.Read(ref _opened);

    /// <summary>Messages received.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Keep-alive pings answered.</summary>
    public long KeepAlives => Volatile.Read(ref _keepAlives);

    /// <summary>Connections refused at <see cref="TcpOptions.MaxConnections"/>.</summary>
    public long RefusedByTotal => Volatile.Read(ref _refusedByTotal);

    /// <summary>Connections refused at <see cref="TcpOptions.MaxConnectionsPerSource"/>.</summary>
    public long RefusedBySource => Volatile.Read(ref _refusedBySource);

    /// <summary>Connections that were gone before they could be used.</summary>
    public long ResetBeforeUse => Volatile.Read(ref _resetBeforeUse);

    /// <summary>Accepts that the system refused (no descriptors).</summary>
    public long AcceptFailures => Volatile.Read(ref _acceptFailures);

    /// <summary>Exceptions of the sink or the scanner: defects of ours.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Opening requests of WebSocket that led to that.</summary>
    public long WebSocketHandshakes(WebSocketHandshakeResult result) => Volatile.Read(ref _webSocketHandshakes[(int)result]);

    /// <summary>Connections that ended for that reason.</summary>
    public long Closed(ConnectionCloseReason reason) => Volatile.Read(ref _closed[(int)reason]);

    internal void CountWebSocketHandshake(WebSocketHandshakeResult result) => Interlocked.Increment(ref _webSocketHandshakes[(int)result]);

    internal void CountOpened() => Interlocked.Increment(ref _opened);

    internal void CountFrame() => Interlocked.Increment(ref _frames);

    internal void CountKeepAlive() => Interlocked.Increment(ref _keepAlives);

    internal void CountRefusedByTotal() => Interlocked.Increment(ref _refusedByTotal);

    internal void CountRefusedBySource() => Interlocked.Increment(ref _refusedBySource);

    internal void CountResetBeforeUse() => Interlocked.Increment(ref _resetBeforeUse);

    internal void CountAcceptFailure() => Interlocked.Increment(ref _acceptFailures);

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountClosed(ConnectionCloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);
}
