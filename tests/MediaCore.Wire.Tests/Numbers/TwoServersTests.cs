using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Tests.Events;
using MediaCore.Numbers.Tests.Mail;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>Two servers share one PostgreSQL: a number answers on either, an agent has one call at a time, what is to be done once is done once, and one goes on without the other.</summary>
public sealed class TwoServersTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Number = "+18005550124";
    private const string Password = "correct-horse-battery";
    private readonly MailSink _mails = new();
    private readonly WebhookReceiver _hooks = new();
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private TwoServers _servers = null!;
    private TenantApi _a = null!;
    private TenantApi _b = null!;

    public async Task InitializeAsync()
    {
        _servers = await TwoServers.StartAsync(
            $$"""
            "numbers": { "mail": { "server": "localhost", "port": {{_mails.Options.Port}}, "security": "none", "from": "phones@mediacore.example" } },
            "webhooks": { "allowHttp": true, "allowNetworks": ["127.0.0.0/8"] }
            """);
        (_a, _b) = (new TenantApi(_servers.A, "acme"), new TenantApi(_servers.B, "acme"));
        await SetUpAsync();
    }

    public async Task DisposeAsync()
    {
        output.WriteLine(await DescribeAsync());
        _a.Dispose();
        _b.Dispose();
        await _servers.DisposeAsync();
        await _mails.DisposeAsync();
        await _hooks.DisposeAsync();
    }

    [Fact]
    public async Task Number_AnswersOnEither_AnAgentHasOneCallAtATime_AndWhatOneServerTookTheOtherGives()
    {
        await using SipPeer callerA = new(_servers.A.Udp, TwoServers.Elsewhere);
        await using SipPeer callerB = new(_servers.B.Udp, TwoServers.Elsewhere);
        await using RtpEndpoint first = new(450);
        await using RtpEndpoint second = new(450);

        // Anna's phone knows the first server alone. Who comes to the second is led to the first and rings her all the same.
        await using SipPeer anna = new(_servers.A.Udp, TwoServers.Elsewhere);
        Assert.Equal(200, (await SipPhone.RegisterAsync(anna, "anna-desk", Password)).Status);
        await _a.PatchAsync("/v1/agents/anna", new { presence = "PRESENCE_READY" });
        await StaffedAsync(_a, 1);
        SipDialog led = await CallAsync(callerB, second);
        SipDialog offered = await AnswerAsync(anna);
        await led.HangUpAsync();
        offered.Respond(await offered.ExpectRequestAsync("BYE"), 200, "OK");

        // Her second phone knows the second server, so both may ring her. While she talks on the one, the other does not.
        await using SipPeer annas = new(_servers.B.Udp, TwoServers.Elsewhere);
        Assert.Equal(200, (await SipPhone.RegisterAsync(annas, "anna-desk", Password)).Status);
        await StaffedAsync(_b, 1);
        SipDialog talking = await CallAsync(callerA, first);
        offered = await AnswerAsync(anna);
        double offers = await _servers.B.ReadMetricAsync("mediacore_numbers_queues_offers_total");
        SipDialog waiting = await CallAsync(callerB, second);
        await Eventually.IsAsync(() => _servers.B.ReadMetricAsync("mediacore_numbers_queues_offers_total"), seen => seen >= offers + 2, "the second server has wanted her twice");
        Assert.DoesNotContain(annas.Waiting(), IsCall);
        await talking.HangUpAsync();
        offered.Respond(await offered.ExpectRequestAsync("BYE"), 200, "OK");
        SipDialog next = await AnswerAsync(annas);
        await waiting.HangUpAsync();
        next.Respond(await next.ExpectRequestAsync("BYE"), 200, "OK");
        Assert.DoesNotContain(anna.Waiting(), IsCall);

        // After hours a message is left on the second server, and heard from the first.
        await SetOfficeAsync("OVERRIDE_CLOSED");
        JsonNode left = await LeaveMessageAsync(callerB, _a);
        byte[] sound = await _a.FetchAsync($"/v1/voicemails/{left["id"]}/sound");
        Assert.Equal((string)left["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(sound)), ignoreCase: true);

        // Each manager is told once, and so is the webhook of each event; both servers have one list of calls.
        await Eventually.IsAsync(() => _mails.Mails.Count, static count => count >= 2, "both managers have a mail");
        await Eventually.IsAsync(async () => Identifiers(await _a.GetAsync("/v1/records?answered=true")).Length, static count => count >= 5, "the records: both parts of the call that was led on, two of the queue, the message");
        Assert.Equal(Identifiers(await _a.GetAsync("/v1/records?answered=true")), Identifiers(await _b.GetAsync("/v1/records?answered=true")));

        // What was said is recorded, one talk on each server, and heard from either.
        (JsonNode[] recordings, _) = await Eventually.IsAsync(
            async () => (SavedRecordings(await _a.GetAsync("/v1/recordings")), SavedRecordings(await _b.GetAsync("/v1/recordings"))),
            static seen => seen.Item1.Length >= 2 && seen.Item1.Zip(seen.Item2).All(static pair => JsonNode.DeepEquals(pair.First, pair.Second)) && seen.Item1.Length == seen.Item2.Length,
            "both servers list the recordings");
        foreach (JsonNode recording in recordings)
        {
            foreach (TenantApi api in (TenantApi[])[_a, _b])
            {
                sound = await api.FetchAsync($"/v1/recordings/{recording["call_id"]}/{recording["index"]}");
                Assert.Equal((string)recording["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(sound)), ignoreCase: true);
            }
        }

        string[] calls = Identifiers(await _b.GetAsync("/v1/records"));
        await Eventually.IsAsync(() => calls.Except(_hooks.Got.ToArray().Select(CompletedCall)).Count(), static count => count == 0, "the webhook knows of every call");
        Assert.Equal(0, await _servers.CountAsync("select count(*) from notifications where state = 'Waiting'"));
        Assert.Equal(["to: <ann@acme.example>", "to: <bob@acme.example>"], _mails.Mails.Select(static mail => mail.Split('\n').First(static line => line.StartsWith("To:", StringComparison.OrdinalIgnoreCase)).ToLowerInvariant()).Order());
        AssertToldOnce();
    }

    [Fact]
    public async Task Server_Killed_LeavesItsAgentsAndItsMailToTheOther_AndNothingIsDoneTwiceWhenItIsBack()
    {
        await using SipPeer callerA = new(_servers.A.Udp, TwoServers.Elsewhere);
        await using SipPeer callerB = new(_servers.B.Udp, TwoServers.Elsewhere);
        await using RtpEndpoint first = new(450);
        await using RtpEndpoint second = new(450);
        await using SipPeer anna = new(_servers.A.Udp, TwoServers.Elsewhere);
        await using SipPeer annas = new(_servers.B.Udp, TwoServers.Elsewhere);
        Assert.Equal(200, (await SipPhone.RegisterAsync(anna, "anna-desk", Password)).Status);
        Assert.Equal(200, (await SipPhone.RegisterAsync(annas, "anna-desk", Password)).Status);

        // A message came in while the mail server took none: it waits.
        _mails.Answers["MAIL"] = "451 later";
        await SetOfficeAsync("OVERRIDE_CLOSED");
        await LeaveMessageAsync(callerA, _a);
        await Eventually.IsAsync(() => _servers.CountAsync("select count(*) from notifications where attempts > 0 and state = 'Waiting'"), static count => count == 2, "both mails were refused for now");
        await SetOfficeAsync("OVERRIDE_OPEN");

        // Anna talks on the first server, somebody waits on the second; then the first is gone.
        await _a.PatchAsync("/v1/agents/anna", new { presence = "PRESENCE_READY" });
        await StaffedAsync(_a, 1);
        await StaffedAsync(_b, 1);
        await CallAsync(callerA, first);
        await AnswerAsync(anna);
        await Eventually.IsAsync(() => _servers.CountAsync("select count(*) from recordings where state = 'InProgress'"), static count => count == 1, "the call is recorded");
        await RtpEndpoint.SpeakAsync([first], 50);
        await CallAsync(callerB, second);
        Assert.Equal(1, await _servers.CountAsync("select count(*) from agent_reservations"));
        await _servers.KillAsync(_servers.A);

        // Half a minute passes for what it had taken, as its leases say; the second has her, and sends the mail.
        Assert.Equal(1, await _servers.ExecuteAsync("update agent_reservations set until_ms = 0"));
        SipDialog saved = await AnswerAsync(annas);
        _mails.Answers.Remove("MAIL");
        await _servers.ExecuteAsync("update notifications set due_at_ms = 0 where state = 'Waiting'");
        await Eventually.IsAsync(() => _mails.Mails.Count, static count => count >= 2, "the second server has told the managers");

        // The first comes back while she talks on the second: it takes nothing from it, and does nothing again.
        await _servers.RestartAsync();
        Assert.Equal(1, await _servers.CountAsync("select count(*) from agent_reservations"));
        await saved.HangUpAsync();
        await Eventually.IsAsync(() => _servers.CountAsync("select count(*) from agent_reservations"), static count => count == 0, "she is free");
        await Eventually.IsAsync(async () => Identifiers(await _b.GetAsync("/v1/records?answered=true")).Length, static count => count >= 2, "the message, and the call of who waited");
        await AssertCutOffCallAsync();
        Assert.Equal(2, _mails.Mails.Count);
        Assert.Equal(0, await _servers.CountAsync("select count(*) from notifications where state = 'Waiting'"));
        Assert.Single((await _b.GetAsync("/v1/voicemails?box=500"))["messages"]!.AsArray());
        AssertToldOnce();
    }

    /// <summary>The call that the kill has ended has its record, once, with what was known of it; the other server's has ended as calls do.</summary>
    private async Task AssertCutOffCallAsync()
    {
        JsonNode[] cutOff = await Eventually.IsAsync(
            async () => (await _b.GetAsync("/v1/records"))["records"]!.AsArray().OfType<JsonNode>().Where(static record => (string?)record["reason"] == "node_failure").ToArray(),
            static found => found.Length > 0,
            "the call that was cut off has a record");
        string id = (string)Assert.Single(cutOff)["call_id"]!;
        JsonNode joined = await Eventually.IsAsync(
            async () => (string?)(await _b.GetAsync($"/v1/records/{id}"))["joined"] is { Length: > 0 } text ? JsonNode.Parse(text)! : new JsonObject(),
            static record => record["recordings"]?[0] is not null && record["steps"] is not null,
            "its recording and its decisions are linked");
        Assert.Equal((Number, "answered", "node_failure", "server"), ((string)joined["number"]!, (string)joined["disposition"]!, (string)joined["end"]!["reason"]!, (string)joined["end"]!["by"]!));
        Assert.Equal(("sales", "anna", "main"), ((string)joined["queues"]![0]!["queue"]!, (string)joined["queues"]![0]!["agent"]!, (string)joined["plan"]!["name"]!));
        Assert.Contains(joined["legs"]!.AsArray(), static leg => (string)leg!["role"]! == "agent" && leg["answered_at"] is not null);
        Assert.Equal(1, await _servers.CountAsync("select count(*) from calls where reason = 'node_failure'"));
        Assert.Equal(1, await _servers.CountAsync($"select count(*) from events where type = 'call.completed' and subject = '{id}'"));
    }

    /// <summary>Opens or closes the office, for the next call on either server.</summary>
    private async Task SetOfficeAsync(string state)
    {
        await _a.PatchAsync("/v1/schedules/office", new { @override = state });
        await InForceAsync();
    }

    /// <summary>What was written so far is in force on both: a simulation reads it first.</summary>
    private async Task InForceAsync()
    {
        foreach (TenantApi api in (TenantApi[])[_a, _b])
        {
            await api.PostAsync("/v1/plans/simulate", new { number = Number });
        }
    }

    private void AssertToldOnce()
    {
        string[] told = [.. _hooks.Got.Select(static hook => hook.Id)];
        Assert.Equal(told.Distinct(), told);
    }

    private static JsonNode[] SavedRecordings(JsonNode page) => [.. page["recordings"]!.AsArray().Where(static one => (string)one!["state"]! == "completed" && (string)one["sha256"]! != "").Select(static one => one!)];

    /// <summary>The call that an event tells the end of; empty for another event.</summary>
    private static string CompletedCall(ReceivedHook hook)
    {
        JsonNode told = JsonNode.Parse(hook.Body)!;
        return (string)told["type"]! == "call.completed" ? (string)told["data"]!["call_id"]! : "";
    }

    private static string[] Identifiers(JsonNode page) => [.. page["records"]!.AsArray().Select(static record => (string)record!["call_id"]!)];

    /// <summary>What a failure wants to know: queues and agents, messages and calls as each server has them, and what it said last.</summary>
    private async Task<string> DescribeAsync()
    {
        var text = new StringBuilder();
        foreach ((string name, MediaCoreServer? server, TenantApi api) in ((string, MediaCoreServer?, TenantApi)[])[("first", _servers.A, _a), ("second", _servers.B, _b)])
        {
            text.AppendLine($"== the {name} server").AppendLine(server is null ? "is not there" : string.Join('\n', server.Process.Output.Split('\n').TakeLast(30)));
            foreach (string path in server is null ? [] : (string[])["/v1/queues-live", "/v1/voicemails?box=500", "/v1/records"])
            {
                try
                {
                    text.AppendLine($"{path}: {(await api.GetAsync(path)).ToJsonString()}");
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException or Xunit.Sdk.XunitException)
                {
                    text.AppendLine($"{path}: {e.Message}");
                }
            }
        }

        return text.ToString();
    }

    private static Task StaffedAsync(TenantApi api, int agents)
        => Eventually.IsAsync(() => api.GetAsync("/v1/queues-live?queue=sales"), live => (int)live["queues"]![0]!["ready"]! == agents, $"{agents} agents ready");

    /// <summary>Whether a message is a call that was not answered yet: what comes late is sent again meanwhile.</summary>
    private bool IsCall(SipText message) => message is { IsRequest: true, Method: "INVITE" } && !_answered.Contains(message.CallId);

    private async Task<SipDialog> AnswerAsync(SipPeer phone)
    {
        SipDialog offered = SipDialog.From(phone, await phone.ExpectAsync(IsCall, "a call"));
        _answered.Add(offered.CallId);
        offered.Ring();
        offered.Answer(SdpText.Audio(30_008));
        await offered.ExpectRequestAsync("ACK");
        return offered;
    }

    private static async Task<SipDialog> CallAsync(SipPeer caller, RtpEndpoint media)
    {
        SipDialog call = SipDialog.To(caller, Number);
        call.SendInvite(SdpText.Audio(media.Port));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        return call;
    }

    /// <summary>Speaks to the box; gives the message.</summary>
    private static async Task<JsonNode> LeaveMessageAsync(SipPeer caller, TenantApi api)
    {
        await using RtpEndpoint mouth = new(1000);
        SipDialog late = await CallAsync(caller, mouth);
        await mouth.FirstPacket;
        await RtpEndpoint.SpeakAsync([mouth], 500);
        await late.HangUpAsync();
        return (await Eventually.IsAsync(() => api.GetAsync("/v1/voicemails?box=500"), static page => page["messages"]!.AsArray().Count == 1, "the message is in its box"))["messages"]![0]!;
    }

    private async Task SetUpAsync()
    {
        int[] accounts = [(int)await _servers.A.ReadMetricAsync("mediacore_numbers_accounts"), (int)await _servers.B.ReadMetricAsync("mediacore_numbers_accounts")];
        using (TenantApi platform = TenantApi.OfOperator(_servers.A))
        {
            await platform.PostAsync("/v1/tenants", new { name = "acme", kind = "KIND_CUSTOMER", time_zone = "America/New_York", language = "en" });
            await platform.PostAsync("/v1/number-imports", new { numbers = new[] { new { number = Number } } });
        }

        await Eventually.IsAsync(() => _a.GetAsync("/v1/available-numbers?country=US"), static page => page["numbers"]!.AsArray().Count == 1, "the number can be bought");
        await _a.PostAsync($"/v1/numbers/{Number}/reserve");
        await _a.PostAsync($"/v1/numbers/{Number}/buy");
        await _a.PostAsync("/v1/queues", new { name = "sales", strategy = "longest-idle", wrap_up_seconds = 0, settings = JsonSerializer.Serialize(new { joinEmpty = "nobody-staffed", record = true }) });
        await _a.PostAsync("/v1/accounts", new { name = "anna-desk", password = Password });
        await _a.PostAsync("/v1/users", new { name = "anna", account = "anna-desk" });
        await _a.PostAsync("/v1/agents", new { user = "anna" });
        await _a.PutAsync("/v1/queues/sales/members/anna");
        await _a.PostAsync("/v1/webhooks", new { name = "hook", url = _hooks.Url });
        await _a.PostAsync("/v1/voicemail-boxes", new { box = "500", min_seconds = 1, transcribe = false, settings = """{ "notify": { "mail": ["ann@acme.example", "bob@acme.example"] } }""" });
        await _a.PostAsync("/v1/schedules", new { name = "office", time_zone = "America/New_York", hours = """{ "week": { "mon-fri": ["09:00-17:00"] } }""", @override = "OVERRIDE_OPEN" });
        JsonNode plan = await _a.PostAsync("/v1/plans", new { name = "main", document = """{ "default": { "then": [{ "do": "reject", "status": 603 }] } }""" });
        await _a.PostAsync("/v1/plans/main/publish");
        await _a.PostAsync($"/v1/numbers/{Number}/assign", new { channel = "CHANNEL_VOICE", target = "TARGET_ROUTING_PLAN", target_id = (string)plan["id"]! });
        foreach (MediaCoreServer server in (MediaCoreServer[])[_servers.A, _servers.B])
        {
            // What was set up on the one is in force on both a moment later, by itself.
            await using SipPeer caller = new(server.Udp, TwoServers.Elsewhere);
            await Eventually.IsAsync(
                async () =>
                {
                    SipDialog call = SipDialog.To(caller, Number);
                    call.SendInvite(SdpText.Audio(30_002));
                    return (await call.ExpectInviteResponseAsync()).Status;
                },
                static status => status == 603,
                "the number follows its plan");
        }

        await _a.PutAsync("/v1/plans/main/draft", new
        {
            document = $$"""
                {
                  "rules": [
                    { "name": "from the other server", "when": { "all": [{ "schedule": "office" }, { "trunk": "{{TwoServers.Trunk}}" }] }, "then": [{ "do": "queue", "queue": "sales" }, { "do": "voicemail", "box": "500" }] },
                    { "name": "hours", "when": { "schedule": "office" }, "then": [{ "do": "queue", "queue": "sales" }, { "do": "voicemail", "box": "500" }],
                      "else": { "unreachable": [{ "do": "ring", "targets": [{ "trunk": "{{TwoServers.Trunk}}" }], "seconds": 60 }, { "do": "voicemail", "box": "500" }] } }
                  ],
                  "default": { "then": [{ "do": "voicemail", "box": "500" }] }
                }
                """,
        });
        await _a.PostAsync("/v1/plans/main/publish");
        await InForceAsync();
        await Task.WhenAll(_servers.A.AccountsAsync(accounts[0] + 1), _servers.B.AccountsAsync(accounts[1] + 1));
    }
}
