using MediaCore.Engine;
using MediaCore.Engine.Trunks;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;

namespace MediaCore.Server.Tests.Configuration;

public class DialogSettingsTests
{
    [Fact]
    public void Settings_ReachTheEngine_AndTheTrunks()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """
            {
              "sip": { "sessionTimers": { "expires": 600, "minimum": 120, "refresher": "Local" }, "reliableProvisional": "required", "earlyMedia": "first" },
              "calls": { "silentProbeSeconds": 90 },
              "trunks": [
                { "name": "a", "targets": ["sip:192.0.2.1:5060"], "sessionTimers": { "enabled": false }, "reliableProvisional": "off", "media": "pass" },
                { "name": "b", "targets": ["sip:192.0.2.2:5060"] }
              ]
            }
            """);

        Assert.Empty(errors);
        EngineOptions options = settings.ToEngineOptions();
        Assert.Equal(new SessionTimerOptions { Expires = TimeSpan.FromSeconds(600), Minimum = TimeSpan.FromSeconds(120), Refresher = SessionRefresherChoice.Local }, options.SessionTimers);
        Assert.Equal((ReliableProvisionals.Required, EarlyMediaSource.First, TimeSpan.FromSeconds(90)), (options.ReliableProvisionals, options.EarlyMedia, options.SilentCallProbe));
        Trunk[] trunks = [.. RoutingTableBuilder.Build(settings).Trunks.OrderBy(static t => t.Name)];
        Assert.Equal((TrunkMedia.Pass, TrunkMedia.Anchor), (trunks[0].Media, trunks[1].Media));
        Assert.Equal((ReliableProvisionals.Off, false), (trunks[0].ReliableProvisionals, trunks[0].SessionTimers?.Enabled));
        Assert.Equal((null, null), (trunks[1].ReliableProvisionals, trunks[1].SessionTimers));
    }

    [Fact]
    public void Defaults_AreTheEngines()
    {
        (ServerSettings settings, _) = ConfigurationReading.Read("{}");
        EngineOptions options = settings.ToEngineOptions(), defaults = new();
        Assert.Equal(
            (defaults.SessionTimers, defaults.ReliableProvisionals, defaults.EarlyMedia, defaults.SilentCallProbe),
            (options.SessionTimers, options.ReliableProvisionals, options.EarlyMedia, options.SilentCallProbe));
    }

    [Theory]
    [InlineData("""{ "sip": { "sessionTimers": { "refresher": "both" } } }""", "sip.sessionTimers.refresher", "auto (as the peer wishes)")]
    [InlineData("""{ "sip": { "sessionTimers": { "expires": 30 } } }""", "sip.sessionTimers.expires", "from 90 to 86400")]
    [InlineData("""{ "sip": { "sessionTimers": { "expires": 100, "minimum": 200 } } }""", "sip.sessionTimers.minimum", "above expires")]
    [InlineData("""{ "sip": { "reliableProvisional": "maybe" } }""", "sip.reliableProvisional", "off, supported and required")]
    [InlineData("""{ "sip": { "earlyMedia": "all" } }""", "sip.earlyMedia", "latest, first and none")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1"], "sessionTimers": { "enabeld": true } } ] }""", "trunks[0].sessionTimers.enabeld", "enabled")]
    public void Mistake_IsNamed_WithWhatToDo(string json, string path, string hint)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }
}
