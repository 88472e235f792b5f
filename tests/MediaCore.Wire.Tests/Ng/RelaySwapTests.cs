using System.Net;
using System.Text.RegularExpressions;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Ng;

/// <summary>A site with Kamailio and rtpengine changes its relay: the same proxy, the same callers (SIPp with sound), another address.</summary>
public partial class RelaySwapTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallsOfSipp_AreRelayedBothWays_WhicheverRelayTheAddressIs(bool ours)
    {
        const int calls = 2;
        int port = FreePorts.Next();
        await using MediaCoreServer? server = ours ? await MediaCoreServer.StartAsync($$"""
            "numbers": { "enabled": false }, "ng": { "listen": "udp://127.0.0.1:{{port}}" }
            """) : null;
        await using RtpengineRelay? rtpengine = ours ? null : await RtpengineRelay.StartAsync();
        using ScratchFolder folder = new();
        byte[] sound = new byte[8000];
        Random.Shared.NextBytes(sound);
        await File.WriteAllBytesAsync(folder.Combine("sound"), sound);
        string callerFile = await EditAsync(folder, "caller", text => text
            .Replace("[rtp_port]", "[rtpstream_audio_port]", StringComparison.Ordinal)
            .Replace("<pause/>", $"<nop><action><exec rtp_stream=\"{folder.Combine("sound")},-1,0\"/></action></nop><pause/>", StringComparison.Ordinal));
        string calleeFile = await EditAsync(folder, "callee", static text => text.Replace("[rtp_port]", "[media_port]", StringComparison.Ordinal));

        await using SippProcess callee = await SippProcess.StartAsync(calleeFile, null, calls, more: ["-rtp_echo"]);
        await using KamailioRelayUser kamailio = await KamailioRelayUser.StartAsync(rtpengine?.NgPort ?? port, new IPEndPoint(IPAddress.Loopback, callee.Port));
        await using SippProcess caller = await SippProcess.StartAsync(callerFile, kamailio.Local, calls, more: ["-s", "+12025550123", "-r", "1", "-d", "2000", "-l", "1"]);
        await caller.ExpectSuccessAsync(Eventually.Patience);
        await callee.ExpectSuccessAsync(Eventually.Patience);

        // What the module says of each call before it deletes it: a second of sound at least, and as much of its echo.
        string[] told = await Eventually.IsAsync(
            () => kamailio.Process.Output.Split('\n').Where(static l => l.Contains("relayed: ", StringComparison.Ordinal)).ToArray(), static lines => lines.Length == calls, "the statistics of each call");
        Assert.All(told, static line => Assert.True(int.Parse(Packets().Match(line).Groups["n"].ValueSpan) >= 100, line));
        if (server is not null)
        {
            Assert.Equal((calls, 0), (await server.ReadMetricAsync("mediacore_ng_sessions_started_total"), await server.ReadMetricAsync("mediacore_ng_sessions")));
            Assert.Equal(0, await server.ReadMetricAsync("mediacore_ng_sessions_incomplete_total"));
        }
    }

    /// <summary>A scenario with what this test changes in it; its path without the ending.</summary>
    private static async Task<string> EditAsync(ScratchFolder folder, string scenario, Func<string, string> edit)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Scenarios", scenario + ".xml"));
        await File.WriteAllTextAsync(folder.Combine(scenario + ".xml"), edit(text));
        return folder.Combine(scenario);
    }

    [GeneratedRegex(@"(?<n>\d+) packets", RegexOptions.NonBacktracking)]
    private static partial Regex Packets();
}
