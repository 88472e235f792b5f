using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>An SBC between two networks: each side sees addresses of its own alone, in signalling and media.</summary>
public class NetworkTests
{
    private const string Inside = "127.0.0.2";

    [Fact]
    public async Task Call_FromOutsideToInside_ShowsEachSideItsOwnNetwork_AndTalks()
    {
        int listener = FreePorts.Next(IPAddress.Parse(Inside));
        int ports = FreePorts.NextRange(40);
        await using SipPeer exchange = new(new IPEndPoint(IPAddress.Parse(Inside), listener), IPAddress.Parse("127.0.0.3"));
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "networks": [{ "name": "inside", "address": "{{Inside}}", "ports": "{{ports}}-{{ports + 39}}" }],
            "trunks": [{ "name": "exchange", "targets": ["sip:{{exchange.Local}}"], "from": ["127.0.0.3/32"], "network": "inside" }, { "name": "carrier", "from": ["127.0.0.1/32"] }],
            "routes": [{ "name": "in", "trunks": ["exchange"] }],
            "numbers": { "enabled": false }
            """,
            listen: $$"""{ "address": "udp://{{Inside}}:{{listener}}", "network": "inside" }""");
        await using SipPeer carrier = new(server.Udp);
        await using RtpEndpoint ear = new(450);
        await using RtpEndpoint mouth = new(900);
        SipDialog call = SipDialog.To(carrier, "+12025550100");
        call.SendInvite(SdpText.Audio(ear.Port));
        SipText invite = await exchange.ExpectRequestAsync("INVITE");
        Assert.Contains($"c=IN IP4 {Inside}\r\n", invite.Body, StringComparison.Ordinal);
        Assert.Contains($"{Inside}:{listener}", invite["Via"], StringComparison.Ordinal);
        Assert.Contains($"{Inside}:{listener}", invite["Contact"], StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", invite.ToString(), StringComparison.Ordinal);
        Assert.InRange(invite.AudioPort, ports, ports + 39);

        SipDialog offered = SipDialog.From(exchange, invite);
        mouth.Remote = new IPEndPoint(IPAddress.Parse(Inside), invite.AudioPort);
        offered.Answer(SdpText.Audio(mouth.Port));
        SipText answer = await call.ExpectInviteResponseAsync();
        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(Inside, answer.ToString(), StringComparison.Ordinal);
        call.SendAck();
        await offered.ExpectRequestAsync("ACK");
        ear.Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
        await RtpEndpoint.SpeakAsync([ear, mouth], 100);
        ear.AssertHeardTone(900);
        mouth.AssertHeardTone(450);
        Assert.Equal(1, await server.ReadMetricAsync("mediacore_rtp_ports{network=\"inside\",state=\"used\"}"));

        // Towards the caller the request of the one inside leaves by his network's listener.
        await offered.HangUpAsync();
        SipText bye = await call.ExpectRequestAsync("BYE");
        Assert.DoesNotContain(Inside, bye.ToString(), StringComparison.Ordinal);
        call.Respond(bye, 200, "OK");
    }
}
