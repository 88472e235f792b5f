using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Media;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using static MediaCore.Wire.Tests.Numbers.TollFreeSetting;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>
/// The example that the product is made for, set up through the public API alone: a toll-free number whose callers are queued to sales in business hours, and leave a message after hours, of which two managers and a program are told. The test moves the
/// server's clock from noon to evening.
/// </summary>
public partial class TollFreeNumberTests
{
    private const string CallerNumber = "+12025550199";

    [Fact]
    public async Task Caller_WaitsWithMusicAndHisPosition_AndIsAnsweredByWhoHasBeenIdleLongest()
    {
        using MovedClock clock = await MovedClock.CreateAsync(Noon);
        await using TollFreePeers peers = await TollFreePeers.StartAsync(clock);
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(peers.Settings, clock: clock);
        using TenantApi platform = TenantApi.OfOperator(server);
        using TenantApi api = new(server, Tenant);
        await SetUpAsync(platform, api);
        await peers.SubscribeAsync(api);
        // Two more are there from the first start.
        await server.AccountsAsync(6);
        await using SipPeer caller = new(server.Udp);

        await TalkToBenAndAnnaAsync(server, api, caller);
        await CheckCallsAsync(api, peers);
        Assert.DoesNotContain("refused", peers.Told, StringComparison.Ordinal);
        Assert.DoesNotContain(CallerNumber, server.Process.Output, StringComparison.Ordinal);
    }

    private static async Task TalkToBenAndAnnaAsync(MediaCoreServer server, TenantApi api, SipPeer caller)
    {
        // Carol is ready and has no phone: with nobody to answer, the caller hears his place and music.
        await api.PatchAsync("/v1/agents/carol", new { presence = "PRESENCE_READY" });
        await using RtpEndpoint ear = new(450);
        SipDialog waiting = await CallAsync(caller, ear);
        await Eventually.IsAsync(() => ear.Heard.Length, static samples => samples > 8000 * 6, "six seconds of what a waiting caller hears");
        short[] heard = ear.Heard;
        int music = heard.Chunk(800).Count(static w => Goertzel.LevelDbm0(w, MusicHertz, 8000) > -30);
        int speech = heard.Chunk(800).Count(static w => Goertzel.TotalLevelDbm0(w) > -40 && Goertzel.LevelDbm0(w, MusicHertz, 8000) < -30);
        Assert.True(music > 10 && speech > 5, $"{music} tenths of a second of music, {speech} of speech");

        // Ben signs in with a phone that is there: he gets the caller.
        await using BaresipPhone ben = await BaresipPhone.StartAsync(server, "ben-desk", Password, 700);
        await ben.WaitUntilRegisteredAsync();
        await api.PatchAsync("/v1/agents/ben", new { presence = "PRESENCE_READY" });
        await ben.WaitForAsync("Call established");
        Task speaking = RtpEndpoint.SpeakAsync([ear], 150);
        await ben.WaitUntilHeardAsync(TimeSpan.FromSeconds(2));
        await speaking;
        Assert.Equal("1", (string)(await api.GetAsync("/v1/queues-live"))["queues"]![0]!["answered"]!);

        // Anna has been ready since ben got his call, and so is idle for longer than he when it is over.
        await using SipPeer anna = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(anna, "anna-desk", Password)).Status);
        await api.PatchAsync("/v1/agents/anna", new { presence = "PRESENCE_READY" });
        await waiting.HangUpAsync();
        await using RtpEndpoint second = new(450);
        SipDialog next = await CallAsync(caller, second);
        SipText invite = await anna.ExpectRequestAsync("INVITE");
        SipDialog offered = SipDialog.From(anna, invite);
        offered.Ring();

        // He may have heard no music yet to learn from where to speak to: one of the two has to begin.
        await using RtpEndpoint annasEar = new(900) { Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort) };
        offered.Answer(SdpText.Audio(annasEar.Port));
        await offered.ExpectRequestAsync("ACK");
        await RtpEndpoint.SpeakAsync([second, annasEar], 150);
        await next.HangUpAsync();
        offered.Respond(await offered.ExpectRequestAsync("BYE"), 200, "OK");
    }

    private static async Task CheckCallsAsync(TenantApi api, TollFreePeers peers)
    {
        JsonArray records = await RecordsAsync(api, 2);
        Assert.All(records, static record => Assert.Equal((Number, "answered", "sales"), ((string)record!["number"]!, (string)record["disposition"]!, (string)record["queues"]![0]!)));
        Assert.Equal(["ben", "anna"], records.Select(static record => (string)record!["agents"]![0]!));

        // The first call, joined: its wait, who took it, by which plan, and why.
        string call = (string)records[0]!["call_id"]!;
        JsonNode joined = JsonNode.Parse((string)(await api.GetAsync($"/v1/records/{call}"))["joined"]!)!;
        JsonNode visit = Assert.Single(joined["queues"]!.AsArray())!;
        Assert.Equal(("sales", "answered", "ben"), ((string)visit["queue"]!, (string)visit["result"]!, (string)visit["agent"]!));
        Assert.InRange((int)visit["wait_ms"]!, 6000, 300_000);
        Assert.Equal(("main", 1), ((string)joined["plan"]!["name"]!, (int)joined["plan"]!["revision"]!));
        Assert.Contains(joined["steps"]!.AsArray(), static step => ((string)step!["text"]!).Contains("hours", StringComparison.Ordinal));
        Assert.Equal(["a", "agent"], joined["legs"]!.AsArray().Select(static leg => (string)leg!["role"]!).Distinct());
        Assert.InRange(DateTimeOffset.Parse((string)joined["started_at"]!), Noon, Noon.AddHours(1));

        // What was said with Anna, each side in its channel.
        call = (string)records[1]!["call_id"]!;
        JsonNode recording = (await Eventually.IsAsync<JsonNode?>(
            async () => (await api.GetAsync("/v1/recordings"))["recordings"]!.AsArray().FirstOrDefault(one => (string)one!["call_id"]! == call && (string)one["state"]! == "completed"), static one => one is not null, "the recording"))!;
        byte[] sound = await api.FetchAsync($"/v1/recordings/{call}/{recording["index"]}");
        Assert.Equal(((string)recording["sha256"]!, "stereo"), (Convert.ToHexStringLower(SHA256.HashData(sound)), (string)recording["layout"]!));
        using ScratchFolder folder = new();
        await File.WriteAllBytesAsync(folder.Combine("call.wav"), sound);
        short[][] sides = await RecordedFile.DecodeAsync(folder.Combine("call.wav"));
        RecordedFile.AssertMostly(sides[0], 450, 900);
        RecordedFile.AssertMostly(sides[1], 900, 450);

        // The queue's figures, and what programs were told.
        JsonNode queue = Assert.Single((await api.GetAsync("/v1/queues-live"))["queues"]!.AsArray())!;
        Assert.Equal(("2", "2", "0", 0), ((string)queue["offered"]!, (string)queue["answered"]!, (string)queue["abandoned"]!, (int)queue["waiting"]!));
        IReadOnlyList<JsonNode> told = await Eventually.IsAsync(() => peers.Events("call.completed"), static events => events.Count >= 2, "both calls told");
        Assert.Contains(told, data => (string)data["call_id"]! == call);
        await Eventually.IsAsync(() => peers.Events("recording.completed"), events => events.Any(data => (string)data["call_id"]! == call), "the recording told");
    }

    /// <summary>The records, oldest first, once as many are there and joined.</summary>
    private static async Task<JsonArray> RecordsAsync(TenantApi api, int count) => (await Eventually.IsAsync(
        () => api.GetAsync("/v1/records"), page => page["records"]!.AsArray() is var all && all.Count == count && all.All(static record => (string)record!["disposition"]! != ""), $"{count} records, joined"))["records"]!.AsArray();

    /// <summary>Calls until the server has heard of what was set up.</summary>
    private static async Task<SipDialog> CallAsync(SipPeer caller, RtpEndpoint media)
    {
        (SipDialog dialog, _) = await Eventually.IsAsync(
            async () =>
            {
                SipDialog tried = SipDialog.To(caller, Number, CallerNumber);
                tried.SendInvite(SdpText.Audio(media.Port));
                return (tried, (await tried.ExpectInviteResponseAsync()).Status);
            },
            static call => call.Status == 200,
            "the number answers");
        dialog.SendAck();
        return dialog;
    }
}
