using System.Diagnostics;
using System.Net;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Defence;

/// <summary>SIPVicious against the server, while others go on calling (docs/adr/0012-defence.md).</summary>
[Collection(MeasuredAlone.Name)]
public sealed class SipviciousTests(ITestOutputHelper output)
{
    private const string DemoNumber = "+12025550100";
    private const string FoundNothing = "found nothing";

    /// <summary>Short enough to be waited for.</summary>
    private const int BanSeconds = 6;

    private static readonly IPAddress Scanner = IPAddress.Parse("127.66.0.1");
    private static readonly IPAddress PhoneAddress = IPAddress.Parse("127.44.0.1");
    private static readonly IPAddress CallerAddress = IPAddress.Parse("127.44.0.2");

    [Fact]
    public async Task UnderTheirOwnName_TheyHearNothing_AndAreBanned()
    {
        await using MediaCoreServer server = await StartAsync("");
        string password = await server.ReadPasswordAsync("1001");
        Task<string[]> scan = Task.WhenAll(
            Sipvicious.MapAsync(server.Udp, Scanner, times: 8),
            Sipvicious.WarAsync(server.Udp, "1000-1004", "REGISTER"),
            Sipvicious.CrackAsync(server.Udp, "1001", ["wrong", password]));
        await CallUntilAsync(server, scan);
        foreach (string told in await scan)
        {
            output.WriteLine(told);
            Assert.Contains(FoundNothing, told, StringComparison.Ordinal);
            Assert.DoesNotContain("MediaCore", told, StringComparison.Ordinal);
            Assert.DoesNotContain(password, told, StringComparison.Ordinal);
        }

        // The sixth message with that name makes the ban; svmap sent eight.
        Assert.True(await server.ReadMetricAsync("mediacore_sip_defence_dropped_total{reason=\"scanner\"}") >= 6);
        Assert.True(await server.ReadMetricAsync("mediacore_sip_defence_bans_total") >= 1);
        await ExpectToBeHeardAgainAsync(server, Scanner);
    }

    [Fact]
    public async Task UnderAnotherName_TheyFindNoAccount_AndNoPassword_AndAreBanned()
    {
        await using MediaCoreServer server = await StartAsync(", \"scanners\": []");
        string password = await server.ReadPasswordAsync("1001");
        Task<string[]> scan = ScanAsync();
        await CallUntilAsync(server, scan);
        string[] told = await scan;
        Assert.All(told, output.WriteLine);
        Assert.Contains(FoundNothing, told[0], StringComparison.Ordinal);
        Assert.DoesNotContain(password, told[1], StringComparison.Ordinal);
        Assert.True(await server.ReadMetricAsync("mediacore_sip_defence_bans_total") >= 1);
        await ExpectToBeHeardAgainAsync(server, Sipvicious.Home);

        async Task<string[]> ScanAsync() =>
        [
            await Sipvicious.WarAsync(server.Udp, "990-1030", "REGISTER"),
            await Sipvicious.CrackAsync(server.Udp, "1001", [.. Enumerable.Range(0, 30).Select(static i => $"wrong{i}"), password], until: BannedAsync()),
        ];

        // One REGISTER a second is heard all the same, which keeps it trying for as long as anybody wants to watch.
        async Task BannedAsync() => await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_sip_defence_dropped_total{reason=\"banned\"}"), static n => n >= 100, "svcrack banned");
    }

    /// <summary>The other way round: they work against this server when they may. Still accounts look like none.</summary>
    [Fact]
    public async Task FromATrustedNetwork_TheServerIsFound_AccountsAreAlike_AndOnlyAShortListFindsThePassword()
    {
        await using MediaCoreServer server = await StartAsync(", \"trusted\": [\"127.0.0.0/8\"]");
        string password = await server.ReadPasswordAsync("1001");
        string map = await Sipvicious.MapAsync(server.Udp, Scanner);
        Assert.Contains("MediaCore", map, StringComparison.Ordinal);

        // Accounts 1001 and 1002 exist, 1000 and 1003 do not.
        foreach (string method in (string[])["REGISTER", "INVITE"])
        {
            string war = await Sipvicious.WarAsync(server.Udp, "1000-1003", method);
            output.WriteLine(war);
            string[] rows = [.. ((string[])["1000", "1001", "1002", "1003"]).Select(account => war.Split('\n').FirstOrDefault(l => l.StartsWith($"| {account} ", StringComparison.Ordinal))?[6..] ?? "")];
            Assert.Single(rows.Distinct());
        }

        Assert.Contains($"The password for 1001 is {password}", await Sipvicious.CrackAsync(server.Udp, "1001", ["wrong", password]), StringComparison.Ordinal);
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_sip_defence_bans_total"));
    }

    private static Task<MediaCoreServer> StartAsync(string more) =>
        MediaCoreServer.StartAsync(sip: $"\"defence\": {{ \"banSeconds\": {BanSeconds}, \"overload\": {{ \"enabled\": false }}{more} }}");

    /// <summary>A phone stays registered and is called, again and again, until the scan is over; every call comes about.</summary>
    private async Task CallUntilAsync(MediaCoreServer server, Task scan)
    {
        string password = await server.ReadPasswordAsync("1001");
        await using SipPeer phone = new(server.Udp, PhoneAddress);
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, "1001", password)).Status);
        await using SipPeer caller = new(server.Udp, CallerAddress);

        // As many as one caller that nobody knows may make: four requests each.
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(500));
        int calls = 0;
        do
        {
            SipDialog call = SipDialog.To(caller, DemoNumber);
            call.SendInvite(SdpText.Audio(40000));
            SipDialog ringing = SipDialog.From(phone, await phone.ExpectRequestAsync("INVITE"));
            ringing.Answer(SdpText.Audio(40002));
            Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
            call.SendAck();
            await ringing.ExpectRequestAsync("ACK");
            Task<SipText> hungUp = ringing.ExpectHangUpAsync();
            Assert.Equal(200, (await call.HangUpAsync()).Status);
            await hungUp;
            calls++;
            await pace.WaitForNextTickAsync();
        }
        while (!scan.IsCompleted);
        output.WriteLine($"{calls} calls meanwhile");
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, "1001", password, expires: 300)).Status);
    }

    /// <summary>Somebody else who has the address after the scanner: not answered while it is banned, answered when that is over.</summary>
    private static async Task ExpectToBeHeardAgainAsync(MediaCoreServer server, IPAddress address)
    {
        await using SipPeer next = new(server.Udp, address);
        string callId = SipDialog.To(next, "1001").CallId;

        // Slower than what a stranger may ask, or the asking would be the next reason for a ban.
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(500));
        long start = Stopwatch.GetTimestamp();
        for (int asked = 1; !next.Waiting().Any(static m => m.Status == 200); asked++)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(BanSeconds) + Eventually.Patience, $"no answer to {asked} OPTIONS, the ban lasts {BanSeconds} s");
            next.Send($"OPTIONS sip:{server.Udp} SIP/2.0\r\nVia: SIP/2.0/UDP {next.Local};rport;branch=z9hG4bKagain{asked}\r\nMax-Forwards: 70\r\nFrom: <sip:next@example.com>;tag=next\r\n"
                + $"To: <sip:{server.Udp}>\r\nCall-ID: {callId}\r\nCSeq: {asked} OPTIONS\r\nContent-Length: 0\r\n\r\n");
            await pace.WaitForNextTickAsync();
        }
    }
}
