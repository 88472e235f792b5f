using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>baresip phones with RTP and RTCP on one port, where the server asks for nothing else.</summary>
public class RtcpMuxPhoneTests
{
    [Fact]
    public async Task PhonesWithRtcpMux_TalkAndReport_AndAPhoneWithoutIsRefused()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(sip: "\"accountRtcpMux\": \"require\"");
        await using BaresipPhone callee = await StartAsync(server, "1002", 1000, true);
        await using (BaresipPhone caller = await StartAsync(server, "1001", 450, true))
        {
            await caller.Control.CommandAsync("dial", "1002");
            await caller.Control.WaitForAsync("CALL_ESTABLISHED");
            await callee.Control.WaitForAsync("CALL_ESTABLISHED");

            // Their reports come on the ports of their sound; there is no other. A phone's first is due within seconds.
            await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_rtp_rtcp_relayed_total"), static n => n >= 2, "reports of the phones");
            await callee.WaitUntilHeardAsync(TimeSpan.FromSeconds(1.2));
            await caller.WaitUntilHeardAsync(TimeSpan.FromSeconds(1.2));
            await callee.Control.CommandAsync("hangup");
            await caller.Control.WaitForAsync("CALL_CLOSED");
            RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), 450);
            RtpEndpoint.AssertTone(await caller.ReadHeardAsync(), 1000);
        }

        await using BaresipPhone plain = await StartAsync(server, "1001", 450, false);
        await plain.Control.CommandAsync("dial", "1002");
        Assert.Contains("488", await plain.Control.WaitForAsync("CALL_CLOSED"), StringComparison.Ordinal);
    }

    private static async Task<BaresipPhone> StartAsync(MediaCoreServer server, string account, int hertz, bool rtcpMux)
    {
        BaresipPhone phone = await BaresipPhone.StartAsync(server, account, await server.ReadPasswordAsync(account), hertz, rtcpMux: rtcpMux);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }
}
