using System.Net.Security;
using System.Net.Sockets;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>JsSIP, the library of browser phones, over WebSocket with and without TLS.</summary>
public sealed class JsSipTests(SecureServerFixture fixture) : IClassFixture<SecureServerFixture>
{
    private const int AnyPort = 40000;
    private const int Sighup = 1;

    private MediaCoreServer Server => fixture.Server;

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Register_Again_Options_AndUnregister(string scheme)
    {
        await using JsSipPhone phone = await StartAsync(scheme, "1001");
        await phone.RegisterAsync();
        Assert.Contains(";transport=ws", await phone.WaitForAsync("registered"), StringComparison.OrdinalIgnoreCase);

        // The refresh keeps one binding: Call-ID and contact are the same.
        await phone.TellAsync(new { @do = "register" });
        string again = await phone.WaitForAsync("response REGISTER 200", 2);
        Assert.Equal(1, again.Split(".invalid").Length - 1);
        await phone.DoAsync("optionsSucceeded 200", new { @do = "options", to = "localhost" });
        await phone.DoAsync("unregistered", new { @do = "unregister" });
    }

    [Fact]
    public async Task Register_WithAWrongPassword_IsRefused()
    {
        await using JsSipPhone phone = await JsSipPhone.StartAsync(Server, "ws", "1002", AnyPort, fixture.Authority, "not the password");
        await phone.DoAsync("registrationFailed 4", new { @do = "register" });
    }

    [Fact]
    public async Task Call_FromPageToPage_IsHeardBothWays_HeldAndResumed_AndHungUp()
    {
        await using RtpEndpoint callerMedia = new(450);
        await using RtpEndpoint calleeMedia = new(1000);
        await using JsSipPhone callee = await StartAsync("wss", "1002", calleeMedia.Port);
        await callee.RegisterAsync();
        await using JsSipPhone caller = await StartAsync("ws", "1001", callerMedia.Port);
        await caller.DoAsync("outgoing", new { @do = "call", to = "1002" });
        Assert.Equal("incoming 1001", await callee.WaitForAsync("incoming"));
        await caller.WaitForAsync("progress remote 180");
        await callee.DoAsync("confirmed", new { @do = "answer" });
        await caller.WaitForAsync("confirmed");
        callerMedia.Remote = await caller.ReadRemoteMediaAsync();
        calleeMedia.Remote = await callee.ReadRemoteMediaAsync();
        await RtpEndpoint.SpeakAsync([callerMedia, calleeMedia], 80);
        callerMedia.AssertHeardTone(1000);
        calleeMedia.AssertHeardTone(450);

        await caller.DoAsync("held", new { @do = "hold" });
        await callee.WaitForAsync("hold remote");
        await caller.DoAsync("resumed", new { @do = "unhold" });
        await callee.WaitForAsync("unhold remote");
        await callee.DoAsync("ended local", new { @do = "hangup" });
        await caller.WaitForAsync("ended remote");
    }

    [Fact]
    public async Task Call_Rejected_ShowsTheCallersPageTheSame()
    {
        await using JsSipPhone callee = await StartAsync("ws", "1002");
        await callee.RegisterAsync();
        await using JsSipPhone caller = await StartAsync("wss", "1001");
        await caller.DoAsync("outgoing", new { @do = "call", to = "1002" });
        await callee.WaitForAsync("incoming");
        await callee.TellAsync(new { @do = "reject", status = 486 });
        await caller.WaitForAsync("failed remote 486 Busy");
    }

    [Fact]
    public async Task Call_Cancelled_StopsRingingInTheOtherPage()
    {
        await using JsSipPhone callee = await StartAsync("wss", "1002");
        await callee.RegisterAsync();
        await using JsSipPhone caller = await StartAsync("ws", "1001");
        await caller.DoAsync("progress remote 180", new { @do = "call", to = "1002" });
        await caller.DoAsync("failed local", new { @do = "hangup" });
        Assert.EndsWith(" Canceled", await callee.WaitForAsync("failed remote"), StringComparison.Ordinal);
    }

    /// <summary>RFC 7118 §5.3, RFC 5626 §7: a page that is closed or loaded anew is not reachable by its old connection, and nobody waits for it.</summary>
    [Fact]
    public async Task PageReloaded_OldConnectionRingsNoMore_TheNewOneDoes()
    {
        await using JsSipPhone before = await StartAsync("wss", "1002");
        await before.RegisterAsync();
        await before.VanishAsync();
        await using JsSipPhone caller = await StartAsync("ws", "1001");
        await Eventually.IsAsync(
            async () =>
            {
                int calls = caller.Count("failed");
                await caller.TellAsync(new { @do = "call", to = "1002" });
                return await caller.WaitForAsync("failed", calls + 1);
            },
            static failed => failed.StartsWith("failed remote 480 ", StringComparison.Ordinal),
            "nobody is registered any more");
        await using JsSipPhone after = await StartAsync("wss", "1002");
        await after.RegisterAsync();
        await caller.TellAsync(new { @do = "call", to = "1002" });
        Assert.Equal("incoming 1001", await after.WaitForAsync("incoming"));
        await after.DoAsync("confirmed", new { @do = "answer" });
        await caller.WaitForAsync("confirmed");
        await caller.DoAsync("ended local", new { @do = "hangup" });
        await after.WaitForAsync("ended remote");
    }

    [Fact]
    public async Task Call_OverWss_OutlivesTheReloadOfTheCertificate()
    {
        await using JsSipPhone callee = await StartAsync("wss", "1002");
        await using JsSipPhone caller = await StartAsync("wss", "1001");
        await ConnectAsync(caller, callee, "1002");
        string serial = await ReadSerialAsync();
        fixture.IssueCertificate();
        Server.Process.Signal(Sighup);
        await Eventually.IsAsync(ReadSerialAsync, shown => shown != serial, "the new certificate");
        await caller.DoAsync("held", new { @do = "hold" });
        await callee.WaitForAsync("hold remote");
        await callee.DoAsync("ended local", new { @do = "hangup" });
        await caller.WaitForAsync("ended remote");
        Assert.Equal((0, 0), (caller.Count("disconnected"), callee.Count("disconnected")));
    }

    [Fact]
    public async Task Digits_ByInfo_ReachTheOtherPage()
    {
        await using JsSipPhone callee = await StartAsync("wss", "1002");
        await using JsSipPhone caller = await StartAsync("ws", "1001");
        await ConnectAsync(caller, callee, "1002");
        await caller.TellAsync(new { @do = "dtmf", tones = "4#" });
        await callee.WaitForAsync("dtmf remote 4");
        await callee.WaitForAsync("dtmf remote #");
        await caller.WaitForAsync("response INFO 200", 2);
        await caller.DoAsync("ended local", new { @do = "hangup" });
    }

    /// <summary>RFC 3515: the called page hands its caller on and is let go.</summary>
    [Fact]
    public async Task Call_TransferredBlindly_GoesOnWithTheThirdPage()
    {
        await using JsSipPhone callee = await StartAsync("wss", "1002");
        await using JsSipPhone caller = await StartAsync("ws", "1001");
        await using JsSipPhone third = await JsSipPhone.StartAsync(Server, "wss", "1003", AnyPort, fixture.Authority, fixture.ThirdPassword);
        await third.RegisterAsync();
        await ConnectAsync(caller, callee, "1002");
        await callee.DoAsync("referAccepted", new { @do = "refer", to = "1003" });
        await third.WaitForAsync("incoming");
        await third.DoAsync("confirmed", new { @do = "answer" });
        await callee.WaitForAsync("referDone 200");
        await callee.WaitForAsync("ended remote");
        await third.DoAsync("ended local", new { @do = "hangup" });
        await caller.WaitForAsync("ended remote");
    }

    private async Task<string> ReadSerialAsync()
    {
        using TcpClient socket = new();
        await socket.ConnectAsync(Server.More["wss"]);
        await using SslStream stream = new(socket.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost").WaitAsync(Eventually.Patience);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private static async Task ConnectAsync(JsSipPhone caller, JsSipPhone callee, string account)
    {
        await callee.RegisterAsync();
        await caller.DoAsync("outgoing", new { @do = "call", to = account });
        await callee.WaitForAsync("incoming");
        await callee.DoAsync("confirmed", new { @do = "answer" });
        await caller.WaitForAsync("confirmed");
    }

    private async Task<JsSipPhone> StartAsync(string scheme, string account, int rtpPort = AnyPort) =>
        await JsSipPhone.StartAsync(Server, scheme, account, rtpPort, fixture.Authority);
}
