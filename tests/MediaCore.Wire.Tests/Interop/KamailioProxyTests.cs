using System.Diagnostics;
using MediaCore.Wire.Tests.Peers;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>Kamailio between the server and those it calls: redirections, overload, recorded routes, forks.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class KamailioProxyTests
{
    /// <summary>How long an answer may take while the first carrier is out of order, on a loaded machine; a timer of SIP would be 4 s or more.</summary>
    private static readonly TimeSpan Undelayed = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Redirection_IsFollowed_ToTrunksThatItMayNameOnly()
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync("\"redirect\": { \"policy\": \"follow\", \"trunks\": [\"second\"] }");
        SipDialog caller = SipDialog.To(sbc.Caller, "+12025550302");
        caller.SendInvite(SdpText.Audio(40000));

        // The first contact is nobody's and is passed over without a packet; the second is a trunk's.
        SipText invite = await sbc.Second.ExpectRequestAsync("INVITE");
        Assert.Equal($"sip:+12025550112@{sbc.Second.Local}", invite.RequestUri);
        SipDialog callee = SipDialog.From(sbc.Second, invite);
        callee.Answer(SdpText.Audio(40002));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        await callee.ExpectRequestAsync("ACK");
        Task<SipText> bye = callee.ExpectHangUpAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        await bye;
        Assert.Equal("second", Assert.Single(sbc.Server.ReadJournal()).GetProperty("outbound_trunk").GetString());
    }

    [Fact]
    public async Task Redirection_IsPassedOn_WithAllItsContacts()
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, "+12025550302");
        caller.SendInvite(SdpText.Audio(40000));
        SipText answer = await caller.ExpectInviteResponseAsync();
        Assert.Equal(302, answer.Status);
        string contacts = string.Join(",", answer.All("Contact"));
        Assert.Contains("sip:+12025550111@192.0.2.1:5060", contacts, StringComparison.Ordinal);
        Assert.Contains($"sip:+12025550112@{sbc.Second.Local}", contacts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unavailable_WithRetryAfter_IsPassedOver_AndTriedByOneCallWhenItIsOver()
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync();
        AnswerAll(sbc.Second);
        await CallAsync(sbc, "+12025555031");
        Assert.Equal(1, sbc.Proxy.Asked);

        // The storm: nobody waits for the carrier that is out of order, and it is left in peace.
        TimeSpan[] times = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(sbc, "+12025555031")));
        Assert.True(times.Max() < Undelayed, $"the slowest call took {times.Max().TotalSeconds:F1} s");
        Assert.Equal(1, sbc.Proxy.Asked);

        // Half open: after two seconds one call asks it and opens the list again; calls at the same time go past.
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(100));
        await Eventually.IsAsync(
            async () =>
            {
                // As fast as they can, they would use up the media ports, which rest after each call.
                await pace.WaitForNextTickAsync();
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CallAsync(sbc, "+12025555031")));
                return sbc.Proxy.Asked;
            },
            static asked => asked > 1,
            "the carrier is tried again");
        Assert.Equal(2, sbc.Proxy.Asked);
    }

    /// <summary>Without Retry-After it is a failure of this call, as 500 would be (RFC 3261 §21.5.4).</summary>
    [Fact]
    public async Task Unavailable_WithoutRetryAfter_FailsOverEachTime()
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync();
        AnswerAll(sbc.Second);
        TimeSpan[] times = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(sbc, "+12025555030")));
        Assert.True(times.Max() < Undelayed, $"the slowest call took {times.Max().TotalSeconds:F1} s");
        Assert.Equal(10, sbc.Proxy.Asked);
    }

    [Theory]
    [InlineData("+12025550000")]
    [InlineData("+12025550001")]
    public async Task RecordedRoute_IsTaken_ByEveryRequestOfTheDialog(string number)
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync();
        SipDialog caller = SipDialog.To(sbc.Caller, number);
        caller.SendInvite(SdpText.Audio(40000));
        SipText invite = await sbc.First.ExpectRequestAsync("INVITE");
        Assert.Single(invite.All("Record-Route"));
        Assert.Equal(number.EndsWith('0'), invite["Record-Route"].Contains(";lr", StringComparison.Ordinal));
        SipDialog callee = SipDialog.From(sbc.First, invite);
        ProxiedSbc.Respond(callee, invite, 180, "Ringing");
        Assert.Equal(180, (await caller.ExpectInviteResponseAsync(101)).Status);
        ProxiedSbc.Respond(callee, invite, 200, "OK", SdpText.Audio(40002));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        AssertCameBy(sbc, await callee.ExpectRequestAsync("ACK"));

        caller.SendInvite(SdpText.Audio(40000, direction: "sendonly", version: 2));
        SipText hold = await callee.ExpectRequestAsync("INVITE");
        AssertCameBy(sbc, hold);
        callee.Respond(hold, 200, "OK", SdpText.Audio(40002, direction: "recvonly", version: 2));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        AssertCameBy(sbc, await callee.ExpectRequestAsync("ACK"));

        Task<SipText> bye = callee.ExpectHangUpAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        AssertCameBy(sbc, await bye);
    }

    [Fact]
    public async Task ForkBelow_TwoRing_OneAnswers_AndTheOtherIsCancelled()
    {
        await using ProxiedSbc sbc = await ProxiedSbc.StartAsync();
        sbc.Second.Server = sbc.Proxy.Local;
        SipDialog caller = SipDialog.To(sbc.Caller, "+12025550002");
        caller.SendInvite(SdpText.Audio(40000));
        SipText firstInvite = await sbc.First.ExpectRequestAsync("INVITE");
        SipText secondInvite = await sbc.Second.ExpectRequestAsync("INVITE");
        Assert.Equal(firstInvite.CallId, secondInvite.CallId);
        SipDialog first = SipDialog.From(sbc.First, firstInvite);
        SipDialog second = SipDialog.From(sbc.Second, secondInvite);
        ProxiedSbc.Respond(first, firstInvite, 180, "Ringing");
        Assert.Equal(180, (await caller.ExpectInviteResponseAsync(101)).Status);
        ProxiedSbc.Respond(second, secondInvite, 183, "Session Progress", SdpText.Audio(40004));
        Assert.Equal(183, (await caller.ExpectInviteResponseAsync(101)).Status);
        ProxiedSbc.Respond(second, secondInvite, 180, "Ringing");
        ProxiedSbc.Respond(second, secondInvite, 200, "OK", SdpText.Audio(40004));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        caller.SendAck();
        await second.ExpectRequestAsync("ACK");

        SipText cancel = await first.ExpectRequestAsync("CANCEL");
        first.Respond(cancel, 200, "OK");
        first.Respond(firstInvite, 487, "Request Terminated");
        await first.ExpectRequestAsync("ACK");

        Task<SipText> bye = second.ExpectHangUpAsync();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        await bye;
        Assert.Equal("completed", Assert.Single(sbc.Server.ReadJournal()).GetProperty("reason").GetString());
    }

    /// <summary>A whole call to who answers at once; gives the time from INVITE to 200.</summary>
    private static async Task<TimeSpan> CallAsync(ProxiedSbc sbc, string number)
    {
        SipDialog caller = SipDialog.To(sbc.Caller, number);
        long start = Stopwatch.GetTimestamp();
        caller.SendInvite(SdpText.Audio(40000));
        Assert.Equal(200, (await caller.ExpectInviteResponseAsync()).Status);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        caller.SendAck();
        Assert.Equal(200, (await caller.HangUpAsync()).Status);
        return time;
    }

    private static void AnswerAll(SipPeer peer) => peer.AtOnce = message =>
    {
        if (message.IsRequest && message.Method is "INVITE" or "BYE")
        {
            SipDialog.From(peer, message).Respond(message, 200, "OK", message.Method == "INVITE" ? SdpText.Audio(40002) : null);
        }

        return true;
    };

    /// <summary>By the proxy, to the contact that the callee named.</summary>
    private static void AssertCameBy(ProxiedSbc sbc, SipText request)
    {
        Assert.Equal($"sip:peer@{sbc.First.Local}", request.RequestUri);
        Assert.Contains($"{sbc.Proxy.Local}", request["Via"], StringComparison.Ordinal);
        Assert.Null(request.TryGet("Route"));
    }
}
