using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MediaCore.Rtp.Rtcp;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>RTCP through a call: what comes out of the server's sockets, as Wireshark reads it.</summary>
public class RtcpTests
{
    private static readonly byte[] s_time = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

    /// <summary>The caller has a port of its own for RTCP and asks for metrics; the callee reports by itself once, to the RTP port.</summary>
    [Fact]
    public async Task Reports_OfOurs_AndRelayedOnes_AreWhatWiresharkTakesForRtcp()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        await using RtpEndpoint callerMedia = new(450, 0x1111_1111);
        await using RtpEndpoint calleeMedia = new(1000, 0x2222_2222);
        using Socket control = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        control.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(callerMedia.Port) + $"a=rtcp:{((IPEndPoint)control.LocalEndPoint!).Port}\r\na=rtcp-xr:voip-metrics\r\n");
        SipText invite = await sbc.Carrier.ExpectRequestAsync("INVITE");
        SipDialog callee = SipDialog.From(sbc.Carrier, invite);
        callee.Answer(SdpText.Audio(calleeMedia.Port));
        SipText answer = await caller.ExpectInviteResponseAsync();
        caller.SendAck();
        await callee.ExpectRequestAsync("ACK");
        callerMedia.Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
        calleeMedia.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);

        // They talk until the first report has come: after about six seconds.
        using CancellationTokenSource patience = new(Eventually.Patience);
        using CancellationTokenSource enough = new();
        Task talk = RtpEndpoint.SpeakAsync([callerMedia, calleeMedia], 50 * 60, enough.Token);
        List<byte[]> datagrams = [await ReceiveAsync(control, static _ => true, patience.Token)];

        // The callee's own report is relayed, under another name.
        byte[] report = new byte[128];
        int length = WriteReport(report);
        calleeMedia.SendRaw(report.AsSpan(0, length), calleeMedia.Remote);
        datagrams.Add(await ReceiveAsync(control, static packet => packet.AsSpan(8, 8).SequenceEqual(s_time), patience.Token));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        datagrams.Add(await ReceiveAsync(control, static packet => packet[^7] == 203, patience.Token));

        (string[] lines, string complaints) = await Wireshark.ReadRtcpAsync(datagrams);
        Assert.Equal("", complaints);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("200,202,207|0x22222222", lines[0], StringComparison.Ordinal);
        Assert.Contains("0x11111111", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("200,202|0x22222222", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("callee", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("201,202,203|0x22222222", lines[2], StringComparison.Ordinal);

        JsonElement legs = sbc.OnlyRecord().GetProperty("legs");
        foreach (JsonElement leg in legs.EnumerateArray())
        {
            JsonElement quality = leg.GetProperty("quality");
            Assert.InRange(quality.GetProperty("mos").GetDouble(), 1, 4.5);
            Assert.InRange(quality.GetProperty("level_dbov").GetDouble(), -20, -10);
            Assert.False(quality.TryGetProperty("silent", out _));
        }

        Assert.True(await sbc.Server.ReadMetricAsync("mediacore_calls_mos_count") >= 2);
    }

    private static int WriteReport(byte[] buffer)
    {
        RtcpWriter writer = new(buffer);
        Assert.True(writer.TryWriteSenderReport(0x2222_2222, 0x0123_4567_89ab_cdef, 160, 10, 1600, []) && writer.TryWriteCname(0x2222_2222, "callee@127.0.0.1"u8));
        return writer.Length;
    }

    /// <summary>The next datagram of a kind; on a slow machine others may come before it.</summary>
    private static async Task<byte[]> ReceiveAsync(Socket socket, Func<byte[], bool> isWanted, CancellationToken cancellation)
    {
        byte[] buffer = new byte[2048];
        byte[] datagram;
        do
        {
            int length = await socket.ReceiveAsync(buffer, cancellation);
            datagram = buffer[..length];
        }
        while (!isWanted(datagram));

        return datagram;
    }
}
