using System.Net.Security;
using System.Net.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Transport.Tcp;

/// <summary>
/// Opens stream connections and runs them as the listener runs its own. Which connection is used again for which destination is its user's
/// decision (RFC 3261 §18.1.1).
/// </summary>
public sealed class TcpConnector : IAsyncDisposable
{
    private readonly TcpConnectionTable _table;
    private readonly IConnectionSink _sink;
    private readonly ConnectionProtocol _protocol;

    /// <summary>Makes a connector.</summary>
    /// <param name="sink">Where the connections report; it hears nothing of attempts that fail.</param>
    /// <param name="newScanner">Makes the frame scanner of a connection.</param>
    /// <param name="options">The bounds; defaults when null.</param>
    /// <param name="logger">For faults.</param>
    /// <param name="budget">The places that it shares with others; null for its own, as many as the options say.</param>
    public TcpConnector(IConnectionSink sink, Func<IFrameScanner> newScanner, TcpOptions? options = null, ILogger? logger = null, TcpConnectionBudget? budget = null)
    {
        _sink = sink;
        _protocol = new ConnectionProtocol(newScanner);
        _table = new TcpConnectionTable(options ?? new TcpOptions(), logger ?? NullLogger.Instance, budget);
    }

    /// <summary>Connections that are open.</summary>
    public int ConnectionCount => _table.Count;

    /// <summary>What happened so far.</summary>
    public TcpStatistics Statistics => _table.Statistics;

    /// <summary>As <see cref="ConnectWithResultAsync"/>, for callers that treat all failures alike.</summary>
    /// <returns>Null when there is no connection.</returns>
    public async ValueTask<TcpConnection?> ConnectAsync(
        NetworkEndpoint remote, TimeSpan timeout, object? tag = null, NetworkEndpoint local = default, CancellationToken cancellationToken = default) =>
        (await ConnectWithResultAsync(remote, timeout, tag, local, cancellationToken: cancellationToken).ConfigureAwait(false)).Connection;

    /// <summary>Opens a connection. Does not throw for anything that the network or the peer does.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="timeout">For the attempt; <see cref="TcpLimits.ConnectTimeout"/> is usual.</param>
    /// <param name="tag">The connection's <see cref="TcpConnection.Tag"/>, set before its first message can come.</param>
    /// <param name="local">The address to come from; <c>default</c> lets the system choose.</param>
    /// <param name="tls">Encrypts the connection; null for none.</param>
    /// <param name="serverName">With <paramref name="tls"/>, the domain dialled, which the peer's certificate must be for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<TcpConnectResult> ConnectWithResultAsync(
        NetworkEndpoint remote, TimeSpan timeout, object? tag = null, NetworkEndpoint local = default, TlsClient? tls = null, string serverName = "", CancellationToken cancellationToken = default)
    {
        if (!remote.HasAddress || remote.Port == 0)
        {
            return new TcpConnectResult(null, TcpConnectError.Unreachable);
        }

        if (_table.IsFull)
        {
            _table.Statistics.CountRefusedByTotal();
            return new TcpConnectResult(null, TcpConnectError.LimitReached);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        Socket? socket = null;
        try
        {
            socket = new Socket(remote.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (local.HasAddress)
            {
                socket.Bind(local.ToIPEndPoint());
            }

            await socket.ConnectAsync(remote.ToIPEndPoint(), deadline.Token).ConfigureAwait(false);
            SecuredStream? secured = null;
            if (tls is not null)
            {
                (SslStream? stream, TlsPeer? peer, TlsHandshakeResult result) = await tls.AuthenticateAsync(new NetworkStream(socket, ownsSocket: false), serverName, deadline.Token).ConfigureAwait(false);
                if (stream is null || peer is null)
                {
                    return new TcpConnectResult(null, FromHandshake(result, cancellationToken));
                }

                secured = new SecuredStream(stream, peer);
            }

            TcpConnection? connection = _table.TryAdd(socket, secured, isOutbound: true, tag, _sink, _protocol);
            socket = null;
            return new TcpConnectResult(connection, connection is null ? TcpConnectError.LimitReached : TcpConnectError.None);
        }
        catch (OperationCanceledException)
        {
            return new TcpConnectResult(null, cancellationToken.IsCancellationRequested ? TcpConnectError.Cancelled : TcpConnectError.TimedOut);
        }
        catch (SocketException exception)
        {
            return new TcpConnectResult(null, FromSocketError(exception.SocketErrorCode));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Ends every connection; the sink has been told of each when it completes.</summary>
    public ValueTask DisposeAsync() => _table.DisposeAsync();

    private static TcpConnectError FromHandshake(TlsHandshakeResult result, CancellationToken cancellationToken) => result switch
    {
        TlsHandshakeResult.CertificateRefused => TcpConnectError.CertificateRefused,
        TlsHandshakeResult.TimedOut => cancellationToken.IsCancellationRequested ? TcpConnectError.Cancelled : TcpConnectError.TimedOut,
        _ => TcpConnectError.TlsFailed,
    };

    private static TcpConnectError FromSocketError(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => TcpConnectError.Refused,
        SocketError.TimedOut => TcpConnectError.TimedOut,
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.AddressNotAvailable => TcpConnectError.Unreachable,
        _ => TcpConnectError.Failed,
    };
}
