using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>Number mode as it starts by itself: a phone registers as the first account and somebody calls the demo number.</summary>
public class DemoNumberTests
{
    private const string DemoNumber = "+12025550100";
    private const int CallerHertz = 450;
    private const int PhoneHertz = 1000;

    [Fact]
    public async Task DemoNumber_CalledBySipp_RingsTheBaresipPhone_AndVoicePassesBothWays()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync();
        await using BaresipPhone phone = await BaresipPhone.StartAsync(server, "1001", await server.ReadPasswordAsync("1001"), PhoneHertz);
        await phone.WaitUntilRegisteredAsync();

        await using RtpEndpoint media = new(CallerHertz);
        await using SippProcess caller = await SippProcess.StartAsync("caller", server.Udp, 1, more: ["-s", DemoNumber, "-d", "4000", "-key", "rtp_port", $"{media.Port}"]);
        await phone.WaitForAsync("Call established");
        await media.FirstPacket.WaitAsync(Eventually.Patience);
        await RtpEndpoint.SpeakAsync([media], 150);
        await caller.ExpectSuccessAsync();

        media.AssertHeardTone(PhoneHertz);
        RtpEndpoint.AssertTone(await phone.ReadHeardAsync(), CallerHertz);

        IReadOnlyDictionary<string, object?> call = await server.WaitForOnlyCallAsync();
        Assert.Equal("+12025550198", call["caller"]);
        Assert.Equal(DemoNumber, call["called"]);
        Assert.Equal(DemoNumber, call["number"]);
        Assert.Equal(("completed", "caller", 200L, 16L), (call["reason"], call["ended_by"], call["sip_status"], call["q850_cause"]));
        Assert.NotNull(call["ringing_at_ms"]);
        Assert.InRange((long)call["ended_at_ms"]! - (long)call["answered_at_ms"]!, 3900, 6000);

        var legs = await server.ReadLegsAsync();
        Assert.Equal(2, legs.Count);
        Assert.Equal((1L, 0L), (legs[0]["inbound"], legs[1]["inbound"]));
        Assert.Equal("1001", legs[1]["peer"]);
        foreach (var leg in legs)
        {
            Assert.Equal("PCMU/8000", leg["codec"]);
            Assert.Equal(0L, leg["received_lost"]);
        }

        // What one side sent is what the other was sent, and as much as the endpoint counted.
        Assert.Equal((long)media.Sent, legs[0]["received_packets"]);
        Assert.Equal((long)media.Sent, legs[1]["sent_packets"]);
        Assert.Equal(legs[1]["received_packets"], legs[0]["sent_packets"]);
        Assert.InRange((long)legs[1]["received_packets"]!, 150, 250);

        (int code, string listed) = await server.RunAsync("calls", "list", "--json");
        Assert.Equal(0, code);
        Assert.Contains((string)call["call_id"]!, listed, StringComparison.Ordinal);
        (code, listed) = await server.RunAsync("calls", "list");
        Assert.Equal(0, code);
        Assert.Contains(DemoNumber, listed, StringComparison.Ordinal);
    }
}
