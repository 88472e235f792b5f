using System.Text.Json.Nodes;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>An owner's phones and the box: a message lights the lamps, is heard and deleted by a baresip phone, and puts them out; wrong PINs lock the box.</summary>
public class VoicemailPhoneTests
{
    private const string Number = "+13035550151";
    private const string Password = "correct-horse-battery";
    private const string Pin = "4831";
    private const int VoiceHertz = 1000;

    [Fact]
    public async Task Message_LightsTheLamps_IsHeardAndDeletedByPhone_AndWrongPinsLockTheBox()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync("\"recording\": { \"format\": \"wav\" }", sip: "\"subscriptions\": { \"messages\": \"phones\" }");
        using TenantApi api = await SetUpAsync(server);

        await using BaresipPhone anna = await BaresipPhone.StartAsync(server, "anna-desk", Password, 700, watchesMessages: true);
        await anna.WaitUntilRegisteredAsync();
        await anna.WaitForAsync("Messages-Waiting: no");

        // A customer says something for two seconds.
        await LeaveAsync(server, api);
        await anna.WaitForAsync("Messages-Waiting: yes");

        // Another phone of hers has never heard of subscriptions: it is told when it registers.
        await using SipPeer plain = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(plain, "anna-desk", Password)).Status);
        Assert.Contains("Voice-Message: 1/0", await TakeNotifyAsync(plain, "Messages-Waiting: yes"), StringComparison.Ordinal);

        // *97: a wrong PIN, the right one, the message, which is her customer's voice, 7.
        await anna.Control.CommandAsync("dial", "*97");
        await anna.Control.WaitForAsync("CALL_ESTABLISHED");
        await anna.Control.CommandAsync("sndcode", "1111#");
        await SignInsAsync(server, "wrong", 1);
        await anna.Control.CommandAsync("sndcode", Pin + "#");
        await SignInsAsync(server, "open", 1);
        await anna.Control.CommandAsync("sndcode", "1");
        await anna.WaitUntilToneIsHeardAsync(VoiceHertz);
        await anna.Control.CommandAsync("sndcode", "7");
        await Eventually.IsAsync(() => api.GetAsync("/v1/voicemail-boxes/500"), static box => (int?)box["messages"] is 0 or null, "the message is deleted");

        // Between its being heard and its being deleted it may be told as an old one: 0/1.
        Assert.Contains("Messages-Waiting: no", await TakeNotifyAsync(plain, "Voice-Message: 0/0"), StringComparison.Ordinal);
        await anna.Control.CommandAsync("hangup");
        await anna.Control.WaitForAsync("CALL_CLOSED");

        // Three wrong PINs end a call; the fifth in a row, whoever calls, locks the box, also for the right one.
        await anna.Control.CommandAsync("dial", "*97");
        await anna.Control.WaitForAsync("CALL_ESTABLISHED", 2);
        for (int i = 2; i <= 4; i++)
        {
            await anna.Control.CommandAsync("sndcode", "1111#");
            await SignInsAsync(server, "wrong", i);
        }

        await anna.Control.WaitForAsync("CALL_CLOSED", 2);
        await anna.Control.CommandAsync("dial", "*97");
        await anna.Control.WaitForAsync("CALL_ESTABLISHED", 3);
        await anna.Control.CommandAsync("sndcode", "1111#");
        await SignInsAsync(server, "wrong", 5);
        await anna.Control.CommandAsync("sndcode", "1111#");
        await SignInsAsync(server, "locked", 1);
        await anna.Control.WaitForAsync("CALL_CLOSED", 3);
        await anna.Control.CommandAsync("dial", "*97");
        await anna.Control.WaitForAsync("CALL_ESTABLISHED", 4);
        await anna.Control.CommandAsync("sndcode", Pin + "#");
        await SignInsAsync(server, "locked", 2);
        Assert.Equal(1, await server.ReadMetricAsync(SignIns("open")));
    }

    private static string SignIns(string result) => $"mediacore_numbers_voicemail_sign_ins_total{{result=\"{result}\"}}";

    private static Task SignInsAsync(MediaCoreServer server, string result, int count)
        => Eventually.IsAsync(() => server.ReadMetricAsync(SignIns(result)), seen => seen == count, $"{count} tries that are {result}");

    /// <summary>The body of the next NOTIFY that says so, each answered; a change may be told twice.</summary>
    private static async Task<string> TakeNotifyAsync(SipPeer phone, string wanted = "")
    {
        while (true)
        {
            SipText notify = await phone.ExpectRequestAsync("NOTIFY");
            SipDialog.From(phone, notify).Respond(notify, 200, "OK");
            Assert.Equal(("message-summary", "terminated"), (notify["Event"], notify["Subscription-State"]));
            if (notify.Body.Contains(wanted, StringComparison.Ordinal))
            {
                return notify.Body;
            }
        }
    }

    private static async Task LeaveAsync(MediaCoreServer server, TenantApi api)
    {
        await using SipPeer customer = new(server.Udp);
        await Eventually.IsAsync(
            async () =>
            {
                await using RtpEndpoint mouth = new(VoiceHertz);
                SipDialog call = SipDialog.To(customer, Number);
                call.SendInvite(SdpText.Audio(mouth.Port));
                if ((await call.ExpectInviteResponseAsync()).Status != 200)
                {
                    return false;
                }

                call.SendAck();
                await mouth.FirstPacket;

                // Over the greeting and the tone, until something of it is in the box.
                using var stop = new CancellationTokenSource();
                Task speaking = RtpEndpoint.SpeakAsync([mouth], 3_000, stop.Token);
                await Eventually.IsAsync(() => server.ReadMetricAsync("mediacore_numbers_voicemail_open"), static open => open == 1, "it is recorded");
                int before = mouth.Sent;
                await Eventually.IsAsync(() => mouth.Sent, sent => sent > before + 100, "two seconds of it");
                await stop.CancelAsync();
                await Task.WhenAny(speaking);
                await call.HangUpAsync();
                return true;
            },
            static isLeft => isLeft, "the number takes a message");
        await Eventually.IsAsync(() => api.GetAsync("/v1/voicemails?box=500"), static page => page["messages"]!.AsArray().Count == 1, "the message in the box");
    }

    private static async Task<TenantApi> SetUpAsync(MediaCoreServer server)
    {
        using TenantApi platform = TenantApi.OfOperator(server);
        await platform.PostAsync("/v1/tenants", new { name = "acme", kind = "KIND_CUSTOMER", time_zone = "America/Denver", language = "en" });
        await platform.PostAsync("/v1/number-imports", new { numbers = new[] { new { number = Number } } });
        TenantApi api = new(server, "acme");
        await Eventually.IsAsync(() => api.GetAsync("/v1/available-numbers?country=US"), static page => page["numbers"]!.AsArray().Count == 1, "the number can be bought");
        await api.PostAsync($"/v1/numbers/{Number}/reserve");
        await api.PostAsync($"/v1/numbers/{Number}/buy");
        await api.PostAsync("/v1/accounts", new { name = "anna-desk", password = Password });
        await api.PostAsync("/v1/users", new { name = "anna", account = "anna-desk", extension = "201" });
        await api.PostAsync("/v1/voicemail-boxes", new { box = "500", user = "anna", min_seconds = 1, transcribe = false });
        await api.PostAsync("/v1/voicemail-boxes/500/pin", new { pin = Pin });
        JsonNode plan = await api.PostAsync("/v1/plans", new { name = "main", document = """{ "default": { "then": [{ "do": "voicemail", "box": "500" }] } }""" });
        await api.PostAsync("/v1/plans/main/publish");
        await api.PostAsync($"/v1/numbers/{Number}/assign", new { channel = "CHANNEL_VOICE", target = "TARGET_ROUTING_PLAN", target_id = (string)plan["id"]! });
        // Two more are there from the first start.
        await server.AccountsAsync(3);
        return api;
    }
}
