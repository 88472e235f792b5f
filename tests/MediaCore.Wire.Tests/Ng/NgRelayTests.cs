using System.Net;
using System.Text.Json.Nodes;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Ng;

/// <summary>The server as the relay of others: of Kamailio through its rtpengine module, and of a controller of ours.</summary>
public class NgRelayTests
{
    private static Task<MediaCoreServer> StartAsync(int port) => MediaCoreServer.StartAsync($$"""
        "numbers": { "enabled": false }, "ng": { "listen": "udp://127.0.0.1:{{port}}" }
        """);

    [Fact]
    public async Task Calls_OfKamailio_AreHeardBothWays_AndTheirEndFreesThePorts()
    {
        int port = FreePorts.Next();
        await using MediaCoreServer server = await StartAsync(port);
        await using SipPeer callee = new(new IPEndPoint(IPAddress.Loopback, 9));
        await using KamailioRelayUser kamailio = await KamailioRelayUser.StartAsync(port, callee.Local);
        callee.Server = kamailio.Local;
        await using SipPeer caller = new(kamailio.Local);
        await using RtpEndpoint outer = new(450, 1);
        await using RtpEndpoint inner = new(1000, 2);

        SipDialog call = SipDialog.To(caller, "+12025550100");
        call.SendInvite(SdpText.Audio(outer.Port));
        SipText invite = await callee.ExpectRequestAsync("INVITE", Eventually.Patience);
        Assert.NotEqual(outer.Port, invite.AudioPort);
        SipDialog called = SipDialog.From(callee, invite);
        called.Answer(SdpText.Audio(inner.Port));
        SipText answer = await call.ExpectInviteResponseAsync(limit: Eventually.Patience);
        Assert.Equal(200, answer.Status);
        Assert.NotEqual(inner.Port, answer.AudioPort);
        call.SendAck();
        await called.ExpectRequestAsync("ACK");

        outer.Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
        inner.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);
        await RtpEndpoint.SpeakAsync([outer, inner], 100);
        await Eventually.IsAsync(() => outer.Received + inner.Received, static n => n == 200, "every packet of both");
        outer.AssertHeardTone(1000);
        inner.AssertHeardTone(450);

        // A re-INVITE keeps the ports.
        call.SendInvite(SdpText.Audio(outer.Port, version: 2));
        SipText again = await callee.ExpectRequestAsync("INVITE");
        Assert.Equal(invite.AudioPort, again.AudioPort);
        called.Respond(again, 200, "OK", SdpText.Audio(inner.Port, version: 2));
        Assert.Equal(answer.AudioPort, (await call.ExpectInviteResponseAsync()).AudioPort);
        call.SendAck();
        await called.ExpectRequestAsync("ACK");

        Task<SipText> hungUp = called.ExpectHangUpAsync();
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        await hungUp;
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_ng_sessions"));
        Assert.Equal(1, await server.ReadMetricAsync("mediacore_ng_sessions_started_total"));
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_ng_sessions_incomplete_total"));

        // What the module reads of a query.
        string relayed = await kamailio.Process.WaitForLineAsync(static l => l.Contains("relayed: ", StringComparison.Ordinal), "the statistics");
        Assert.Contains("200 packets", relayed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARepeatedRequest_GetsTheSameAnswer_AndStatisticsAndListsTell()
    {
        int port = FreePorts.Next();
        await using MediaCoreServer server = await StartAsync(port);
        using NgClient client = new(port);
        Assert.Equal("pong", (string?)(await client.AskAsync(new JsonObject { ["command"] = "ping" }))["result"]);
        JsonObject offer = new() { ["command"] = "offer", ["call-id"] = "c1", ["from-tag"] = "a", ["sdp"] = SdpText.Audio(40_000), ["flags"] = new JsonArray("sing") };
        JsonObject first = await client.AskAsync(offer, "the-same");
        JsonObject second = await client.AskAsync(offer, "the-same");
        Assert.Equal(("ok", "ignored: sing"), ((string?)first["result"], (string?)first["warning"]));
        Assert.Equal((string?)first["sdp"], (string?)second["sdp"]);
        Assert.Equal(1, await server.ReadMetricAsync("mediacore_ng_requests_repeated_total"));
        Assert.Equal("c1", (string?)Assert.Single((await client.AskAsync(new JsonObject { ["command"] = "list" }))["calls"]!.AsArray()));
        JsonNode statistics = (await client.AskAsync(new JsonObject { ["command"] = "statistics" }))["statistics"]!;
        Assert.Equal(1, (int?)statistics["currentstatistics"]!["sessionstotal"]);
        Assert.Equal("ok", (string?)(await client.AskAsync(new JsonObject { ["command"] = "delete", ["call-id"] = "c1", ["from-tag"] = "a" }))["result"]);
        Assert.Empty((await client.AskAsync(new JsonObject { ["command"] = "list" }))["calls"]!.AsArray());
        Assert.Single(server.Process.Output.Split('\n'), static l => l.Contains("NgWordUnknown", StringComparison.Ordinal));
    }
}
