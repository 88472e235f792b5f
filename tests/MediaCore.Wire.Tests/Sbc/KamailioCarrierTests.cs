using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Kamailio as a carrier that demands registration, and digest for calls and their BYE.</summary>
public sealed class KamailioCarrierTests
{
    [Fact]
    public async Task Carrier_IsRegisteredWith_CalledByDigest_AndRegisteredWithAgainAfterItsRestart()
    {
        int calleePort = FreePorts.Next();
        await using KamailioCarrier carrier = new(calleePort);
        await carrier.StartAsync();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [
              { "name": "pbx", "from": ["127.0.0.0/8"] },
              { "name": "carrier", "targets": ["sip:127.0.0.1:{{carrier.Port}}"],
                "credentials": { "user": "{{KamailioCarrier.User}}", "password": "{{KamailioCarrier.Password}}", "realm": "{{KamailioCarrier.Realm}}" },
                "registration": { "domain": "{{KamailioCarrier.Realm}}", "expiresSeconds": 3, "minRetrySeconds": 1, "maxRetrySeconds": 2 },
                "probe": { "intervalSeconds": 1, "timeoutSeconds": 1, "failures": 1, "statuses": ["2xx", "404"] } }
            ],
            "routes": [ { "name": "out", "match": { "to": "+1*" }, "trunks": ["carrier"] } ],
            "numbers": { "enabled": false }
            """);
        await using SipPeer asker = new(new IPEndPoint(IPAddress.Loopback, carrier.Port));
        await Eventually.IsAsync(() => carrier.AskAsync(asker), static status => status == 200, "registered");
        await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_sip_trunk_registered"), static registered => registered == 1, "the metric says so");

        await CallAsync(server, calleePort);

        await carrier.StopAsync();
        await Eventually.IsAsync(
            async () => (await server.RunAsync("trunks", $"--http:listen={server.HttpRoot.ToString().TrimEnd('/')}")).Output,
            static table => table.Contains("carrier", StringComparison.Ordinal) && table.Contains("down", StringComparison.Ordinal),
            "the carrier is down");
        await carrier.StartAsync();
        await Eventually.IsAsync(() => carrier.AskAsync(asker), static status => status == 200, "registered again");
        await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_sip_trunk_up"), static up => up == 2, "both trunks up");
        await CallAsync(server, calleePort);

        // A stop takes the registration back.
        server.Process.Signal(ChildProcess.Sigterm);
        Assert.Equal(0, await server.Process.WaitForExitAsync());
        Assert.Equal(404, await carrier.AskAsync(asker));
        Assert.DoesNotContain(KamailioCarrier.Password, server.Process.Output, StringComparison.Ordinal);
        Assert.All(server.ReadJournal(), static record => Assert.Equal("carrier", record.GetProperty("outbound_trunk").GetString()));
    }

    private static async Task CallAsync(MediaCoreServer server, int calleePort)
    {
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, 1, port: calleePort, more: ["-key", "rtp_port", "17002"]);
        await using SippProcess caller = await SippProcess.StartAsync("caller", server.Udp, 1, more: ["-s", "+12025550123", "-d", "200", "-key", "rtp_port", "17001"]);
        await caller.ExpectSuccessAsync();

        // Its BYE was challenged on the way and came nevertheless.
        await callee.ExpectSuccessAsync();
        Assert.DoesNotContain(callee.ReadReceived().Take(1), static m => m.Contains("Authorization", StringComparison.OrdinalIgnoreCase));
    }
}
