using System.Net.Security;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tcp;

/// <summary>What the connections of one listener or connector carry.</summary>
/// <param name="NewScanner">Makes the frame scanner of a connection; not used inside WebSocket, which frames by itself.</param>
/// <param name="Tls">Encrypts connections that were accepted; null for none.</param>
/// <param name="WebSocket">Who may open WebSocket connections; null for none.</param>
internal sealed record ConnectionProtocol(Func<IFrameScanner> NewScanner, TlsServer? Tls = null, WebSocketOptions? WebSocket = null);

/// <summary>An outbound connection whose TLS handshake is done.</summary>
/// <param name="Stream">The encrypted stream over the socket.</param>
/// <param name="Peer">Who is at its other end.</param>
internal sealed record SecuredStream(SslStream Stream, TlsPeer Peer);
