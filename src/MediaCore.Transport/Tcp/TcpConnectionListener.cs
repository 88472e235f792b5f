using System.Net;
using System.Net.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Transport.Tcp;

/// <summary>Accepts stream connections on one address and runs them within the bounds of <see cref="TcpOptions"/>.</summary>
public sealed partial class TcpConnectionListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly TcpConnectionTable _table;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;
    private int _started;
    private int _disposed;

    private TcpConnectionListener(Socket socket, TcpOptions options, ILogger logger, TcpConnectionBudget? budget)
    {
        _socket = socket;
        _logger = logger;
        _table = new TcpConnectionTable(options, logger, budget);
        LocalEndpoint = NetworkEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>The address it is bound to; after a bind to port 0, with the port that the system chose.</summary>
    public NetworkEndpoint LocalEndpoint { get; }

    /// <summary>Connections that are open.</summary>
    public int ConnectionCount => _table.Count;

    /// <summary>What happened so far.</summary>
    public TcpStatistics Statistics => _table.Statistics;

    /// <summary>Opens the listening socket; nothing is accepted before <see cref="Start"/>.</summary>
    /// <param name="local">Address and port.</param>
    /// <param name="options">The bounds; defaults when null.</param>
    /// <param name="logger">For faults.</param>
    /// <param name="budget">The places that it shares with others; null for its own, as many as the options say.</param>
    /// <exception cref="SocketBindException">The system refused; the message is for the operator.</exception>
    public static TcpConnectionListener Bind(NetworkEndpoint local, TcpOptions? options = null, ILogger? logger = null, TcpConnectionBudget? budget = null)
    {
        if (!local.HasAddress)
        {
            throw new ArgumentException("There is no address to bind to.", nameof(local));
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(local.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (local.IsIPv6)
            {
                socket.DualMode = false;
            }

            socket.Bind(local.ToIPEndPoint());
            socket.Listen(TcpLimits.Backlog);
            return new TcpConnectionListener(socket, options ?? new TcpOptions(), logger ?? NullLogger.Instance, budget);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new SocketBindException("tcp", local, exception.NativeErrorCode);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Starts accepting.</summary>
    /// <param name="sink">Where the connections report.</param>
    /// <param name="newScanner">Makes the frame scanner of a connection.</param>
    /// <param name="tls">Encrypts the connections; null for none.</param>
    /// <param name="webSocket">Who may connect by WebSocket; null for connections that carry bare messages.</param>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    public void Start(IConnectionSink sink, Func<IFrameScanner> newScanner, TlsServer? tls = null, WebSocketOptions? webSocket = null)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The listener was started before.");
        }

        _accepting = AcceptAsync(sink, new ConnectionProtocol(newScanner, tls, webSocket), _stop.Token);
    }

    /// <summary>Accepts no more; the connections that are open live on.</summary>
    public void StopAccepting()
    {
        if (Volatile.Read(ref _disposed) == 0)
        {
            _stop.Cancel();
            _socket.Dispose();
        }
    }

    /// <summary>Ends everything; the sink has been told of every closed connection when it completes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        await _table.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync(IConnectionSink sink, ConnectionProtocol protocol, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket accepted = await _socket.AcceptAsync(stop).ConfigureAwait(false);
                accepted.NoDelay = true;
                _table.TryAdd(accepted, secured: null, isOutbound: false, tag: null, sink, protocol);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                await RecoverAsync(exception, stop).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A scanner that can't be made costs its connection, not the listener.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Statistics.CountFault();
                LogAcceptFailed(exception);
            }
        }
    }

    private async Task RecoverAsync(SocketException exception, CancellationToken stop)
    {
        Statistics.CountAcceptFailure();
        LogAcceptFailed(exception);
        if (exception.SocketErrorCode is not (SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable))
        {
            return;
        }

        try
        {
            await Task.Delay(TcpLimits.AcceptPause, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the loop looks at the token next.
            return;
        }
    }

    [LoggerMessage(EventId = TransportEventIds.AcceptFailed, EventName = "AcceptFailed", Level = LogLevel.Warning,
        Message = "A connection could not be accepted.")]
    private partial void LogAcceptFailed(Exception exception);
}
