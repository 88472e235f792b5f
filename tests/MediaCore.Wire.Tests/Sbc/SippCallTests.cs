using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Calls by SIPp through the server as a session border controller.</summary>
[Collection(MeasuredAlone.Name)]
public class SippCallTests
{
    private const string CallerAddress = "127.11.0.1";
    private const string CalleeAddress = "127.22.0.2";

    /// <summary>What only the caller's side may know; its port, tags and addresses are added by the test.</summary>
    private static readonly string[] CallerSecrets = [CallerAddress, "callertag", "callercontact", "calleragent", "callersecret", "callerorigin", "990017", "callersession", "callerid"];

    private static readonly string[] CalleeSecrets = [CalleeAddress, "calleetag", "calleecontact", "calleeagent", "calleesecret", "calleeorigin", "880017", "calleesession"];

    [Fact]
    public async Task TwoHundredCallsPerSecond_NoneFails_NothingIsRepeated_AndNeitherSideSeesTheOther()
    {
        // Acceptance is 2,000 calls; a machine that runs all tests does with fewer.
        int calls = int.TryParse(Environment.GetEnvironmentVariable("MEDIACORE_WIRE_CALLS"), out int wanted) ? wanted : 400;
        int calleePort = FreePorts.Next(System.Net.IPAddress.Parse(CalleeAddress));

        // 200 calls/s that last 0.5 s and whose ports rest for 2 s hold 2,000 ports. A peer that sends from one socket is served by one shard, and a shard
        // has only its share of the range, so the range must be that many times larger.
        int mediaPorts = Math.Min(2200 * Environment.ProcessorCount, 12_000);
        await using MediaCoreServer server = await MediaCoreServer.StartSbcAsync([$"sip:{CalleeAddress}:{calleePort}"], mediaPorts: mediaPorts);
        await WarmUpAsync(server, calleePort);

        // The peers' media sockets are not used: the ports are only names here.
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, calls, CalleeAddress, port: calleePort, more: ["-key", "rtp_port", "60002"]);
        await using SippProcess caller = await SippProcess.StartAsync(
            "caller", server.Udp, calls, CallerAddress, more: ["-s", "+12025550123", "-r", "200", "-d", "500", "-key", "rtp_port", "60001", "-cid_str", "callerid-%u-%p@%s"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();

        Assert.Equal((calls, 0, 0), (caller.ReadStatistic("SuccessfulCall(C)"), caller.ReadStatistic("FailedCall(C)"), caller.ReadStatistic("Retransmissions(C)")));
        Assert.Equal((calls, 0, 0), (callee.ReadStatistic("SuccessfulCall(C)"), callee.ReadStatistic("FailedCall(C)"), callee.ReadStatistic("Retransmissions(C)")));
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_sip_retransmissions_sent_total"));
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_sip_retransmissions_received_total"));

        IReadOnlyList<string> atCallee = callee.ReadReceived();
        Assert.Equal(calls * 3, atCallee.Count);
        AssertHidden(atCallee, [.. CallerSecrets, $":{caller.Port}", " 60001 "]);
        IReadOnlyList<string> atCaller = caller.ReadReceived();
        Assert.True(atCaller.Count >= calls * 4, $"{atCaller.Count} messages");
        AssertHidden(atCaller, [.. CalleeSecrets, $":{calleePort}", " 60002 "]);

        var records = server.ReadJournal().Where(static r => r.GetProperty("called").GetString() == "+12025550123").ToList();
        Assert.Equal(calls, records.Count);
        Assert.All(records, static r => Assert.Equal("completed", r.GetProperty("reason").GetString()));
        Assert.Equal(calls, records.Select(static r => r.GetProperty("call_id").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task CallsPass_WithTcpOnEitherLeg(bool callerOnTcp, bool calleeOnTcp)
    {
        const int calls = 20;
        int calleePort = FreePorts.Next();
        await using MediaCoreServer server = await MediaCoreServer.StartSbcAsync([$"sip:127.0.0.1:{calleePort}{(calleeOnTcp ? ";transport=tcp" : "")}"]);
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, calls, tcp: calleeOnTcp, port: calleePort, more: ["-key", "rtp_port", "60002"]);
        await using SippProcess caller = await SippProcess.StartAsync(
            "caller", callerOnTcp ? server.Tcp : server.Udp, calls, tcp: callerOnTcp, more: ["-s", "+12025550123", "-r", "20", "-d", "200", "-key", "rtp_port", "60001"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();
        var records = server.ReadJournal();
        Assert.Equal(calls, records.Count);
        foreach (var record in records)
        {
            Assert.Equal("completed", record.GetProperty("reason").GetString());
            Assert.StartsWith(callerOnTcp ? "tcp:" : "udp:", record.GetProperty("legs")[0].GetProperty("remote_address").GetString(), StringComparison.Ordinal);
            Assert.StartsWith(calleeOnTcp ? "tcp:" : "udp:", record.GetProperty("legs")[1].GetProperty("remote_address").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>The first calls of a process are compiled as they run; a carrier's server has them behind it.</summary>
    private static async Task WarmUpAsync(MediaCoreServer server, int calleePort)
    {
        const int calls = 50;
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, calls, CalleeAddress, port: calleePort, more: ["-key", "rtp_port", "60002"]);
        await using SippProcess caller = await SippProcess.StartAsync("caller", server.Udp, calls, CallerAddress, more: ["-s", "+12025550100", "-r", "50", "-d", "100", "-key", "rtp_port", "60001"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();
    }

    private static void AssertHidden(IReadOnlyList<string> messages, string[] secrets)
    {
        foreach (string message in messages)
        {
            foreach (string secret in secrets)
            {
                Assert.False(message.Contains(secret, StringComparison.Ordinal), $"\"{secret}\" shows in\n{message}");
            }
        }
    }
}
