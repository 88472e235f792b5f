using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>baresip phones of three accounts, over each transport they have.</summary>
public sealed class BaresipTests(SecureServerFixture fixture) : IClassFixture<SecureServerFixture>
{
    private const int CallerHertz = 450;
    private const int CalleeHertz = 1000;
    private const int ThirdHertz = 1500;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1.2);

    private MediaCoreServer Server => fixture.Server;

    [Theory]
    [InlineData("udp", "tls")]
    [InlineData("tcp", "udp")]
    [InlineData("tls", "tcp")]
    public async Task Call_IsHeardBothWays_HeldAndResumed_AndHungUp(string callerTransport, string calleeTransport)
    {
        await using BaresipPhone callee = await StartAsync("1002", CalleeHertz, calleeTransport);
        await using BaresipPhone caller = await StartAsync("1001", CallerHertz, callerTransport);
        await ConnectAsync(caller, callee, "1002");
        await callee.WaitUntilHeardAsync(Enough);
        await caller.WaitUntilHeardAsync(Enough);

        // Each change of the call is one offer to the callee and one answer to the caller (RFC 3264 §8.4).
        await caller.Control.CommandAsync("hold");
        await callee.Control.WaitForAsync("CALL_REMOTE_SDP", 2, "offer");
        await caller.Control.WaitForAsync("CALL_REMOTE_SDP", 2, "answer");
        await caller.Control.CommandAsync("resume");
        await callee.Control.WaitForAsync("CALL_REMOTE_SDP", 3, "offer");
        await caller.Control.WaitForAsync("CALL_REMOTE_SDP", 3, "answer");
        await callee.Control.CommandAsync("hangup");
        await caller.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), CallerHertz);
        RtpEndpoint.AssertTone(await caller.ReadHeardAsync(), CalleeHertz);
    }

    /// <summary>What the hold of a baresip phone is on the other side: our own offer with the direction it asked for, and back. Then its voice is there again.</summary>
    [Fact]
    public async Task Hold_ReachesTheOtherSideAsSendonly_ResumeAsSendrecv()
    {
        await using RtpEndpoint ear = new(ThirdHertz);
        await using SipPeer desk = new(Server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(desk, "1003", fixture.ThirdPassword)).Status);
        desk.Farewell = async () => Assert.Equal(200, (await SipPhone.RegisterAsync(desk, "1003", fixture.ThirdPassword, expires: 0)).Status);
        await using BaresipPhone caller = await StartAsync("1001", CallerHertz, "udp");
        await caller.Control.CommandAsync("dial", "1003");
        SipDialog call = SipDialog.From(desk, await desk.ExpectRequestAsync("INVITE"));
        call.Answer(SdpText.Audio(ear.Port));
        await call.ExpectRequestAsync("ACK");
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        foreach ((string command, string direction, string answer) in ((string, string, string)[])[("hold", "sendonly", "recvonly"), ("resume", "sendrecv", "sendrecv")])
        {
            await caller.Control.CommandAsync(command);
            SipText offer = await call.ExpectRequestAsync("INVITE");
            Assert.Contains($"\r\na={direction}\r\n", offer.Body, StringComparison.Ordinal);
            call.Respond(offer, 200, "OK", SdpText.Audio(ear.Port, direction: answer, version: direction == "sendonly" ? 2 : 3));
            await call.ExpectRequestAsync("ACK");
        }

        int before = ear.Heard.Length;
        await Eventually.IsAsync(() => ear.Heard.Length, n => n >= before + 9000, "voice after the hold");
        RtpEndpoint.AssertTone(ear.Heard[^8000..], CallerHertz);
        Task<SipText> hungUp = call.ExpectHangUpAsync();
        await caller.Control.CommandAsync("hangup");
        await hungUp;
    }

    /// <summary>RFC 3515: the called phone hands its caller on to the third and is let go.</summary>
    [Fact]
    public async Task Call_TransferredBlindly_GoesOnWithTheThirdPhone()
    {
        await using BaresipPhone third = await StartAsync("1003", ThirdHertz, "udp");
        await using BaresipPhone callee = await StartAsync("1002", CalleeHertz, "tcp");
        await using BaresipPhone caller = await StartAsync("1001", CallerHertz, "udp");
        await ConnectAsync(caller, callee, "1002");
        await callee.WaitUntilHeardAsync(Enough);
        await callee.Control.CommandAsync("transfer", "1003");
        await third.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.Control.WaitForAsync("CALL_CLOSED");
        Assert.Equal(0, callee.Control.Count("TRANSFER_FAILED"));
        await third.WaitUntilHeardAsync(Enough);
        await caller.WaitUntilHeardAsync(Enough * 3);
        await caller.Control.CommandAsync("hangup");
        await third.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone(await third.ReadHeardAsync(), CallerHertz);
        RtpEndpoint.AssertTone((await caller.ReadHeardAsync())[^8000..], ThirdHertz);
    }

    [Fact]
    public async Task Digits_ByInfoOfAPage_AreShownByThePhone()
    {
        await using BaresipPhone callee = await StartAsync("1002", CalleeHertz, "udp");
        await using JsSipPhone caller = await JsSipPhone.StartAsync(Server, "ws", "1001", 40000, fixture.Authority);
        await caller.DoAsync("confirmed", new { @do = "call", to = "1002" });
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        await caller.TellAsync(new { @do = "dtmf", tones = "4#" });
        await callee.Control.WaitForAsync("CALL_DTMF_START", 1, "4");
        await callee.Control.WaitForAsync("CALL_DTMF_START", 1, "#");
        await caller.WaitForAsync("response INFO 200", 2);
        await caller.DoAsync("ended local", new { @do = "hangup" });
        await callee.Control.WaitForAsync("CALL_CLOSED");
    }

    /// <summary>RFC 3428, there and back, between phones and a page on WebSocket.</summary>
    [Fact]
    public async Task Messages_BetweenPhonesAndAPage_AreShown()
    {
        await using JsSipPhone page = await JsSipPhone.StartAsync(Server, "ws", "1003", 40000, fixture.Authority, fixture.ThirdPassword);
        await page.RegisterAsync();
        await using BaresipPhone one = await StartAsync("1001", CallerHertz, "udp", contact: "1002");
        await using BaresipPhone two = await StartAsync("1002", CalleeHertz, "tls", contact: "1003");
        await one.Control.CommandAsync("message", "first words");
        await two.WaitForAsync("\"first words\"");
        await two.Control.CommandAsync("message", "second words");
        await page.WaitForAsync("message 1002 \"second words\"");
        await page.DoAsync("messageSent 200", new { @do = "message", to = "1001", text = "third words" });
        await one.WaitForAsync("\"third words\"");
    }

    private static async Task ConnectAsync(BaresipPhone caller, BaresipPhone callee, string account)
    {
        await caller.Control.CommandAsync("dial", account);
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
    }

    private async Task<BaresipPhone> StartAsync(string account, int hertz, string transport, string? contact = null)
    {
        string password = account == "1003" ? fixture.ThirdPassword : await Server.ReadPasswordAsync(account);
        BaresipPhone phone = await BaresipPhone.StartAsync(Server, account, password, hertz, transport: transport, authorities: fixture.Authority.File, contact: contact);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }
}
