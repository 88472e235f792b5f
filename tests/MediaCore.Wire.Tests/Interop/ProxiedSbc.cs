using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>A server whose calls go to a Kamailio first and to a second trunk when that fails; the caller and who stands behind the Kamailio are the test's.</summary>
internal sealed class ProxiedSbc : IAsyncDisposable
{
    /// <summary>A burst of calls to a process that has just started, on a busy machine, is overload and gets 503; these tests are about the carriers' troubles, not the server's.</summary>
    public const string NoOverload = "\"defence\": { \"overload\": { \"enabled\": false } }";

    private ProxiedSbc(MediaCoreServer server, KamailioProxy proxy, SipPeer caller, SipPeer first, SipPeer second)
    {
        Server = server;
        Proxy = proxy;
        Caller = caller;
        First = first;
        Second = second;
    }

    public MediaCoreServer Server { get; }

    public KamailioProxy Proxy { get; }

    public SipPeer Caller { get; }

    /// <summary>Behind the proxy; answers through it.</summary>
    public SipPeer First { get; }

    /// <summary>Behind the proxy too, and a trunk by itself; answers the server until <see cref="SipPeer.Server"/> says otherwise.</summary>
    public SipPeer Second { get; }

    /// <param name="proxy">Further members of the proxy's trunk.</param>
    public static async Task<ProxiedSbc> StartAsync(string proxy = "")
    {
        IPEndPoint nowhere = new(IPAddress.Loopback, 9);
        SipPeer first = new(nowhere, IPAddress.Parse("127.0.0.2"));
        SipPeer second = new(nowhere, IPAddress.Parse("127.0.0.3"));
        KamailioProxy kamailio = await KamailioProxy.StartAsync(first.Local, second.Local);
        MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [
              { "name": "pbx", "from": ["127.0.0.1/32"] },
              { "name": "proxy", "targets": ["sip:{{kamailio.Local}}"]{{(proxy.Length == 0 ? "" : ", " + proxy)}} },
              { "name": "second", "targets": ["sip:{{second.Local}}"], "from": ["127.0.0.3/32"] }
            ],
            "routes": [ { "name": "out", "match": { "to": "+1*" }, "trunks": ["proxy", "second"] } ],
            "numbers": { "enabled": false }
            """,
            sip: NoOverload,
            mediaPorts: 1_600);
        first.Server = kamailio.Local;
        second.Server = server.Udp;
        return new ProxiedSbc(server, kamailio, new SipPeer(server.Udp), first, second);
    }

    /// <summary>Answers with the route that the request recorded.</summary>
    public static void Respond(SipDialog dialog, SipText request, int status, string reason, string? sdp = null) =>
        dialog.Respond(request, status, reason, sdp, [.. request.All("Record-Route").Select(static r => "Record-Route: " + r)]);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Proxy.DisposeAsync();
        await Caller.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
