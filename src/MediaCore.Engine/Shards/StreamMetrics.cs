using System.Diagnostics.Metrics;
using MediaCore.Engine.Signalling;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Engine.Shards;

/// <summary>The instruments of connections, read from the counters of listeners, connector and handshakes when somebody looks.</summary>
internal static class StreamMetrics
{
    private static readonly SipTransportKind[] s_kinds = [SipTransportKind.Tcp, SipTransportKind.Tls, SipTransportKind.Ws, SipTransportKind.Wss];

    public static void Watch(Meter meter, StreamFlows streams)
    {
        meter.CreateObservableUpDownCounter("mediacore.sip.connections", () => s_kinds.Select(k => new Measurement<long>(streams.Count(k), Transport(k))), "{connection}", "Open connections");
        meter.CreateObservableUpDownCounter("mediacore.sip.connections.aliases", () => streams.Aliases, "{connection}", "Connections of peers that take our requests (RFC 5923)");
        meter.CreateObservableCounter("mediacore.sip.connections.opened", () => s_kinds.Select(k => new Measurement<long>(streams.Sum(k, static s => s.Opened), Transport(k))), "{connection}", "Connections accepted or made");
        meter.CreateObservableCounter("mediacore.sip.connections.closed", () => ByReason(streams), "{connection}", "Connections by how they ended");
        meter.CreateObservableCounter("mediacore.sip.connections.refused", () => Refused(streams), "{connection}", "Connections closed as soon as accepted, for a bound");
        meter.CreateObservableCounter("mediacore.sip.tls.handshakes", () => Handshakes(streams), "{handshake}", "TLS handshakes by their result");
        meter.CreateObservableUpDownCounter("mediacore.sip.tls.handshakes.active", () => (long)(streams.TlsServer?.Handshakes ?? 0), "{handshake}", "TLS handshakes of peers under way");
        meter.CreateObservableCounter("mediacore.sip.websocket.requests", () => Requests(streams), "{request}", "Opening requests of WebSocket by their result");
    }

    private static KeyValuePair<string, object?> Transport(SipTransportKind kind) => new("transport", ListenerIdentity.NameOf(kind));

    private static IEnumerable<Measurement<long>> ByReason(StreamFlows streams)
    {
        for (ConnectionCloseReason reason = ConnectionCloseReason.PeerClosed; reason <= ConnectionCloseReason.Fault; reason++)
        {
            ConnectionCloseReason counted = reason;
            yield return new Measurement<long>(s_kinds.Sum(k => streams.Sum(k, s => s.Closed(counted))), new KeyValuePair<string, object?>("reason", reason.ToString()));
        }
    }

    private static Measurement<long>[] Refused(StreamFlows streams) =>
    [
        new(s_kinds.Sum(k => streams.Sum(k, static s => s.RefusedByTotal)), new KeyValuePair<string, object?>("bound", "total")),
        new(s_kinds.Sum(k => streams.Sum(k, static s => s.RefusedBySource)), new KeyValuePair<string, object?>("bound", "source")),
    ];

    private static IEnumerable<Measurement<long>> Handshakes(StreamFlows streams)
    {
        for (TlsHandshakeResult result = TlsHandshakeResult.Completed; result <= TlsHandshakeResult.LimitReached; result++)
        {
            var tag = new KeyValuePair<string, object?>("result", result.ToString());
            yield return new Measurement<long>(streams.TlsServer?.Statistics.Count(result) ?? 0, tag, new("role", "server"));
            yield return new Measurement<long>(streams.TlsClient.Statistics.Count(result), tag, new("role", "client"));
        }
    }

    private static IEnumerable<Measurement<long>> Requests(StreamFlows streams)
    {
        for (WebSocketHandshakeResult result = WebSocketHandshakeResult.Accepted; result <= WebSocketHandshakeResult.TooLarge; result++)
        {
            WebSocketHandshakeResult counted = result;
            yield return new Measurement<long>(s_kinds.Sum(k => streams.Sum(k, s => s.WebSocketHandshakes(counted))), new KeyValuePair<string, object?>("result", result.ToString()));
        }
    }
}
