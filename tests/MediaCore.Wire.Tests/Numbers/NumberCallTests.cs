using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>What a call to a number comes to when things do not go the simple way, message by message.</summary>
public class NumberCallTests(NumberServerFixture fixture) : IClassFixture<NumberServerFixture>
{
    private MediaCoreServer Server => fixture.Server;

    [Fact]
    public async Task NobodyRegistered_AnnouncementIsSpoken_ThenTheServerHangsUp()
    {
        string number = await fixture.AddNumberAsync("account:1002", "say:Nobody is here to take your call. Please try again some other time.");
        await using SipPeer caller = new(Server.Udp);
        await using RtpEndpoint ear = new(450);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(ear.Port));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        await call.ExpectHangUpAsync(TimeSpan.FromSeconds(30));

        // Speech: loud for most of the time, but no steady tone; as long as the sentence takes.
        short[] heard = ear.Heard;
        Assert.InRange(heard.Length / 8000.0, 2.5, 10);
        short[][] windows = [.. heard.Chunk(1600)];
        Assert.True(windows.Count(static w => Goertzel.TotalLevelDbm0(w) > -40) > windows.Length / 2, "silence");
        Assert.True(windows.Select(static w => Math.Round(Goertzel.TotalLevelDbm0(w))).Distinct().Count() > 4, "a steady tone is no speech");

        var record = await fixture.WaitForCallToAsync(number);
        Assert.Equal(("completed", "server", 200L, 16L), (record["reason"], record["ended_by"], record["sip_status"], record["q850_cause"]));
        Assert.Equal(number, record["number"]);
        long talked = (long)record["ended_at_ms"]! - (long)record["answered_at_ms"]!;
        Assert.InRange(talked / 1000.0, heard.Length / 8000.0 - 0.5, heard.Length / 8000.0 + 2);
    }

    [Fact]
    public async Task PhoneRings_CallerCancels_PhoneGetsCancel_AndCaller487()
    {
        string number = await fixture.AddNumberAsync("account:1001");
        await using SipPeer phone = await fixture.RegisterPhoneAsync();
        await using SipPeer caller = new(Server.Udp);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(40000));
        SipDialog ringing = SipDialog.From(phone, await phone.ExpectRequestAsync("INVITE"));
        ringing.Ring();
        Assert.Equal(180, (await call.ExpectInviteResponseAsync(101)).Status);

        Assert.Equal(200, (await call.CancelAsync()).Status);
        Assert.Equal(487, (await call.ExpectInviteResponseAsync()).Status);
        ringing.Respond(await ringing.ExpectRequestAsync("CANCEL"), 200, "OK");
        ringing.Respond(ringing.Invite!, 487, "Request Terminated");
        await ringing.ExpectRequestAsync("ACK");

        var record = await fixture.WaitForCallToAsync(number);
        Assert.Equal(("cancelled", "caller", 487L), (record["reason"], record["ended_by"], record["sip_status"]));
        Assert.Null(record["answered_at_ms"]);
        Assert.NotNull(record["ringing_at_ms"]);
    }

    [Theory]
    [InlineData(486, "Busy Here", "busy", 17)]
    [InlineData(603, "Decline", "declined", 21)]
    [InlineData(480, "Temporarily Unavailable", "unreachable", 18)]
    public async Task PhoneRefuses_CallerHearsTheSame(int status, string phrase, string reason, long cause)
    {
        string number = await fixture.AddNumberAsync("account:1001");
        await using SipPeer phone = await fixture.RegisterPhoneAsync();
        await using SipPeer caller = new(Server.Udp);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(40000));
        SipDialog ringing = SipDialog.From(phone, await phone.ExpectRequestAsync("INVITE"));
        ringing.Respond(ringing.Invite!, status, phrase);
        await ringing.ExpectRequestAsync("ACK");

        SipText answer = await call.ExpectInviteResponseAsync();
        Assert.Equal(status, answer.Status);
        Assert.Contains($"cause={cause}", answer["Reason"], StringComparison.Ordinal);
        var record = await fixture.WaitForCallToAsync(number);
        Assert.Equal((reason, "callee", (long)status, cause), (record["reason"], record["ended_by"], record["sip_status"], record["q850_cause"]));
    }

    [Fact]
    public async Task PhoneDoesNotAnswerInTime_ItIsCancelled_AndTheNextTargetRings()
    {
        string number = await fixture.AddNumberAsync("account:1001@1s", "say:Nobody has answered.");
        await using SipPeer phone = await fixture.RegisterPhoneAsync();
        await using SipPeer caller = new(Server.Udp);
        await using RtpEndpoint ear = new(450);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(ear.Port));
        SipDialog ringing = SipDialog.From(phone, await phone.ExpectRequestAsync("INVITE"));
        ringing.Ring();
        ringing.Respond(await ringing.ExpectRequestAsync("CANCEL"), 200, "OK");
        ringing.Respond(ringing.Invite!, 487, "Request Terminated");
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        await call.ExpectHangUpAsync();
        Assert.True(ear.Heard.Length > 4000, "nothing was said");
        var record = await fixture.WaitForCallToAsync(number);
        Assert.Equal(("completed", "server"), (record["reason"], record["ended_by"]));
    }

    [Fact]
    public async Task TwoPhonesRing_TheFirstToAnswerWins_TheOtherIsCancelled()
    {
        string number = await fixture.AddNumberAsync("account:1001");
        await using SipPeer desk = await fixture.RegisterPhoneAsync();
        await using SipPeer mobile = await fixture.RegisterPhoneAsync();
        await using SipPeer caller = new(Server.Udp);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(40000));
        SipDialog onDesk = SipDialog.From(desk, await desk.ExpectRequestAsync("INVITE"));
        SipDialog onMobile = SipDialog.From(mobile, await mobile.ExpectRequestAsync("INVITE"));
        onDesk.Ring();
        onMobile.Ring();
        onMobile.Answer(SdpText.Audio(40002));
        await onMobile.ExpectRequestAsync("ACK");
        onDesk.Respond(await onDesk.ExpectRequestAsync("CANCEL"), 200, "OK");
        onDesk.Respond(onDesk.Invite!, 487, "Request Terminated");
        await onDesk.ExpectRequestAsync("ACK");

        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        Task<SipText> hungUp = onMobile.ExpectHangUpAsync();
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        await hungUp;
        await fixture.WaitForCallToAsync(number);
        var legs = await Server.QueryAsync($"select l.* from call_legs l join call_records c on c.call_id = l.call_id where c.called = '{number}' order by l.position");
        Assert.Equal([200L, 200L, 487L], legs.Select(static l => (long)l["sip_status"]!).Order());
    }

    [Fact]
    public async Task WrongPassword_AndUnknownAccount_AreRefusedAlike()
    {
        await using SipPeer phone = new(Server.Udp);
        SipText wrong = await SipPhone.RegisterAsync(phone, "1001", "not the password");
        SipText unknown = await SipPhone.RegisterAsync(phone, "9999", "not the password");
        Assert.Equal(403, wrong.Status);
        Assert.Equal(wrong.StartLine, unknown.StartLine);
        Assert.Equal(wrong.Headers.Select(static h => h.Name), unknown.Headers.Select(static h => h.Name));
    }

    [Fact]
    public async Task UnknownNumber_Gets404_WithCause1()
    {
        const string number = "+12025559999";
        await using SipPeer caller = new(Server.Udp);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(40000));
        SipText answer = await call.ExpectInviteResponseAsync();
        Assert.Equal(404, answer.Status);
        Assert.Contains("Q.850;cause=1;", answer["Reason"], StringComparison.Ordinal);
        var record = await fixture.WaitForCallToAsync(number);
        Assert.Equal(("not_found", 404L, 1L), (record["reason"], record["sip_status"], record["q850_cause"]));
        Assert.Null(record["number"]);
    }

    [Fact]
    public async Task NoCodecInCommon_Gets488()
    {
        string number = await fixture.AddNumberAsync("say:Hello.");
        await using SipPeer caller = new(Server.Udp);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(40000, "18"));
        Assert.Equal(488, (await call.ExpectInviteResponseAsync()).Status);
        Assert.Equal("media_mismatch", (await fixture.WaitForCallToAsync(number))["reason"]);
    }

    [Fact]
    public async Task PhoneOnTcp_IsCalledOverItsConnection()
    {
        string number = await fixture.AddNumberAsync("account:1002");
        await using BaresipPhone phone = await BaresipPhone.StartAsync(Server, "1002", await Server.ReadPasswordAsync("1002"), 1000, transport: "tcp");
        await phone.WaitUntilRegisteredAsync();
        await using SipPeer caller = new(Server.Udp);
        await using RtpEndpoint media = new(450);
        SipDialog call = SipDialog.To(caller, number);
        call.SendInvite(SdpText.Audio(media.Port));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        await media.FirstPacket.WaitAsync(Eventually.Patience);
        await RtpEndpoint.SpeakAsync([media], 100);
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        media.AssertHeardTone(1000);
        RtpEndpoint.AssertTone(await phone.ReadHeardAsync(), 450);
        await fixture.WaitForCallToAsync(number);
        var legs = await Server.QueryAsync($"select l.* from call_legs l join call_records c on c.call_id = l.call_id where c.called = '{number}' order by l.position");
        Assert.StartsWith("tcp:", (string)legs[1]["remote_address"]!, StringComparison.Ordinal);
    }
}
