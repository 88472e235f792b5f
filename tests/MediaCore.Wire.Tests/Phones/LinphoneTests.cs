using System.Collections.Concurrent;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>linphone (Debian's linphonec) with the phones of others.</summary>
public sealed class LinphoneTests(SecureServerFixture fixture) : IClassFixture<SecureServerFixture>
{
    private const int BaresipHertz = 1000;

    private MediaCoreServer Server => fixture.Server;

    [Fact]
    public async Task Call_Out_HeldAndResumed_DigitsByInfo_AndHungUp()
    {
        await using BaresipPhone callee = await StartBaresipAsync("1002");
        await using LinphonePhone caller = await StartAsync("1001");
        await caller.TellAsync("call 1002");
        await caller.WaitForAsync("Media streams established");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        await caller.TellAsync("pause");
        await caller.WaitForAsync("is now paused");
        await callee.Control.WaitForAsync("CALL_REMOTE_SDP", 2, "offer");
        await caller.TellAsync("resume");
        await caller.WaitForAsync("Media streams established", 2);
        await callee.Control.WaitForAsync("CALL_REMOTE_SDP", 3, "offer");
        await caller.TellAsync("4");
        await callee.Control.WaitForAsync("CALL_DTMF_START", 1, "4");
        await caller.TellAsync("terminate");
        await callee.Control.WaitForAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task Call_In_RingsAndIsAnswered_AndHungUpByTheOther()
    {
        await using LinphonePhone callee = await StartAsync("1001");
        await using BaresipPhone caller = await StartBaresipAsync("1002");
        await caller.Control.CommandAsync("dial", "1001");
        await callee.WaitForAsync("Receiving new incoming call from sip:1002@127.0.0.1");
        await caller.Control.WaitForAsync("CALL_RINGING");
        await callee.TellAsync("answer");
        await callee.WaitForAsync("Media streams established");
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        await caller.Control.CommandAsync("hangup");
        await callee.WaitForAsync("ended (");
    }

    /// <summary>RFC 3891: a call to each of two phones, then they have one another; all three stay registered, nobody is left over.</summary>
    [Fact]
    public async Task Calls_TransferredWithConsultation_JoinTheTwoOthers()
    {
        await using BaresipPhone first = await StartBaresipAsync("1002");
        await using BaresipPhone second = await StartBaresipAsync("1003", hertz: 1500);
        await using LinphonePhone middle = await StartAsync("1001");
        await middle.TellAsync("call 1002");
        await middle.WaitForAsync("Media streams established");
        await middle.TellAsync("pause");
        await middle.WaitForAsync("is now paused");
        await middle.TellAsync("call 1003");
        await middle.WaitForAsync("Media streams established with sip:1003@127.0.0.1");
        await middle.TellAsync("transfer 1 --to-call 2");
        await middle.WaitForAsync("Call 1 with sip:1002@127.0.0.1 ended");
        await middle.WaitForAsync("Call 2 with sip:1003@127.0.0.1 ended");
        Assert.Equal((0, 0), (first.Control.Count("CALL_CLOSED"), second.Control.Count("CALL_CLOSED")));
        int before = second.HeardSamples;
        await Eventually.IsAsync(() => second.HeardSamples, n => n >= before + 9000, "voice after the transfer");
        await first.Control.CommandAsync("hangup");
        await second.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone((await second.ReadHeardAsync())[^8000..], BaresipHertz);
    }

    /// <summary>RFC 3264 §4: an INVITE without an offer; the callee is asked for one, and the answer comes with ACK. What the server sent, Wireshark reads.</summary>
    [Fact]
    public async Task Call_WithoutAnOffer_IsAnswered_AndReadByWireshark()
    {
        ConcurrentQueue<SipText> seen = new();
        await using SipPeer desk = new(Server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(desk, "1003", fixture.ThirdPassword)).Status);
        desk.Farewell = async () => Assert.Equal(200, (await SipPhone.RegisterAsync(desk, "1003", fixture.ThirdPassword, expires: 0)).Status);
        desk.AtOnce = message => { seen.Enqueue(message); return false; };
        await using LinphonePhone caller = await StartAsync("1001", "sdp_200_ack=1");
        await caller.TellAsync("call 1003");
        SipDialog call = SipDialog.From(desk, await desk.ExpectRequestAsync("INVITE"));
        Assert.Equal("", call.Invite!.Body);
        call.Answer(SdpText.Audio(40002));
        SipText ack = await call.ExpectRequestAsync("ACK");
        Assert.Contains("m=audio ", ack.Body, StringComparison.Ordinal);
        await caller.WaitForAsync("Media streams established");
        Task<SipText> hungUp = call.ExpectHangUpAsync();
        await caller.TellAsync("terminate");
        await hungUp;
        SipText[] messages = [.. seen];
        (int read, string complaints) = await Wireshark.ReadAsync(messages.Select(static m => m.ToString()));
        Assert.True(complaints.Length == 0, complaints);
        Assert.Equal(messages.Length, read);
    }

    private async Task<LinphonePhone> StartAsync(string account, params string[] sip) => await LinphonePhone.StartAsync(Server, account, await Server.ReadPasswordAsync(account), sip);

    private async Task<BaresipPhone> StartBaresipAsync(string account, int hertz = BaresipHertz)
    {
        BaresipPhone phone = await BaresipPhone.StartAsync(Server, account, account == "1003" ? fixture.ThirdPassword : await Server.ReadPasswordAsync(account), hertz);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }
}
