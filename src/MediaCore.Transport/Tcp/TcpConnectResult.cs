namespace MediaCore.Transport.Tcp;

/// <summary>A connection, or why there is none.</summary>
/// <param name="Connection">The connection; null unless <paramref name="Error"/> is <see cref="TcpConnectError.None"/>.</param>
/// <param name="Error">Why not.</param>
public readonly record struct TcpConnectResult(TcpConnection? Connection, TcpConnectError Error);
