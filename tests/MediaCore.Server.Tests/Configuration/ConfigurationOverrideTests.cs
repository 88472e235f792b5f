using System.Collections;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class ConfigurationOverrideTests
{
    [Theory]
    [InlineData("{}", new[] { "--sip:realm=r" }, "r")]
    [InlineData("""{ "sip": { "realm": "file" } }""", new[] { "--sip:realm=r" }, "r")]
    [InlineData("""{ "sip": { "realm": "file" } }""", new[] { "--SIP:Realm=a=b" }, "a=b")]
    [InlineData("{}", new[] { "--sip:realm=one", "--sip:realm=two" }, "two")]
    public void Argument_ReplacesTheFile(string json, string[] arguments, string realm)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json, arguments);

        Assert.Empty(errors);
        Assert.Equal(realm, settings.Sip.Realm);
    }

    [Theory]
    [InlineData("--sip:listen:0=tcp://127.0.0.1:6000", "Tcp 127.0.0.1:6000|Tcp 127.0.0.1:5061")]
    [InlineData("--sip:listen:2=tcp://127.0.0.1:6000", "Udp 127.0.0.1:5061|Tcp 127.0.0.1:5061|Tcp 127.0.0.1:6000")]
    [InlineData("--sip:listen=tcp://127.0.0.1:6000, udp://[::1]", "Tcp 127.0.0.1:6000|Udp [::1]:5060")]
    [InlineData("""--sip:listen=["tcp://127.0.0.1:6000"]""", "Tcp 127.0.0.1:6000")]
    public void List_CanBeChanged_ByElement_OrWhole(string argument, string expected)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """{ "sip": { "listen": ["udp://127.0.0.1:5061", "tcp://127.0.0.1:5061"] } }""", argument);

        Assert.Empty(errors);
        Assert.Equal(expected, string.Join('|', settings.Sip.Listen.Select(l => $"{l.Transport} {l.Endpoint}")));
    }

    [Fact]
    public void Values_TakeTheTypeOfTheirKey()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            "{}", "--numbers:enabled=false", "--calls:maxCalls=5", "--drain:limitSeconds=1.5", "--http:listen=", "--trunks:0:name=a", "--trunks:0:from:0=192.0.2.0/24");

        Assert.Empty(errors);
        Assert.False(settings.Numbers.Enabled);
        Assert.Equal(5, settings.Calls.MaxCalls);
        Assert.Equal(1.5, settings.DrainLimit.TotalSeconds);
        Assert.False(settings.Http.HasAddress);
        Assert.Equal("192.0.2.0/24", Assert.Single(Assert.Single(settings.Trunks).From).ToString());
    }

    [Theory]
    [InlineData("--sip:listen:5=udp://127.0.0.1", "sip.listen", "next one to add is 0")]
    [InlineData("--sip:listen:x=udp://127.0.0.1", "sip.listen.x", "must be a list")]
    [InlineData("--calls:maxCalls=many", "calls.maxCalls", "whole number")]
    [InlineData("--sip:listen=[1", "sip.listen[0]", "not a listener")]
    [InlineData("--sip:listen=[1,]2]", "", "not valid JSON")]
    [InlineData("--spi:realm=x", "spi", "did you mean \"sip\"?")]
    public void Mistake_NamesTheOption(string argument, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{}", argument);

        ConfigurationError error = errors[0];
        Assert.Contains(message, string.Join(' ', errors.Select(e => e.Message)), StringComparison.Ordinal);
        Assert.StartsWith(path.Split('.')[0], error.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sip:realm", null)]
    [InlineData("sip:realm=x", null)]
    [InlineData("--=x", null)]
    [InlineData("--a=", "a")]
    [InlineData("--a:b:0=x", "a:b:0")]
    public void Argument_Shape(string argument, string? path)
    {
        ConfigurationOverride? parsed = ConfigurationOverride.FromArgument(argument);

        Assert.Equal(path, parsed is null ? null : string.Join(':', parsed.Path));
    }

    [Fact]
    public void Environment_IsTakenInOrder_AndOnlyOurs()
    {
        Hashtable environment = new()
        {
            ["MEDIACORE__SIP__LISTEN__10"] = "k",
            ["MEDIACORE__SIP__LISTEN__2"] = "c",
            ["MEDIACORE__SIP__LISTEN__0"] = "a",
            ["mediacore__sip__realm"] = "r",
            ["MEDIACORE_TEST_DATA"] = "no",
            ["PATH"] = "no",
        };

        IReadOnlyList<ConfigurationOverride> overrides = ConfigurationOverride.FromEnvironment(environment);

        Assert.Equal(["a", "c", "k", "r"], overrides.Select(o => o.Value));
    }

    [Fact]
    public void File_ThenEnvironment_ThenCommandLine()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "m.json"), """{ "sip": { "realm": "file", "serverName": "file", "advertised": "file" } }""");
        ConfigurationErrors errors = new();
        Hashtable environment = new() { ["MEDIACORE__SIP__REALM"] = "environment", ["MEDIACORE__SIP__SERVERNAME"] = "environment" };

        ServerSettings settings = ServerSettingsReader.Read(
            "m.json",
            folder.Path,
            ConfigurationOverride.FromEnvironment(environment).Append(ConfigurationOverride.FromArgument("--sip:realm=line")!),
            errors);

        Assert.Empty(errors.Items);
        Assert.Equal(("line", "environment", "file"), (settings.Sip.Realm, settings.Sip.ServerName, settings.Sip.Advertised));
        Assert.Equal(Path.Combine(folder.Path, "data"), settings.DataFolder);
    }
}
