using MediaCore.Engine;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class SrtpSettingsTests
{
    [Theory]
    [InlineData("", SrtpPolicy.Refuse)]
    [InlineData(", \"srtp\": \"refuse\"", SrtpPolicy.Refuse)]
    [InlineData(", \"srtp\": \"accept\"", SrtpPolicy.Accept)]
    [InlineData(", \"srtp\": \"offer\"", SrtpPolicy.Offer)]
    [InlineData(", \"srtp\": \"require\"", SrtpPolicy.Require)]
    public void Policy_OfATrunk_IsRead(string member, SrtpPolicy expected)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7;transport=tls"]{{member}} } ] }""");
        Assert.Empty(errors);
        Assert.Equal((expected, SrtpPolicy.Refuse), (settings.Trunks[0].Srtp, settings.ToEngineOptions().AccountSrtp));
        Assert.Empty(settings.Notices);
    }

    [Theory]
    [InlineData("""{ "sip": { "accountSrtp": "yes" } }""", "sip.accountSrtp")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "srtp": true } ] }""", "trunks[0].srtp")]
    public void Policy_ThatIsNoneOfTheFour_IsAnErrorThatNamesThem(string json, string path)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"refuse\", \"accept\", \"offer\", \"require\"", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "srtp": "accept" } ] }""", "")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "srtp": "offer" } ] }""", "trunk a: srtp is \"offer\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7;transport=tls", "sip:192.0.2.8"], "srtp": "require" } ] }""", "trunk a: srtp is \"require\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["192.0.2.0/24"], "srtp": "require" } ] }""", "trunk a: srtp is \"require\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7;transport=tls"], "srtp": "require", "media": "pass" } ] }""", "its media is anchored")]
    [InlineData("""{ "sip": { "accountSrtp": "require" } }""", "sip.accountSrtp is \"require\"")]
    public void KeysInTheClear_AreWarnedOf(string json, string notice)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Empty(errors);
        Assert.Equal(notice.Length == 0 ? 0 : 1, settings.Notices.Count);
        Assert.All(settings.Notices, n => Assert.Contains(notice, n, StringComparison.Ordinal));
    }
}
