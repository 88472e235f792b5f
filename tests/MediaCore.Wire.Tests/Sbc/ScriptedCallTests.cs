using System.Text.Json;
using MediaCore.Wire.Tests.Peers;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Call flows between a caller and a carrier, message by message, as each side sees them.</summary>
public class ScriptedCallTests
{
    [Fact]
    public async Task HoldAndResume_PassThrough_InBothDirections()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        (SipDialog caller, SipDialog callee) = await sbc.ConnectAsync();

        // The caller holds.
        caller.SendInvite(SdpText.Audio(40000, direction: "sendonly", version: 2));
        SipText hold = await callee.ExpectRequestAsync("INVITE");
        Assert.Contains("a=sendonly", hold.Body, StringComparison.Ordinal);
        callee.Respond(hold, 200, "OK", SdpText.Audio(40002, direction: "recvonly", version: 2));
        SipText held = await caller.ExpectInviteResponseAsync();
        Assert.Equal(200, held.Status);
        Assert.Contains("a=recvonly", held.Body, StringComparison.Ordinal);
        caller.SendAck();
        await callee.ExpectRequestAsync("ACK");

        // And resumes.
        caller.SendInvite(SdpText.Audio(40000, version: 3));
        SipText resume = await callee.ExpectRequestAsync("INVITE");
        Assert.Contains("a=sendrecv", resume.Body, StringComparison.Ordinal);
        Assert.Equal(hold.AudioPort, resume.AudioPort);
        callee.Respond(resume, 200, "OK", SdpText.Audio(40002, version: 3));
        Assert.Contains("a=sendrecv", (await caller.ExpectInviteResponseAsync()).Body, StringComparison.Ordinal);
        caller.SendAck();
        await callee.ExpectRequestAsync("ACK");

        // The call goes on and ends by the callee.
        Task<SipText> hungUp = caller.ExpectHangUpAsync();
        Assert.Equal(200, (await callee.HangUpAsync()).Status);
        await hungUp;
        JsonElement record = sbc.OnlyRecord();
        Assert.Equal(("completed", "callee"), (record.GetProperty("reason").GetString(), record.GetProperty("ended_by").GetString()));
    }

    [Fact]
    public async Task CallerHangsUp_CalleeGetsBye_AndTheRecordIsThereWithThe200()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        (SipDialog caller, SipDialog callee) = await sbc.ConnectAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        JsonElement record = sbc.OnlyRecord();
        await callee.ExpectHangUpAsync();
        Assert.Equal(("completed", "caller", 16), (record.GetProperty("reason").GetString(), record.GetProperty("ended_by").GetString(), record.GetProperty("q850_cause").GetInt32()));
        Assert.Equal("carrier-a", record.GetProperty("outbound_trunk").GetString());
        Assert.Equal("carrier-a", record.GetProperty("inbound_trunk").GetString());
        Assert.Equal(ScriptedSbc.Number, record.GetProperty("called").GetString());
    }

    [Fact]
    public async Task Cancel_ReachesTheCallee_AndTheCallerGets487()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Ring();
        Assert.Equal(180, (await caller.ExpectInviteResponseAsync(101)).Status);
        Assert.Equal(200, (await caller.CancelAsync()).Status);
        Assert.Equal(487, (await caller.ExpectInviteResponseAsync()).Status);
        callee.Respond(await callee.ExpectRequestAsync("CANCEL"), 200, "OK");
        callee.Respond(callee.Invite!, 487, "Request Terminated");
        await callee.ExpectRequestAsync("ACK");
        Assert.Equal("cancelled", sbc.OnlyRecord().GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Cancel_CrossingTheAnswer_HangsTheCalleeUp()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Ring();
        Assert.Equal(180, (await caller.ExpectInviteResponseAsync(101)).Status);
        Assert.Equal(200, (await caller.CancelAsync()).Status);
        Assert.Equal(487, (await caller.ExpectInviteResponseAsync()).Status);

        // The callee picks up before it sees the CANCEL: its 2xx is acknowledged and its dialog ended at once.
        SipText cancel = await callee.ExpectRequestAsync("CANCEL");
        callee.Answer(SdpText.Audio(40002));
        callee.Respond(cancel, 200, "OK");
        await callee.ExpectRequestAsync("ACK");
        await callee.ExpectHangUpAsync();
        Assert.Equal("cancelled", sbc.OnlyRecord().GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData(503, "Service Unavailable")]
    [InlineData(500, "Server Internal Error")]
    public async Task FirstTargetFails_TheSecondIsTried(int status, string phrase)
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(carriers: 2);
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog first = SipDialog.From(sbc.Carriers[0], await sbc.Carriers[0].ExpectRequestAsync("INVITE"));
        first.Respond(first.Invite!, status, phrase);
        await first.ExpectRequestAsync("ACK");
        await ConnectBySecondAsync(sbc, caller);
    }

    [Fact]
    public async Task FirstTargetIsSilent_TheSecondIsTried()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(carriers: 2, sip: "\"timers\": { \"trunkResponseSeconds\": 1 }");
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        await sbc.Carriers[0].ExpectRequestAsync("INVITE");
        await ConnectBySecondAsync(sbc, caller);
    }

    private static async Task ConnectBySecondAsync(ScriptedSbc sbc, SipDialog caller)
    {
        SipDialog second = SipDialog.From(sbc.Carriers[1], await sbc.Carriers[1].ExpectRequestAsync("INVITE"));
        second.Answer(SdpText.Audio(40002));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        await second.ExpectRequestAsync("ACK");
        Task<SipText> bye = second.ExpectHangUpAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        await bye;
        JsonElement record = sbc.OnlyRecord();
        Assert.Equal("completed", record.GetProperty("reason").GetString());
        Assert.Equal(3, record.GetProperty("legs").GetArrayLength());
    }

    [Theory]
    [InlineData(302, "Moved Temporarily", "redirected")]
    [InlineData(404, "Not Found", "not_found")]
    [InlineData(480, "Temporarily Unavailable", "unreachable")]
    [InlineData(486, "Busy Here", "busy")]
    [InlineData(488, "Not Acceptable Here", "media_mismatch")]
    [InlineData(500, "Server Internal Error", "failed")]
    [InlineData(600, "Busy Everywhere", "busy")]
    [InlineData(603, "Decline", "declined")]
    public async Task Refusal_IsPassedOn(int status, string phrase, string reason)
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Respond(callee.Invite!, status, phrase, null, status == 302 ? ["Contact: <sip:elsewhere@example.com>"] : []);
        await callee.ExpectRequestAsync("ACK");
        SipText answer = await caller.ExpectInviteResponseAsync();
        Assert.Equal(status, answer.Status);
        if (status == 302)
        {
            Assert.Equal("sip:elsewhere@example.com", answer.ContactUri);
        }

        JsonElement record = sbc.OnlyRecord();
        Assert.Equal((reason, status), (record.GetProperty("reason").GetString(), record.GetProperty("sip_status").GetInt32()));
    }

    /// <summary>503 speaks of the carrier, not of us: RFC 3261 §16.7, step 6.</summary>
    [Fact]
    public async Task OnlyCarrierIsUnavailable_TheCallerGets500()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Respond(callee.Invite!, 503, "Service Unavailable", null, "Retry-After: 600");
        await callee.ExpectRequestAsync("ACK");
        SipText answer = await caller.ExpectInviteResponseAsync();
        Assert.Equal(500, answer.Status);
        Assert.Null(answer.TryGet("Retry-After"));
        Assert.Equal("failed", sbc.OnlyRecord().GetProperty("reason").GetString());
    }

    [Fact]
    public async Task ChallengeOfACarrier_IsNotPassedOn()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Respond(callee.Invite!, 407, "Proxy Authentication Required", null, "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"1\", algorithm=MD5");
        await callee.ExpectRequestAsync("ACK");
        SipText answer = await caller.ExpectInviteResponseAsync();
        Assert.InRange(answer.Status, 400, 699);
        Assert.NotEqual(407, answer.Status);
        Assert.Null(answer.TryGet("Proxy-Authenticate"));
    }

    [Fact]
    public async Task EarlyMedia_183WithSdp_ReachesTheCaller()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        await using RtpEndpoint callerMedia = new(450, 1);
        await using RtpEndpoint calleeMedia = new(1000, 2);
        SipDialog caller = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        caller.SendInvite(SdpText.Audio(callerMedia.Port));
        SipText invite = await sbc.Carrier.ExpectRequestAsync("INVITE");
        SipDialog callee = SipDialog.From(sbc.Carrier, invite);
        callee.Respond(invite, 183, "Session Progress", SdpText.Audio(calleeMedia.Port));
        SipText progress = await caller.ExpectInviteResponseAsync(101);
        Assert.Equal(183, progress.Status);
        Assert.NotEqual(calleeMedia.Port, progress.AudioPort);
        calleeMedia.Remote = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, invite.AudioPort);
        await RtpEndpoint.SpeakAsync([calleeMedia], 75);
        await Eventually.IsAsync(() => callerMedia.Received, static n => n >= 75, "early media");
        callerMedia.AssertHeardTone(1000);
        callee.Respond(invite, 486, "Busy Here");
        Assert.Equal(486, (await caller.ExpectInviteResponseAsync()).Status);
    }
}
