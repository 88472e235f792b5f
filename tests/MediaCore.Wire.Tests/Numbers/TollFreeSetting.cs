using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Audio.Wave;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>
/// A toll-free number as its tenant sets it up through the public API alone: in business hours callers are queued to sales, after hours they leave a message of which two managers are told. The plan is <c>main</c>, the queue <c>sales</c> with the agents
/// anna, ben and carol, the box <c>500</c>, the schedule <c>office</c>.
/// </summary>
internal static class TollFreeSetting
{
    public const string Tenant = "acme";
    public const string Number = "+18005550123";
    public const string Password = "correct-horse-battery";

    /// <summary>What callers hear while they wait.</summary>
    public const int MusicHertz = 600;

    /// <summary>A manager with a mobile.</summary>
    public const string Mobile = "+12025550144";

    /// <summary>A manager with a phone of the tenant's.</summary>
    public const string Phone = "sam-desk";

    /// <summary>Business hours are from 09:00 to 17:00 in New York, on the days from Monday to Friday.</summary>
    public static DateTimeOffset Noon { get; } = new(2027, 3, 10, 12, 0, 0, TimeSpan.FromHours(-5));

    /// <summary>The office is closed.</summary>
    public static DateTimeOffset Evening { get; } = Noon.AddHours(6);

    /// <summary>Sets all of it up, on a server without the tenant.</summary>
    /// <param name="platform">The operator, who brings the number.</param>
    /// <param name="api">The tenant.</param>
    public static async Task SetUpAsync(TenantApi platform, TenantApi api)
    {
        await platform.PostAsync("/v1/tenants", new { name = Tenant, kind = "KIND_CUSTOMER", time_zone = "America/New_York", language = "en" });
        await platform.PostAsync("/v1/number-imports", new { numbers = new[] { new { number = Number, capabilities = (string[])["CAPABILITY_VOICE_IN", "CAPABILITY_VOICE_OUT", "CAPABILITY_SMS"] } } });
        await Eventually.IsAsync(() => api.GetAsync("/v1/available-numbers?country=US"), static page => page["numbers"]!.AsArray().Count == 1, "the number can be bought");
        await api.PostAsync($"/v1/numbers/{Number}/reserve");
        await api.PostAsync($"/v1/numbers/{Number}/buy");
        short[] tone = [.. Enumerable.Range(0, 8000 * 5).Select(static i => (short)(8000 * Math.Sin(2 * Math.PI * MusicHertz * i / 8000)))];
        await api.UploadAsync("/v1/prompts/hold-music/sound", WaveWriter.ToArray(tone, 8000));
        await api.PostAsync("/v1/queues", new
        {
            name = "sales",
            strategy = "longest-idle",
            settings = JsonSerializer.Serialize(new { music = new { prompt = "hold-music" }, announce = new { position = true, everySeconds = 15 }, record = true }),
        });
        foreach (string name in (string[])["anna", "ben", "carol"])
        {
            await api.PostAsync("/v1/accounts", new { name = $"{name}-desk", password = Password });
            await api.PostAsync("/v1/users", new { name, account = $"{name}-desk" });
            await api.PostAsync("/v1/agents", new { user = name });
            await api.PutAsync($"/v1/queues/sales/members/{name}");
        }

        await api.PostAsync("/v1/accounts", new { name = Phone, password = Password });
        await api.PostAsync("/v1/voicemail-boxes", new
        {
            box = "500",
            min_seconds = 1,
            transcribe = true,
            settings = JsonSerializer.Serialize(new { notify = new { mail = (string[])["rita@example.org", "sam@example.org"], attach = "attach", text = (string[])[Mobile, Phone] } }),
        });
        await api.PostAsync("/v1/schedules", new { name = "office", time_zone = "America/New_York", hours = """{ "week": { "mon-fri": ["09:00-17:00"] } }""" });
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
    }
}
