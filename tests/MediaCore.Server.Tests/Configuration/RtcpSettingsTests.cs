using MediaCore.Engine;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class RtcpSettingsTests
{
    [Theory]
    [InlineData("", RtcpMuxPolicy.Accept, false, true)]
    [InlineData(", \"rtcpMux\": \"refuse\", \"feedback\": true", RtcpMuxPolicy.Refuse, true, true)]
    [InlineData(", \"rtcpMux\": \"offer\", \"otherMedia\": false", RtcpMuxPolicy.Offer, false, false)]
    [InlineData(", \"rtcpMux\": \"require\"", RtcpMuxPolicy.Require, false, true)]
    public void Trunk_IsRead(string members, RtcpMuxPolicy mux, bool feedback, bool otherMedia)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"]{{members}} } ] }""");
        Assert.Empty(errors);
        Assert.Equal((mux, feedback, otherMedia), (settings.Trunks[0].RtcpMux, settings.Trunks[0].OffersFeedback, settings.Trunks[0].OtherMedia));
    }

    [Fact]
    public void Accounts_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "sip": { "accountRtcpMux": "require", "accountFeedback": true, "accountOtherMedia": false } }""");
        Assert.Empty(errors);
        EngineOptions options = settings.ToEngineOptions();
        Assert.Equal((RtcpMuxPolicy.Require, true, false), (options.AccountRtcpMux, options.AccountsGetFeedback, options.AccountOtherMedia));
    }

    [Theory]
    [InlineData("""{ "sip": { "accountRtcpMux": "yes" } }""", "sip.accountRtcpMux")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.7"], "rtcpMux": true } ] }""", "trunks[0].rtcpMux")]
    public void Policy_ThatIsNoneOfTheFour_IsAnErrorThatNamesThem(string json, string path)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors);
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"refuse\", \"accept\", \"offer\", \"require\"", error.ToString(), StringComparison.Ordinal);
    }
}
