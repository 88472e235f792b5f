using MediaCore.Engine.Recordings;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class RecordingSettingsTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{ "grpc": { "listen": null } }""", false)]
    [InlineData("""{ "grpc": { "listen": null }, "recording": {} }""", true)]
    [InlineData("""{ "grpc": { "listen": null }, "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "record": true } ] }""", true)]
    [InlineData("""{ "grpc": { "listen": null }, "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"] } ], "routes": [ { "name": "r", "trunks": ["a"], "record": true } ] }""", true)]
    [InlineData("""{ "grpc": { "listen": null }, "numbers": { "record": ["+4930123", "alice"] } }""", true)]
    public void Store_IsThereWhenSomethingMayBeRecorded(string json, bool expected)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Empty(errors);
        Assert.Equal(expected, settings.Recording is not null);
        Assert.Equal(json.Contains("alice", StringComparison.Ordinal) ? 2 : 0, settings.ToEngineOptions().RecordedNames.Count);
    }

    [Fact]
    public void Section_IsRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "recording": { "directory": "/srv/calls", "path": "{year}/{call}", "format": "wav-alaw", "layout": "legs", "pause": "cut", "maxSeconds": 60, "sampleRate": "16000",
              "opusBitrate": 32000, "sync": "never", "bufferMegabytes": 8, "threads": 2, "announcementText": "This call is recorded.", "beep": true } }
            """);
        Assert.Empty(errors);
        RecordingOptions options = settings.Recording!;
        Assert.Equal("/srv/calls", options.Directory);
        Assert.Equal("{year}/{call}", options.Path.Pattern);
        Assert.Equal((RecordingFormat.WavALaw, RecordingLayout.Said, true, RecordingPause.Cut), (options.Format, options.Layout, options.PerLeg, options.Pause));
        Assert.Equal((TimeSpan.FromMinutes(1), 16_000, 32_000, RecordingSync.Never), (options.MaxDuration, options.SampleRateHz, options.OpusBitrate, options.Sync));
        Assert.Equal((8L << 20, 2, true), (options.MaxBufferBytes, options.Threads, options.Beep));
        Assert.Equal("This call is recorded.", options.Announcement.Value);
    }

    /// <summary>A rate is a number to whoever writes it.</summary>
    [Theory]
    [InlineData("16000")]
    [InlineData("\"16000\"")]
    public void SampleRate_IsTakenWithAndWithoutQuotes(string rate)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { "recording": { "sampleRate": {{rate}} }, "conferences": [ { "name": "team", "sampleRate": {{rate}} } ] }
            """);
        Assert.Empty(errors);
        Assert.Equal((16_000, 16_000), (settings.Recording!.SampleRateHz, settings.Conferences["team"].SampleRateHz));
    }

    /// <summary>It may be put there while the server runs.</summary>
    [Fact]
    public void FileThatIsNotInThePromptFolder_IsSaid()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "media": { "musicOnHold": "jazz.wav" }, "recording": { "announcementFile": "notice.wav" } }""");
        Assert.Empty(errors);
        Assert.Collection(
            settings.Notices,
            static music => Assert.StartsWith("media.musicOnHold is \"jazz.wav\", but there is no '", music, StringComparison.Ordinal),
            static announcement => Assert.StartsWith("recording.announcementFile is \"notice.wav\", but there is no '", announcement, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "recording": { "path": "{date}/{leg}" } }""", "recording.path", "{call}")]
    [InlineData("""{ "recording": { "format": "mp3" } }""", "recording.format", "wav-mulaw")]
    [InlineData("""{ "recording": { "layout": "both" } }""", "recording.layout", "legs")]
    [InlineData("""{ "recording": { "announcementText": "a", "announcementFile": "b.wav" } }""", "recording.announcementFile", "not both")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "record": true, "media": "pass" } ] }""", "trunks[0].record", "anchored")]
    [InlineData("""{ "numbers": { "enabled": false, "record": ["1"] } }""", "numbers.record", "trunk or a route")]
    public void Mistake_IsAnErrorThatSaysWhatToDo(string json, string path, string advice)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(advice, error.ToString(), StringComparison.Ordinal);
    }
}
