using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Audio.Detection;
using MediaCore.Wire.Tests.Media;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using static MediaCore.Wire.Tests.Numbers.TollFreeSetting;

namespace MediaCore.Wire.Tests.Numbers;

/// <content>The evening: the office closes while the server runs.</content>
public partial class TollFreeNumberTests
{
    // What pocketsphinx takes on a machine that is busy with other tests.
    private static readonly TimeSpan s_transcription = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Caller_AfterHours_LeavesAMessage_OfWhichTwoManagersAreTold_AndItsTranscriptFollows()
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
        Assert.True((bool)(await api.GetAsync("/v1/schedules/office/state"))["open"]!);
        clock.MoveTo(Evening);
        await Eventually.IsAsync(() => api.GetAsync("/v1/schedules/office/state"), static state => !(bool)state["open"]!, "the office is closed");
        await using SipPeer sam = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(sam, Phone, Password)).Status);
        await using SipPeer caller = new(server.Udp);
        JsonNode message = await LeaveMessageAsync(api, caller);
        await CheckNotificationsAsync(api, peers, sam, message);
        await CheckTranscriptAsync(api, peers, sam, message);
        await CheckMessageRecordAsync(api, peers, message);
        Assert.DoesNotContain("refused", peers.Told, StringComparison.Ordinal);
        Assert.DoesNotContain(CallerNumber, server.Process.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> LeaveMessageAsync(TenantApi api, SipPeer caller)
    {
        await using RtpEndpoint mouth = new(1000);
        SipDialog call = await CallAsync(caller, mouth);
        await Eventually.IsAsync(() => HasBeeped(mouth.Heard), static beeped => beeped, "the tone after the greeting");
        short[] words = await SpeakAsync("please call me back tomorrow morning about the new order for the office");
        mouth.Say(words);
        await RtpEndpoint.SpeakAsync([mouth], words.Length / RtpEndpoint.SamplesPerPacket);
        await call.HangUpAsync();
        JsonArray messages = (await Eventually.IsAsync(() => api.GetAsync("/v1/voicemails?box=500"), static page => page["messages"]!.AsArray().Count > 0, "a message in the box"))["messages"]!.AsArray();
        JsonNode left = Assert.Single(messages)!;
        Assert.Equal((CallerNumber, "STATE_NEW", "TRANSCRIPTION_PENDING"), ((string)left["caller"]!, (string)left["state"]!, (string)left["transcription"]!));
        Assert.InRange((int)left["duration_ms"]!, 2000, 15_000);
        byte[] sound = await api.FetchAsync($"/v1/voicemails/{left["id"]}/sound");
        Assert.Equal((string)left["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(sound)));
        return left;
    }

    /// <summary>Both managers have a text message and a mail while the transcription has not even begun.</summary>
    private static async Task CheckNotificationsAsync(TenantApi api, TollFreePeers peers, SipPeer sam, JsonNode message)
    {
        JsonElement mobile = await peers.Centre.WaitForAsync("submit");
        Assert.Equal((Number[1..], Mobile[1..]), (mobile.GetProperty("from").GetString()!.TrimStart('+'), mobile.GetProperty("to").GetString()!.TrimStart('+')));
        Assert.StartsWith($"Voicemail from {CallerNumber}, {Evening:yyyy-MM-dd} 18:", mobile.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"Voicemail from {CallerNumber}", await TakeMessageAsync(sam), StringComparison.Ordinal);
        string[] mails = await Eventually.IsAsync(() => peers.Mail.Mails.ToArray(), static mails => mails.Length == 2, "a mail for each manager");
        Assert.All(mails, static mail => Assert.Contains("Content-Type: audio/", mail, StringComparison.Ordinal));
        Assert.Equal(["rita@example.org", "sam@example.org"], mails.Select(static mail => mail.Split('\n').Single(static line => line.StartsWith("To: ", StringComparison.Ordinal))[4..].Trim('<', '>')).Order());
        JsonNode told = (await Eventually.IsAsync(() => peers.Events("voicemail.received"), static events => events.Count == 1, "the message told"))[0];
        Assert.Equal(((string)message["id"]!, "pending"), ((string)told["message_id"]!, (string)told["transcription"]!));
        Assert.Equal("TRANSCRIPTION_PENDING", (string)(await api.GetAsync($"/v1/voicemails/{message["id"]}"))["transcription"]!);
        await SentAsync(api, 4);

        // The centre's word that it has arrived.
        await peers.Centre.TellAsync(new { deliver = new { esm_class = 4, source_addr = Mobile[1..], destination_addr = Number[1..], receipted_message_id = mobile.GetProperty("id").GetString(), message_state = 2, short_message = "" } });
        await Eventually.IsAsync(
            () => api.GetAsync("/v1/messages"),
            static page => page["messages"]!.AsArray() is { Count: 2 } both && both.All(static one => (string)one!["state"]! == "STATE_DELIVERED"),
            "both text messages delivered");
    }

    private static async Task CheckTranscriptAsync(TenantApi api, TollFreePeers peers, SipPeer sam, JsonNode message)
    {
        peers.OpenGate();
        JsonNode done = await Eventually.IsAsync(() => api.GetAsync($"/v1/voicemails/{message["id"]}"), static one => (string)one["transcription"]! != "TRANSCRIPTION_PENDING", "a transcript", s_transcription);
        Assert.Equal("TRANSCRIPTION_DONE", (string)done["transcription"]!);

        // It understands little of telephone sound (ADR 0039), so what is right about it is not asked here; that it has listened to words is.
        JsonNode transcript = JsonNode.Parse((string)done["transcript"]!)!;
        Assert.Equal("pocketsphinx", (string)transcript["engine"]!);
        Assert.NotEmpty(transcript["words"]!.AsArray());
        string text = (string)transcript["text"]!;
        Assert.Contains(text[..Math.Min(text.Length, 40)], (await peers.Centre.WaitForAsync("submit", 2)).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Transcript: ", await TakeMessageAsync(sam), StringComparison.Ordinal);
        string[] mails = await Eventually.IsAsync(() => peers.Mail.Mails.ToArray(), static mails => mails.Length == 4, "the transcript for each manager");
        Assert.All(mails[..2], static mail => Assert.DoesNotContain("In-Reply-To:", mail, StringComparison.Ordinal));
        Assert.All(mails[2..], static mail => Assert.Contains("In-Reply-To:", mail, StringComparison.Ordinal));
        JsonNode told = (await Eventually.IsAsync(() => peers.Events("voicemail.transcribed"), static events => events.Count == 1, "the transcript told"))[0];
        Assert.Equal(("done", text), ((string)told["transcription"]!, (string)told["transcript"]!["text"]!));
        await SentAsync(api, 8);
    }

    private static async Task CheckMessageRecordAsync(TenantApi api, TollFreePeers peers, JsonNode message)
    {
        JsonNode record = (await RecordsAsync(api, 1))[0]!;
        Assert.Equal((Number, "voicemail", (string)message["call_id"]!), ((string)record["number"]!, (string)record["disposition"]!, (string)record["call_id"]!));
        JsonNode joined = JsonNode.Parse((string)(await api.GetAsync($"/v1/records/{record["call_id"]}"))["joined"]!)!;
        JsonNode left = Assert.Single(joined["voicemail"]!.AsArray())!;
        Assert.Equal(((string)message["id"]!, "500"), ((string)left["message_id"]!, (string)left["box"]!));
        Assert.Null(joined["queues"]);

        // The engine looks at the clock every quarter second, so the call may have begun before it knew of the evening.
        Assert.InRange(DateTimeOffset.Parse((string)joined["ended_at"]!), Evening, Evening.AddHours(1));
        await Eventually.IsAsync(() => peers.Events("call.completed").Count, static count => count == 1, "the call told");
    }

    private static Task SentAsync(TenantApi api, int count) => Eventually.IsAsync(
        () => api.GetAsync("/v1/notifications"), page => page["notifications"]!.AsArray() is var all && all.Count == count && all.All(static one => (string)one!["state"]! == "STATE_SENT"), $"{count} notifications that went out");

    private static async Task<string> TakeMessageAsync(SipPeer phone)
    {
        SipText message = await phone.ExpectRequestAsync("MESSAGE");
        SipDialog.From(phone, message).Respond(message, 200, "OK");
        return message.Body;
    }

    /// <summary>A sentence of espeak-ng as a telephone has it.</summary>
    private static async Task<short[]> SpeakAsync(string text)
    {
        using ScratchFolder folder = new();
        string file = folder.Combine("words.wav");
        await using ChildProcess espeak = ChildProcess.Start("espeak-ng", ["-v", "en-us", "-s", "140", "-w", file, text], folder.Path);
        Assert.Equal(0, await espeak.WaitForExitAsync());
        return (await RecordedFile.DecodeAsync(file))[0];
    }

    private static bool HasBeeped(short[] heard)
    {
        // The detector tells of a tone when something else follows; nothing is sent after this one.
        BeepDetector detector = new();
        return heard.Concat(new short[10 * RtpEndpoint.SamplesPerPacket]).Chunk(RtpEndpoint.SamplesPerPacket).Any(packet => detector.Process(packet));
    }
}
