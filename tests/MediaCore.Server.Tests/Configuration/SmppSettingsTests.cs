using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class SmppSettingsTests
{
    [Fact]
    public void Nothing_IsSpoken_UnlessItIsWritten()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{}");
        Assert.Empty(errors);
        Assert.Empty(settings.Smpp.Centres);
        Assert.Null(settings.Smpp.Server);
    }

    [Fact]
    public void CentresAndAccounts_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "messages": { "smpp": {
              "centres": [
                { "name": "main", "host": "smsc.example.com", "systemId": "me", "password": "secret", "mode": "pair", "sourceTon": 5, "window": 20, "rate": 100 },
                { "name": "other", "host": "[::1]", "port": 3550, "tls": true, "systemId": "me", "password": "secret" } ],
              "server": { "listen": "smpp://127.0.0.1:2776", "accounts": [
                { "systemId": "crm", "password": "secret", "tenant": "acme", "numbers": ["+15551234567"], "networks": ["10.0.0.0/8"], "window": 5, "rate": 7 } ] } } } }
            """);
        Assert.Empty(errors);
        SmppCentre main = settings.Smpp.Centres[0];
        Assert.Equal(("main", "smsc.example.com", 2775, SmppBindMode.Pair, 20, 100), (main.Name, main.Host, main.Port, main.Mode, main.Window, main.Rate));
        Assert.Equal(((byte)5, (byte)0), main.Source);
        Assert.Null(main.Destination);
        Assert.Equal(("::1", true), (settings.Smpp.Centres[1].Host, settings.Smpp.Centres[1].IsTls));
        Assert.Equal("127.0.0.1:2776", settings.Smpp.Server!.Listen.ToString());
        SmppAccount account = Assert.Single(settings.Smpp.Server.Accounts);
        Assert.Equal(("crm", "acme", 5, 7, "+15551234567"), (account.SystemId, account.Tenant, account.Window, account.Rate, account.Numbers[0]));
        Assert.DoesNotContain(settings.FixedValues.Values, static value => value == "secret");
        Assert.DoesNotContain("secret", main.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_AreToldTogether_EachWithItsPath()
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "messages": { "smpp": {
              "centres": [ { "host": "x", "systemId": "a-name-that-is-too-long", "authority": "a.pem", "mode": "both" } ],
              "server": { "listen": "smpp://192.0.2.1:2775", "certificate": "c.pem", "accounts": [ { "systemId": "crm", "password": "x", "tenant": "acme", "numbers": ["123"] } ] } } } }
            """);
        string[] paths = [.. errors.Select(static e => e.Path).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "messages.smpp.centres[0].authority", "messages.smpp.centres[0].mode", "messages.smpp.centres[0].name", "messages.smpp.centres[0].password", "messages.smpp.centres[0].systemId",
                "messages.smpp.server.accounts[0].networks", "messages.smpp.server.accounts[0].numbers[0]", "messages.smpp.server.certificate",
            ],
            paths);
    }
}
