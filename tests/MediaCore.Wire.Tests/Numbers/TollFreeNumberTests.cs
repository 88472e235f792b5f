using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>
/// The example that the product is made for, set up through the public API alone: a toll-free number whose callers are queued to sales in business hours, and leave a message after hours.
/// </summary>
public class TollFreeNumberTests
{
    private const string Number = "+18005550123";
    private const int MusicHertz = 600;
    private const string Password = "correct-horse-battery";

    [Fact]
    public async Task Caller_WaitsWithMusicAndHisPosition_IsAnsweredByWhoHasBeenIdleLongest_AndLeavesAMessageAfterHours()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync("\"recording\": { \"format\": \"wav\" }");
        using TenantApi api = await SetUpAsync(server);
        await using SipPeer caller = new(server.Udp);

        // Carol is ready and has no phone: with nobody to answer, the caller hears his place and music.
        await api.PatchAsync("/v1/agents/carol", new { presence = "PRESENCE_READY" });
        await using RtpEndpoint first = new(450);
        SipDialog waiting = await CallAsync(caller, first);
        await Eventually.IsAsync(() => first.Heard.Length, static samples => samples > 8000 * 6, "six seconds of what a waiting caller hears");
        short[] heard = first.Heard;
        int music = heard.Chunk(800).Count(static w => Goertzel.LevelDbm0(w, MusicHertz, 8000) > -30);
        int speech = heard.Chunk(800).Count(static w => Goertzel.TotalLevelDbm0(w) > -40 && Goertzel.LevelDbm0(w, MusicHertz, 8000) < -30);
        Assert.True(music > 10 && speech > 5, $"{music} tenths of a second of music, {speech} of speech");

        // Ben signs in with a phone that is there: he gets the caller.
        await using BaresipPhone ben = await BaresipPhone.StartAsync(server, "ben-desk", Password, 700);
        await ben.WaitUntilRegisteredAsync();
        await api.PatchAsync("/v1/agents/ben", new { presence = "PRESENCE_READY" });
        await ben.WaitForAsync("Call established");
        Task speaking = RtpEndpoint.SpeakAsync([first], 100);
        await ben.WaitUntilHeardAsync(TimeSpan.FromSeconds(1));
        await speaking;

        // Anna has been ready since ben got his call, and so is idle for longer than he when it is over.
        await using SipPeer anna = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(anna, "anna-desk", Password)).Status);
        await api.PatchAsync("/v1/agents/anna", new { presence = "PRESENCE_READY" });
        await waiting.HangUpAsync();
        await using RtpEndpoint second = new(450);
        SipDialog next = await CallAsync(caller, second);
        SipDialog offered = SipDialog.From(anna, await anna.ExpectRequestAsync("INVITE"));
        offered.Ring();
        await using RtpEndpoint annasEar = new(900);
        offered.Answer(SdpText.Audio(annasEar.Port));
        await offered.ExpectRequestAsync("ACK");
        await next.HangUpAsync();
        offered.Respond(await offered.ExpectRequestAsync("BYE"), 200, "OK");

        // After hours: the box. What the caller says is there to be fetched.
        await api.PatchAsync("/v1/schedules/office", new { @override = "OVERRIDE_CLOSED" });
        await Eventually.IsAsync(() => api.GetAsync("/v1/schedules/office/state"), static state => !(bool)state["open"]!, "the office is closed");
        JsonNode message = await Eventually.IsAsync(
            async () =>
            {
                await using RtpEndpoint mouth = new(1000);
                SipDialog late = await CallAsync(caller, mouth);
                await mouth.FirstPacket;
                await RtpEndpoint.SpeakAsync([mouth], 500);
                await late.HangUpAsync();
                return (await api.GetAsync("/v1/voicemails?box=500"))["messages"]!;
            },
            static messages => messages.AsArray().Count > 0, "a message in the box");
        JsonNode left = message[0]!;
        Assert.Equal("STATE_NEW", (string)left["state"]!);
        Assert.InRange((int)left["duration_ms"]!, 1000, 10_500);
        byte[] sound = await api.FetchAsync($"/v1/voicemails/{left["id"]}/sound");
        Assert.Equal((string)left["sha256"]!, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(sound)), ignoreCase: true);

        // The records: two calls that were answered, one that went to the box.
        JsonArray records = (await Eventually.IsAsync(() => api.GetAsync("/v1/records"), static page => page["records"]!.AsArray().Count >= 3, "the records of three calls"))["records"]!.AsArray();
        Assert.All(records, record => Assert.Equal(Number, (string)record!["number"]!));
    }

    private static async Task<TenantApi> SetUpAsync(MediaCoreServer server)
    {
        using TenantApi platform = TenantApi.OfOperator(server);
        await platform.PostAsync("/v1/tenants", new { name = "acme", kind = "KIND_CUSTOMER", time_zone = "America/New_York", language = "en" });
        await platform.PostAsync("/v1/number-imports", new { numbers = new[] { new { number = Number } } });
        TenantApi api = new(server, "acme");
        await Eventually.IsAsync(() => api.GetAsync("/v1/available-numbers?country=US"), static page => page["numbers"]!.AsArray().Count == 1, "the number can be bought");
        await api.PostAsync($"/v1/numbers/{Number}/reserve");
        await api.PostAsync($"/v1/numbers/{Number}/buy");
        short[] tone = [.. Enumerable.Range(0, 8000 * 5).Select(static i => (short)(8000 * Math.Sin(2 * Math.PI * MusicHertz * i / 8000)))];
        await api.UploadAsync("/v1/prompts/hold-music/sound", WaveWriter.ToArray(tone, 8000));
        await api.PostAsync("/v1/queues", new
        {
            name = "sales",
            strategy = "longest-idle",
            settings = JsonSerializer.Serialize(new { music = new { prompt = "hold-music" }, announce = new { position = true, everySeconds = 15 } }),
        });
        foreach (string name in (string[])["anna", "ben", "carol"])
        {
            await api.PostAsync("/v1/accounts", new { name = $"{name}-desk", password = Password });
            await api.PostAsync("/v1/users", new { name, account = $"{name}-desk" });
            await api.PostAsync("/v1/agents", new { user = name });
            await api.PutAsync($"/v1/queues/sales/members/{name}");
        }

        await server.AccountsAsync(3);
        await api.PostAsync("/v1/voicemail-boxes", new { box = "500", min_seconds = 1, transcribe = false });
        await api.PostAsync("/v1/schedules", new { name = "office", time_zone = "America/New_York", hours = """{ "week": { "mon-fri": ["09:00-17:00"] } }""", @override = "OVERRIDE_OPEN" });
        JsonNode plan = await api.PostAsync("/v1/plans", new
        {
            name = "main",
            document = """
                {
                  "rules": [ { "name": "hours", "when": { "schedule": "office" }, "then": [{ "do": "queue", "queue": "sales" }, { "do": "voicemail", "box": "500" }] } ],
                  "default": { "then": [{ "do": "voicemail", "box": "500" }] }
                }
                """,
        });
        await api.PostAsync("/v1/plans/main/publish");
        await api.PostAsync($"/v1/numbers/{Number}/assign", new { channel = "CHANNEL_VOICE", target = "TARGET_ROUTING_PLAN", target_id = (string)plan["id"]! });
        return api;
    }

    /// <summary>Calls until the server has heard of what was set up.</summary>
    private static async Task<SipDialog> CallAsync(SipPeer caller, RtpEndpoint media)
    {
        (SipDialog dialog, _) = await Eventually.IsAsync(
            async () =>
            {
                SipDialog tried = SipDialog.To(caller, Number);
                tried.SendInvite(SdpText.Audio(media.Port));
                return (tried, (await tried.ExpectInviteResponseAsync()).Status);
            },
            static call => call.Status == 200, "the number answers");
        dialog.SendAck();
        return dialog;
    }
}
