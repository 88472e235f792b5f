using System.Net;
using System.Net.Sockets;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Name servers that never answer must not be noticed by calls: nothing on a shard waits for the DNS.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class SilentDnsTests
{
    private const string CalleeAddress = "127.22.0.6";

    [Fact]
    public async Task FiftyCallsPerSecond_ByALiteralTrunk_WhileTheDnsIsSilent_NoneFails_AndNothingIsRepeated()
    {
        const int warmUp = 30;
        const int calls = 250;
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int nameServer = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        int calleePort = FreePorts.Next(IPAddress.Parse(CalleeAddress));

        // The second trunk's name is asked for all the time, and the callee's Contact is a name: one more question for each call.
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [
              { "name": "carrier-a", "targets": ["sip:{{CalleeAddress}}:{{calleePort}}"], "from": ["127.0.0.0/8"] },
              { "name": "carrier-b", "targets": ["sip:silent.carrier.example", "sip:mute.carrier.example:5070"] } ],
            "routes": [ { "name": "all", "match": { "to": "+1*" }, "trunks": ["carrier-a"] } ],
            "numbers": { "enabled": false }
            """,
            sip: $$"""
            "dns": { "servers": ["127.0.0.1:{{nameServer}}"], "timeoutSeconds": 2, "tryTimeoutSeconds": 1 }
            """,
            mediaPorts: 1200 * Environment.ProcessorCount);
        await RunAsync(server, calleePort, warmUp, 30);
        double repeated = await server.ReadMetricAsync("mediacore_sip_retransmissions_sent_total") + await server.ReadMetricAsync("mediacore_sip_retransmissions_received_total");
        await RunAsync(server, calleePort, calls, 50);
        Assert.Equal(repeated, await server.ReadMetricAsync("mediacore_sip_retransmissions_sent_total") + await server.ReadMetricAsync("mediacore_sip_retransmissions_received_total"));
        Assert.True(silent.Available > 0, "the name server was not even asked");
        Assert.Equal(warmUp + calls, server.ReadJournal().Count(static r => r.GetProperty("reason").GetString() == "completed"));

        // The trunks' names make some three questions in 5 s; the rest are those of the calls.
        await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_sip_dns_queries_total"), static count => count > 30, "questions of the calls, given up");
    }

    private static async Task RunAsync(MediaCoreServer server, int calleePort, int calls, int rate)
    {
        await using SippProcess callee = await SippProcess.StartAsync("callee-named", null, calls, CalleeAddress, port: calleePort, more: ["-key", "rtp_port", "17002"]);
        await using SippProcess caller = await SippProcess.StartAsync("caller", server.Udp, calls, more: ["-s", "+12025550123", "-r", $"{rate}", "-d", "500", "-key", "rtp_port", "17001"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();
        foreach (SippProcess side in new[] { caller, callee })
        {
            Assert.Equal((calls, 0, 0), (side.ReadStatistic("SuccessfulCall(C)"), side.ReadStatistic("FailedCall(C)"), side.ReadStatistic("Retransmissions(C)")));
        }
    }
}
