using MediaCore.Engine;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class DigitSettingsTests
{
    [Theory]
    [InlineData("", DigitForm.Auto, LineDetection.None)]
    [InlineData(", \"dtmf\": \"rtp\"", DigitForm.Rtp, LineDetection.None)]
    [InlineData(", \"dtmf\": \"info\", \"detect\": [\"dtmf\", \"amd\"]", DigitForm.Info, LineDetection.Digits | LineDetection.Answerer)]
    [InlineData(", \"dtmf\": \"inband\", \"detect\": [\"talk\", \"tones\"]", DigitForm.InBand, LineDetection.Talk | LineDetection.Tones)]
    public void Trunk_SaysItsDigits_AndWhatIsLookedFor(string members, DigitForm form, LineDetection detects)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "sip": { "accountDtmf": "info" }, "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"]{{members}} } ] }""");
        Assert.Empty(errors);
        Assert.Equal((form, detects, DigitForm.Info), (settings.Trunks[0].Digits, settings.Trunks[0].Detects, settings.ToEngineOptions().AccountDigits));
        Assert.Empty(settings.Notices);
    }

    [Theory]
    [InlineData("""{ "sip": { "accountDtmf": "tones" } }""", "sip.accountDtmf", "\"auto\", \"rtp\", \"info\", \"inband\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "dtmf": 1 } ] }""", "trunks[0].dtmf", "\"auto\", \"rtp\", \"info\", \"inband\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "detect": ["dtmf", "music"] } ] }""", "trunks[0].detect", "\"dtmf\", \"talk\", \"tones\" and \"amd\"")]
    public void Word_ThatIsNone_IsAnErrorThatNamesThem(string json, string path, string words)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "us")]
    [InlineData(""", "media": { "country": "de" }""", "de")]
    public void Country_IsOneKey_OfWhatIsPlayedAndRecognised(string member, string country)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "detect": ["tones"] } ]{{member}} }""");
        Assert.Empty(errors);
        Assert.Equal(country, settings.ToEngineOptions().Country);
    }

    [Fact]
    public void Digits_OfATrunkWhoseMediaPassesUsBy_AreNoticed()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "media": "pass", "dtmf": "info" } ] }""");
        Assert.Empty(errors);
        Assert.Contains("its media is anchored", Assert.Single(settings.Notices), StringComparison.Ordinal);
    }
}
