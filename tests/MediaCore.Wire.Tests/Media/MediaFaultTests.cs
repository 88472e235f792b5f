using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>What an operator sees when media cannot be carried, or goes one way.</summary>
public class MediaFaultTests
{
    private const string Exhausted = "mediacore_rtp_ports_refused_total{reason=\"exhausted\"}";
    private const string NotBound = "mediacore_rtp_ports_refused_total{reason=\"bind\"}";

    /// <summary>Two pairs are one call.</summary>
    private const int PortsOfOneCall = 4;

    [Fact]
    public async Task RangeThatIsUsedUp_IsToldApartFromOneThatOthersHold()
    {
        await using (ScriptedSbc full = await ScriptedSbc.StartAsync(more: "\"engine\": { \"shards\": 1 }", mediaPorts: PortsOfOneCall))
        {
            (SipDialog caller, SipDialog callee) = await full.ConnectAsync();
            Assert.Equal(503, await RefuseAsync(full));
            string told = await full.Server.Process.WaitForLineAsync(static l => l.Contains("MediaPortsExhausted", StringComparison.Ordinal), "the event");
            Assert.Contains("all 2 pairs of this shard are in use", told, StringComparison.Ordinal);
            Assert.Equal((1, 0), (await full.Server.ReadMetricAsync(Exhausted), await full.Server.ReadMetricAsync(NotBound)));
            Task<SipText> hungUp = callee.ExpectHangUpAsync();
            Assert.Equal(200, (await caller.HangUpAsync()).Status);
            await hungUp;
            Assert.Single(full.Server.ReadJournal(), static r => r.GetProperty("reason").GetString() == "no_resources");
        }

        // Somebody else has all of them.
        int first = FreePorts.NextRange(PortsOfOneCall);
        List<Socket> others = [];
        try
        {
            for (int port = first; port < first + PortsOfOneCall; port++)
            {
                Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                others.Add(other);
                other.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }

            await using ScriptedSbc held = await ScriptedSbc.StartAsync(more: "\"engine\": { \"shards\": 1 }", mediaPorts: PortsOfOneCall, firstMediaPort: first);
            Assert.Equal(503, await RefuseAsync(held));
            string told = await held.Server.Process.WaitForLineAsync(static l => l.Contains("MediaPortsNotBound", StringComparison.Ordinal), "the event");
            Assert.Contains("0 of 2 pairs are in use and the others can't be bound", told, StringComparison.Ordinal);
            Assert.Contains("errno 98", told, StringComparison.Ordinal);
            Assert.Equal((0, 1), (await held.Server.ReadMetricAsync(Exhausted), await held.Server.ReadMetricAsync(NotBound)));
        }
        finally
        {
            others.ForEach(static other => other.Dispose());
        }
    }

    [Fact]
    public async Task PartyThatSendsNothing_IsToldWithinSixSeconds()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);
        using CancellationTokenSource enough = new();
        Task talk = RtpEndpoint.SpeakAsync([caller], int.MaxValue, enough.Token);
        string line = await sbc.Server.Process.WaitForLineAsync(static l => l.Contains("OneWayAudio", StringComparison.Ordinal), "the event");
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        Assert.Contains("leg 1", line, StringComparison.Ordinal);
        Assert.Equal(1, await sbc.Server.ReadMetricAsync("mediacore_calls_audio_faults_total{kind=\"one_way\"}"));
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        JsonElement record = sbc.OnlyRecord();
        Assert.True(record.GetProperty("legs")[1].GetProperty("quality").GetProperty("one_way").GetBoolean());
        Assert.False(record.GetProperty("legs")[0].GetProperty("quality").TryGetProperty("one_way", out _));

        // By the server's own clock; the simulator's tests have the six seconds, this machine may be busy with something else.
        TimeSpan after = DateTimeOffset.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) - record.GetProperty("answered_at").GetDateTimeOffset();
        Assert.InRange(after.TotalSeconds, 3.5, 20);
    }

    /// <summary>A codec is changed in the middle of a call: the caller goes over to PCMA, the callee has PCMU alone.</summary>
    [Fact]
    public async Task CodecChange_OfOneSide_IsHeardBothWaysBeforeAndAfter()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(trunk: "\"codecs\": [\"PCMU\", \"PCMA\"]");
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);
        await RtpEndpoint.SpeakAsync([caller, callee], 75);
        await Eventually.IsAsync(() => (caller.Received, callee.Received), static r => r == (75, 75), "both heard");
        caller.AssertHeardTone(1000);
        callee.AssertHeardTone(450);
        (int callerHeard, int calleeHeard) = (caller.Heard.Length, callee.Heard.Length);

        dialog.SendInvite(SdpText.Audio(caller.Port, "8", version: 2));
        Task<SipText> answered = dialog.ExpectInviteResponseAsync();
        if (await Task.WhenAny(answered, AnswerAgainAsync(sbc, callee)) is { IsFaulted: true } failed)
        {
            await failed;
        }

        SipText answer = await answered;
        Assert.Equal(200, answer.Status);
        Assert.Contains("RTP/AVP 8", answer.Body, StringComparison.Ordinal);
        dialog.SendAck();
        caller.PayloadType = 8;
        await RtpEndpoint.SpeakAsync([caller, callee], 150);
        await Eventually.IsAsync(() => (caller.Heard.Length - callerHeard, callee.Heard.Length - calleeHeard), static n => n.Item1 > 12_000 && n.Item2 > 12_000, "both heard again");
        RtpEndpoint.AssertTone(caller.Heard[callerHeard..], 1000);
        RtpEndpoint.AssertTone(callee.Heard[calleeHeard..], 450);
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        JsonElement legs = sbc.OnlyRecord().GetProperty("legs");
        Assert.Equal(("PCMA/8000", "PCMU/8000"), (legs[0].GetProperty("codec").GetString(), legs[1].GetProperty("codec").GetString()));
    }

    /// <summary>The callee answers the offer that is passed on to it, with the codec that it has.</summary>
    private static async Task AnswerAgainAsync(ScriptedSbc sbc, RtpEndpoint callee)
    {
        SipText again = await sbc.Carrier.ExpectRequestAsync("INVITE");
        SipDialog inner = SipDialog.From(sbc.Carrier, again);
        inner.Respond(again, 200, "OK", SdpText.Audio(callee.Port, "0", version: 2));
        await inner.ExpectRequestAsync("ACK");
    }

    /// <summary>A call that is refused; gives the status.</summary>
    private static async Task<int> RefuseAsync(ScriptedSbc sbc)
    {
        SipDialog dialog = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        dialog.SendInvite(SdpText.Audio(40_010));
        return (await dialog.ExpectInviteResponseAsync()).Status;
    }
}
