using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using MediaCore.Wire.Tests.Control;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>examples/toll-free-number does what its README says, by its own files.</summary>
[SupportedOSPlatform("linux")]
public class TollFreeExampleTests
{
    private static readonly string s_example = Path.Combine(ExampleProgram.Root, "examples", "toll-free-number");

    [Fact]
    public async Task Example_SetsItsNumberUp_AndTellsManagersAndAProgramOfAMessage()
    {
        using ScratchFolder folder = new();
        string secret = folder.Combine("acme/webhook-secret");
        int http = FreePorts.Next(IPAddress.Loopback);
        int smtp = FreePorts.Next(IPAddress.Loopback);
        await using ChildProcess outside = ChildProcess.Start("/usr/bin/python3", [Path.Combine(s_example, "outside.py"), "--secret", secret, "--http", $"{http}", "--smtp", $"{smtp}"], folder.Path);
        await outside.WaitForLineAsync(static line => line.StartsWith("ready ", StringComparison.Ordinal), "readiness");
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(await ReadSettingsAsync(http, smtp));
        await using ChildProcess setUp = ChildProcess.Start(
            "env", [$"MEDIACORE={server.HttpRoot.GetLeftPart(UriPartial.Authority)}", $"OUTSIDE=http://127.0.0.1:{http}", Path.Combine(s_example, "setup.sh"), folder.Combine("acme")], folder.Path);
        Assert.True(await setUp.WaitForExitAsync() == 0, setUp.Output);

        // Two more are there from the first start.
        await server.AccountsAsync(5);
        Assert.Contains("queue", await SimulateAsync(server, "2026-11-24T15:00:00Z"), StringComparison.Ordinal);
        Assert.DoesNotContain("queue", await SimulateAsync(server, "2026-11-24T23:00:00Z"), StringComparison.Ordinal);

        // A phone of those that were made, with its password.
        string sam = (await File.ReadAllLinesAsync(folder.Combine("acme/phones"))).Single(static line => line.Contains("sam-desk", StringComparison.Ordinal));
        await using SipPeer phone = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, "sam-desk", sam.Split("auth_pass=")[1].Split(';')[0])).Status);

        using TenantApi api = new(server, "acme");
        await api.PatchAsync("/v1/schedules/office", new { @override = "OVERRIDE_CLOSED" });
        await LeaveMessageAsync(server);
        SipText text = await phone.ExpectRequestAsync("MESSAGE");
        Assert.StartsWith("Voicemail from ", text.Body, StringComparison.Ordinal);
        foreach (string line in (string[])["mail     to rita@example.org: Voicemail", "mail     to sam@example.org: Voicemail", "text     to +12025550144: Voicemail", "event    voicemail.received"])
        {
            await outside.WaitForLineAsync(got => got.StartsWith(line, StringComparison.Ordinal), line);
        }

        Assert.DoesNotContain("refused", outside.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
    }

    /// <summary>The members of the example's configuration, with ports that are free.</summary>
    private static async Task<string> ReadSettingsAsync(int http, int smtp)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(s_example, "server.json"));
        int from = text.IndexOf('{', StringComparison.Ordinal) + 1;
        return text[from..text.LastIndexOf('}')].Replace("8025", $"{http}", StringComparison.Ordinal).Replace("8026", $"{smtp}", StringComparison.Ordinal).TrimEnd().TrimEnd(',');
    }

    private static async Task<string> SimulateAsync(MediaCoreServer server, string at)
    {
        using TenantApi api = new(server, "acme");
        JsonNode simulated = await api.PostAsync("/v1/plans/simulate", new { number = TollFreeSetting.Number, at });
        return string.Join(' ', simulated["steps"]!.AsArray().Select(static step => (string?)step!["action"]));
    }

    private static async Task LeaveMessageAsync(MediaCoreServer server)
    {
        await using SipPeer caller = new(server.Udp);
        await using RtpEndpoint mouth = new(1000);
        SipDialog call = SipDialog.To(caller, TollFreeSetting.Number);
        call.SendInvite(SdpText.Audio(mouth.Port));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        await mouth.FirstPacket;
        await RtpEndpoint.SpeakAsync([mouth], 500);
        await call.HangUpAsync();
    }
}
