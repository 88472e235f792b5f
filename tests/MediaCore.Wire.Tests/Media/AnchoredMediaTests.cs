using System.Buffers.Binary;
using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>RTP through calls whose media the server anchors.</summary>
public class AnchoredMediaTests
{
    [Fact]
    public async Task FiftyCalls_BothDirections_At50PacketsPerSecond_NothingIsLost()
    {
        const int calls = 50;
        const int packets = 250;
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        List<RtpEndpoint> outer = [];
        List<RtpEndpoint> inner = [];
        List<SipDialog> dialogs = [];
        try
        {
            for (int i = 0; i < calls; i++)
            {
                RtpEndpoint caller = new(450, (uint)i);
                RtpEndpoint callee = new(1000, (uint)(1000 + i));
                outer.Add(caller);
                inner.Add(callee);
                dialogs.Add(await sbc.ConnectMediaAsync(caller, callee));
            }

            await RtpEndpoint.SpeakAsync([.. outer, .. inner], packets);
            await Eventually.IsAsync(() => outer.Concat(inner).Sum(static e => e.Received), static n => n == 2 * calls * packets, $"all of {2 * calls * packets} packets");
            for (int i = 0; i < calls; i++)
            {
                Assert.Equal((packets, packets), (outer[i].Received, inner[i].Received));
                Assert.Equal((uint)(1000 + i), Assert.Single(outer[i].Sources));
                Assert.Equal((uint)i, Assert.Single(inner[i].Sources));
                outer[i].AssertHeardTone(1000);
                inner[i].AssertHeardTone(450);
            }

            foreach (SipDialog dialog in dialogs)
            {
                Assert.Equal(200, (await dialog.HangUpAsync()).Status);
            }

            var records = sbc.Server.ReadJournal();
            Assert.Equal(calls, records.Count);
            foreach (var leg in records.SelectMany(static r => r.GetProperty("legs").EnumerateArray()))
            {
                Assert.Equal(packets, leg.GetProperty("received").GetProperty("packets").GetInt32());
                Assert.Equal(packets, leg.GetProperty("sent").GetProperty("packets").GetInt32());
                Assert.Equal(0, leg.GetProperty("received").GetProperty("lost").GetInt32());
                Assert.Equal("PCMU/8000", leg.GetProperty("codec").GetString());
            }
        }
        finally
        {
            foreach (RtpEndpoint endpoint in outer.Concat(inner))
            {
                await endpoint.DisposeAsync();
            }
        }
    }

    /// <summary>RTP bleed (AC-31): who sprays the ports during a call hears nothing of it. RTP injection (AC-32): and is not heard.</summary>
    [Fact]
    public async Task StrayPackets_AreNotRelayed_AndBringNothingBack()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        await using RtpEndpoint stranger = new(2000, 99);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);
        await RtpEndpoint.SpeakAsync([caller, callee], 25);
        await Eventually.IsAsync(() => (caller.Received, callee.Received), static r => r == (25, 25), "both heard");

        // A bare RTP header to every port near, and an impostor with the right synchronization source.
        using CancellationTokenSource enough = new();
        Task talk = RtpEndpoint.SpeakAsync([caller, callee], 150, enough.Token);
        byte[] bare = new byte[12];
        bare[0] = 0x80;
        byte[] impostor = new byte[172];
        impostor[0] = 0x80;
        for (int round = 0; round < 20; round++)
        {
            foreach (int port in (int[])[caller.Remote!.Port, callee.Remote!.Port])
            {
                IPEndPoint target = new(IPAddress.Loopback, port);
                BinaryPrimitives.WriteUInt16BigEndian(bare.AsSpan(2), (ushort)(30000 + round));
                stranger.SendRaw(bare, target);
                BinaryPrimitives.WriteUInt16BigEndian(impostor.AsSpan(2), (ushort)(31000 + round));
                BinaryPrimitives.WriteUInt32BigEndian(impostor.AsSpan(8), port == caller.Remote.Port ? 1u : 2u);
                stranger.SendRaw(impostor, target);
                stranger.SendRaw(bare.AsSpan(0, 4), target);
                stranger.SendRaw([], target);
                stranger.SendRaw([0x81, 203, 0, 1, 0, 0, 0, 1], new IPEndPoint(IPAddress.Loopback, port + 1));
            }
        }

        await talk;
        await Eventually.IsAsync(() => (caller.Received, callee.Received), static r => r == (175, 175), "all that was said and nothing else");
        Assert.Equal(0, stranger.Received);
        Assert.Equal([2u], caller.Sources);
        Assert.Equal([1u], callee.Sources);
        caller.AssertHeardTone(1000);
        callee.AssertHeardTone(450);
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        var leg = sbc.OnlyRecord().GetProperty("legs")[0];
        Assert.Equal(175, leg.GetProperty("received").GetProperty("packets").GetInt32());
    }

    [Fact]
    public async Task NoRtpFromEitherSide_TheCallEndsAtTheMediaTimeout()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(media: "\"timeoutSeconds\": 2");
        (SipDialog caller, SipDialog callee) = await sbc.ConnectAsync();
        await caller.ExpectHangUpAsync();
        await callee.ExpectHangUpAsync();
        Assert.Equal("media_timeout", sbc.OnlyRecord().GetProperty("reason").GetString());
    }
}
