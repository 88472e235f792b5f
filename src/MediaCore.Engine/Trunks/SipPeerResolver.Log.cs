using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Trunks;

/// <content>Log events 5620–5629. Host names are the operator's own configuration; addresses are left out.</content>
public sealed partial class SipPeerResolver
{
    [LoggerMessage(5620, LogLevel.Warning, "The target {Host} does not resolve ({Reason}); its last address, if any, stays in use.", EventName = "PeerLookupFailed")]
    private partial void LogLookupFailed(string host, string reason);

    [LoggerMessage(5621, LogLevel.Debug, "The target {Host} has {Count} addresses and now uses the first.", EventName = "PeerResolved")]
    private partial void LogResolved(string host, int count);
}
