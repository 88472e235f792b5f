using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>A server and a callee that it reaches at one number, with calls between: the proof that the server still does its work.</summary>
internal sealed class WholeCall : IAsyncDisposable
{
    public const string Number = "+12025551000";

    /// <summary>Calls follow each other faster here than the few ports of a test could rest between them.</summary>
    private const string Media = "\"portRestSeconds\": 0";

    /// <summary>Two pairs for each of a hundred calls, all of them on one of up to four shards.</summary>
    private const int MediaPorts = 1600;
    private readonly SipPeer _caller;

    private WholeCall(MediaCoreServer server, AnsweringPeer callee)
    {
        Server = server;
        Callee = callee;
        callee.Server = server.Udp;
        _caller = new SipPeer(server.Udp);
    }

    public MediaCoreServer Server { get; }

    public AnsweringPeer Callee { get; }

    /// <summary>A server in number mode, with a number that rings the callee.</summary>
    public static async Task<WholeCall> StartNumbersAsync(string? folder = null)
    {
        WholeCall call = new(await MediaCoreServer.StartAsync(folder: folder, media: Media, mediaPorts: MediaPorts), new AnsweringPeer());
        (int code, string output) = await call.Server.RunAsync("numbers", "add", Number, $"sip:callee@{call.Callee.Local}");
        Assert.True(code == 0, output);
        await call.Server.Process.WaitForLineAsync(static l => l.Contains(" 2 numbers and ", StringComparison.Ordinal), "number in force");
        return call;
    }

    /// <summary>An SBC that sends every call to the callee, which is busy for all numbers but the one.</summary>
    public static async Task<WholeCall> StartSbcAsync(string more = "", string? folder = null)
    {
        AnsweringPeer callee = new(static invite => invite.RequestUri.Contains(Number, StringComparison.Ordinal));
        string settings = $$"""
            "trunks": [ { "name": "carrier-a", "targets": ["sip:{{callee.Local}}"], "from": ["127.0.0.0/8"] } ],
            "routes": [ { "name": "all", "trunks": ["carrier-a"] } ],
            "numbers": { "enabled": false }
            """;
        return new WholeCall(await MediaCoreServer.StartAsync(more.Length == 0 ? settings : $"{settings}, {more}", folder, media: Media, mediaPorts: MediaPorts), callee);
    }

    /// <summary>INVITE, 200, ACK, BYE, 200, through both sides.</summary>
    public async Task PlaceAsync()
    {
        int before = Callee.HungUp;
        SipDialog call = SipDialog.To(_caller, Number);
        call.SendInvite(SdpText.Audio(40_000));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        await Eventually.IsAsync(() => Callee.HungUp, n => n == before + 1, "BYE at the callee");
        await Eventually.IsAsync(() => Callee.Acknowledged, n => n == Callee.Calls, "ACK at the callee");
    }

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await Server.DisposeAsync();
        await Callee.DisposeAsync();
    }
}
