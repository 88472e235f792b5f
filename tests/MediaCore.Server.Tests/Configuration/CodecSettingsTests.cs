using MediaCore.Engine;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class CodecSettingsTests
{
    [Fact]
    public void Codecs_OfATrunkAndOfAccounts_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            {
              "media": { "codecs": ["G722", "PCMA"], "opus": { "bitrate": 32000, "complexity": 9, "fec": false, "expectedLossPercent": 10, "dtx": true } },
              "sip": { "accountCodecs": ["opus", "G729"], "accountTranscode": "always" },
              "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "codecs": ["L16/16000"], "transcode": "never" }, { "name": "b", "targets": ["sip:192.0.2.8"] } ]
            }
            """);
        Assert.Empty(errors);
        EngineOptions options = settings.ToEngineOptions();
        Assert.Equal(["G722", "PCMA"], options.AddedCodecs.Select(static c => c.Text));
        Assert.Equal((32_000, 9, false, 10, true), (options.Opus.BitrateBitsPerSecond, options.Opus.Complexity, options.Opus.InBandFec, options.Opus.ExpectedLossPercent, options.Opus.DiscontinuousTransmission));
        Assert.Equal(["opus", "G729"], options.AccountCodecs.Codecs.Select(static c => c.Text));
        Assert.Equal(TranscodePolicy.Always, options.AccountCodecs.Transcode);
        Assert.Equal("L16/16000", Assert.Single(settings.Trunks[0].Codecs.Codecs).Text);
        Assert.Equal(TranscodePolicy.Never, settings.Trunks[0].Codecs.Transcode);
        Assert.Equal((0, TranscodePolicy.Needed), (settings.Trunks[1].Codecs.Codecs.Length, settings.Trunks[1].Codecs.Transcode));
    }

    [Fact]
    public void Defaults_AddG711()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{}");
        Assert.Empty(errors);
        Assert.Equal(["PCMA", "PCMU"], settings.ToEngineOptions().AddedCodecs.Select(static c => c.Text));
    }

    [Theory]
    [InlineData("""{ "media": { "codecs": ["G729"] } }""", "media.codecs[0]", "only these can be added")]
    [InlineData("""{ "media": { "codecs": ["PCMA", "pcma"] } }""", "media.codecs[1]", "already")]
    [InlineData("""{ "sip": { "accountCodecs": ["PCMA/x"] } }""", "sip.accountCodecs[0]", "is no codec")]
    [InlineData("""{ "sip": { "accountTranscode": "maybe" } }""", "sip.accountTranscode", "\"needed\", \"never\", \"always\"")]
    [InlineData("""{ "media": { "opus": { "complexity": 11 } } }""", "media.opus.complexity", "10")]
    public void Mistakes_AreNamed(string json, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }
}
