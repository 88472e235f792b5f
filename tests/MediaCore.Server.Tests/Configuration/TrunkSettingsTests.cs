using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class TrunkSettingsTests
{
    [Fact]
    public void Registration_TakesWhatItLeavesOut_FromTargetsAndCredentials()
    {
        TrunkSettings trunk = ReadOne(
            """
            "targets": ["sip:carrier.example:5070;transport=tcp"],
            "credentials": { "user": "line7", "password": "s e c r e t", "realm": "carrier" },
            "registration": { "expiresSeconds": 600 },
            "probe": { "intervalSeconds": 10, "statuses": ["2xx", "404"] }
            """);
        Assert.Equal(("line7", "carrier"), (trunk.Credentials!.User, trunk.Credentials.Realm));
        Assert.Same(trunk.Targets[0], trunk.Registration!.Registrar);
        Assert.Equal(("line7", "carrier.example", "line7"), (trunk.Registration.User, trunk.Registration.Domain, trunk.Registration.ContactUser));
        Assert.Equal(TimeSpan.FromMinutes(10), trunk.Registration.Expires);
        Assert.Equal(TimeSpan.FromSeconds(10), trunk.Probe!.Interval);
        Assert.True(trunk.Probe.IsAlive(404));
        Assert.False(trunk.Probe.IsAlive(403));
        Assert.DoesNotContain("s e c r e t", trunk.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s e c r e t", trunk.Credentials.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_Alone_MakesATrunkThatTakesCalls()
    {
        TrunkSettings trunk = ReadOne(
            """
            "credentials": { "user": "u", "password": "p" },
            "registration": { "registrar": "sip:192.0.2.5", "user": "aor", "domain": "example.com", "contactUser": "gate" }
            """);
        Assert.Empty(trunk.Targets);
        Assert.Equal("192.0.2.5:5060", trunk.Registration!.Registrar.Endpoint.ToString());
        Assert.Equal(("aor", "example.com", "gate"), (trunk.Registration.User, trunk.Registration.Domain, trunk.Registration.ContactUser));
        Assert.Contains(trunk.Registration.Registrar, trunk.Peers);
    }

    [Fact]
    public void Password_OfAFile_IsItsFirstLine_AndOfAVariable_ItsValue()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from a file\nand more\n");
            TrunkSettings trunk = ReadOne($$"""
                "targets": ["sip:192.0.2.5"], "credentials": { "user": "u", "passwordFile": "{{file}}" }
                """);
            Assert.True(trunk.Credentials!.IsSame(new Engine.Trunks.Credentials.TrunkCredentials("u", "from a file")));
        }
        finally
        {
            File.Delete(file);
        }

        string variable = "MEDIACORE_TEST_PASSWORD_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, "from a variable");
        TrunkSettings other = ReadOne($$"""
            "targets": ["sip:192.0.2.5"], "credentials": { "user": "u", "passwordVariable": "{{variable}}" }
            """);
        Assert.True(other.Credentials!.IsSame(new Engine.Trunks.Credentials.TrunkCredentials("u", "from a variable")));
        Environment.SetEnvironmentVariable(variable, null);
    }

    [Theory]
    [InlineData("""{ "password": "p" }""", "credentials.user", "missing")]
    [InlineData("""{ "user": "a:b", "password": "p" }""", "credentials.user", "colon")]
    [InlineData("""{ "user": "u" }""", "credentials.password", "exactly one")]
    [InlineData("""{ "user": "u", "password": "p", "passwordVariable": "X" }""", "credentials.password", "exactly one")]
    [InlineData("""{ "user": "u", "passwordVariable": "MEDIACORE_TEST_NOT_SET" }""", "credentials.passwordVariable", "not set")]
    [InlineData("""{ "user": "u", "passwordFile": "no/such/file" }""", "credentials.passwordFile", "cannot be read")]
    [InlineData("""{ "user": "u", "password": "a\nb" }""", "credentials.password", "control")]
    [InlineData("""{ "user": "u", "password": "p", "realm": "a\"b" }""", "credentials.realm", "quote")]
    [InlineData("""{ "user": "u", "password": "p", "relm": "a" }""", "credentials.relm", "realm")]
    public void Credentials_Wrong(string credentials, string path, string message) =>
        AssertError($$""" "targets": ["sip:192.0.2.5"], "credentials": {{credentials}} """, path, message);

    [Theory]
    [InlineData("""{ }""", "registration.user", "missing")]
    [InlineData("""{ "user": "a b" }""", "registration.user", "letters")]
    [InlineData("""{ "user": "u", "contactUser": "a@b" }""", "registration.contactUser", "letters")]
    [InlineData("""{ "user": "u", "registrar": "http://x" }""", "registration.registrar", "sip:host")]
    [InlineData("""{ "user": "u", "registrar": "sip:u@192.0.2.5" }""", "registration.registrar", "user part")]
    [InlineData("""{ "user": "u", "domain": "a b" }""", "registration.domain", "host name")]
    [InlineData("""{ "user": "u", "expiresSeconds": 0 }""", "registration.expiresSeconds", "seconds from")]
    [InlineData("""{ "user": "u", "minRetrySeconds": 60, "maxRetrySeconds": 30 }""", "registration.minRetrySeconds", "maxRetrySeconds")]
    public void Registration_Wrong(string registration, string path, string message) =>
        AssertError($$""" "targets": ["sip:192.0.2.5"], "registration": {{registration}} """, path, message);

    [Theory]
    [InlineData("""{ "intervalSeconds": 0 }""", "probe.intervalSeconds", "seconds from")]
    [InlineData("""{ "intervalSeconds": 2, "timeoutSeconds": 3 }""", "probe.timeoutSeconds", "intervalSeconds")]
    [InlineData("""{ "failures": 0 }""", "probe.failures", "whole number")]
    [InlineData("""{ "statuses": ["1xx"] }""", "probe.statuses[0]", "final status")]
    [InlineData("""{ "statuses": ["700"] }""", "probe.statuses[0]", "final status")]
    [InlineData("""{ "statuses": ["2xxx"] }""", "probe.statuses[0]", "final status")]
    public void Probe_Wrong(string probe, string path, string message) =>
        AssertError($$""" "targets": ["sip:192.0.2.5"], "probe": {{probe}} """, path, message);

    [Fact]
    public void Probe_WithoutTargets_IsAnError() => AssertError(""" "from": ["192.0.2.0/24"], "probe": { } """, "probe", "no targets");

    [Fact]
    public void Registration_WithoutAnyRegistrar_IsAnError() => AssertError(""" "registration": { "user": "u" } """, "registration.registrar", "no targets");

    private static TrunkSettings ReadOne(string members)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "trunks": [ { "name": "carrier", {{members}} } ] }""");
        Assert.Empty(errors);
        return Assert.Single(settings.Trunks);
    }

    private static void AssertError(string members, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "trunks": [ { "name": "carrier", {{members}} } ] }""");
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal("trunks[0]." + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
