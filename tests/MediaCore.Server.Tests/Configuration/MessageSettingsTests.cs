using MediaCore.Numbers.Messaging;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class MessageSettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mediacore-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Nothing_IsSent_UnlessItIsWritten()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{}");
        Assert.Empty(errors);
        Assert.Empty(settings.Messages.HttpCarriers);
        Assert.Empty(settings.Messages.FindCarriers("+441632960001"));
    }

    [Fact]
    public void CarriersAndRoutes_AreRead_SecretsFromTheirFiles_AndTheLongestPrefixWins()
    {
        string secret = Secret("a-secret-of-enough-characters");
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { "messages": {
              "carriers": [
                { "name": "provider", "url": "https://provider.example/messages", "tokenFile": "{{secret}}", "signingKeyFile": "{{secret}}", "inboundSecretFile": "{{secret}}", "window": 3, "timeoutSeconds": 5 },
                { "name": "local", "url": "http://127.0.0.1:9000/send" } ],
              "smpp": { "centres": [ { "name": "centre", "host": "smsc.example.com", "systemId": "me", "password": "secret" } ] },
              "routes": [ { "prefix": "+", "carrier": "provider" }, { "prefix": "+44", "carrier": "centre", "failover": ["local", "provider"] } ],
              "partsPerSecond": 2.5 } }
            """);
        Assert.Empty(errors);
        HttpCarrierOptions provider = settings.Messages.HttpCarriers[0];
        Assert.Equal(("provider", "https://provider.example/messages", 3, TimeSpan.FromSeconds(5)), (provider.Name, provider.Url.AbsoluteUri, provider.Window, provider.Timeout));
        Assert.Equal(["a-secret-of-enough-characters"], new[] { provider.Token, provider.SigningKey, provider.InboundSecret }.Distinct());
        Assert.Null(settings.Messages.HttpCarriers[1].InboundSecret);
        Assert.Equal(2.5, settings.Messages.PartsPerSecond);
        Assert.Equal(["centre", "local", "provider"], settings.Messages.FindCarriers("+441632960001").ToArray());
        Assert.Equal(["provider"], settings.Messages.FindCarriers("+12125550100").ToArray());
        Assert.DoesNotContain(settings.FixedValues.Values, static value => value.Contains("a-secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_AreToldTogether_EachWithItsPath()
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""
            { "messages": {
              "carriers": [
                { "name": "sip", "url": "https://provider.example/" },
                { "name": "twice", "url": "https://provider.example/" }, { "name": "twice", "url": "https://provider.example/" },
                { "name": "clear", "url": "http://192.0.2.1/" }, { "name": "ftp", "url": "ftp://192.0.2.1/" },
                { "name": "short", "url": "https://provider.example/", "tokenFile": "{{Secret("short")}}", "inboundSecretFile": "{{Path.Combine(_folder.FullName, "nowhere")}}", "window": 0 } ],
              "routes": [ { "prefix": "44", "carrier": "twice" }, { "prefix": "+1", "carrier": "twicee" }, { "prefix": "+1", "carrier": "twice", "failover": ["sip"] } ],
              "rate": 1 } }
            """);
        Assert.Equal(
            [
                "messages.carriers[0].name", "messages.carriers[2].name", "messages.carriers[3].url", "messages.carriers[4].url", "messages.carriers[5].inboundSecretFile", "messages.carriers[5].tokenFile", "messages.carriers[5].window",
                "messages.rate", "messages.routes[0].prefix", "messages.routes[1].carrier", "messages.routes[2].failover[0]",
            ],
            errors.Select(static e => e.Path).Order(StringComparer.Ordinal));
        Assert.Contains(errors, static e => e.Message.Contains("did you mean \"twice\"", StringComparison.Ordinal));
    }

    private string Secret(string text)
    {
        string file = Path.Combine(_folder.FullName, $"{text.Length}.secret");
        File.WriteAllText(file, text + "\n");
        return file;
    }
}
