using MediaCore.Engine.Policies;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class TransferSettingsTests
{
    [Fact]
    public void Transfer_IsRefusedForTrunks_ThatAreNotTrusted_AndServedForAccounts_UnlessSaidOtherwise()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "trunks": [ { "name": "a", "from": ["192.0.2.0/24"] }, { "name": "b", "from": ["198.51.100.0/24"], "transfer": "terminate" }, { "name": "c", "from": ["203.0.113.0/25"], "identity": { "trusted": true } }, { "name": "d", "from": ["203.0.113.128/25"], "identity": { "trusted": true }, "transfer": "refuse" } ] }""");
        Assert.Empty(errors);
        Assert.Equal([TransferPolicy.Refuse, TransferPolicy.Terminate, TransferPolicy.Terminate, TransferPolicy.Refuse], settings.Trunks.Select(static t => t.Transfers));
        Assert.Equal(TransferPolicy.Terminate, settings.Sip.AccountTransfers);
    }

    [Theory]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["192.0.2.0/24"], "transfer": "yes" } ] }""", "trunks[0].transfer")]
    [InlineData("""{ "sip": { "accountTransfer": "Terminate" } }""", "sip.accountTransfer")]
    public void Transfer_ThatIsNoneOfTheThree_IsAnErrorThatNamesThem(string json, string path)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        ConfigurationError error = Assert.Single(errors, e => e.Path == path);
        Assert.Contains("\"refuse\"", error.Message, StringComparison.Ordinal);
    }
}
