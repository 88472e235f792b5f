using System.Globalization;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;

namespace MediaCore.Server.Tests.Hosting;

public sealed class SettingsDifferenceTests
{
    private static readonly Lazy<ServerSettings> s_defaults = new(static () => Read()!);

    /// <summary>Every number and every switch of the configuration that has a default: found by reading, so that a new one is among them by itself.</summary>
    public static TheoryData<string, string> Changes
    {
        get
        {
            TheoryData<string, string> changes = [];
            foreach ((string key, string value) in s_defaults.Value.FixedValues.OrderBy(static v => v.Key, StringComparer.Ordinal))
            {
                IEnumerable<string> others = value is "true" or "false" ? [value == "true" ? "false" : "true"]
                    : decimal.TryParse(value, CultureInfo.InvariantCulture, out decimal number)
                        ? new[] { number + 1, number - 1, number + 30 }.Select(static n => n.ToString(CultureInfo.InvariantCulture))
                        : [];
                if (others.FirstOrDefault(other => Read((key, other)) is not null) is { } valid)
                {
                    changes.Add(key, valid);
                }
            }

            return changes;
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Setting_ThatWaitsForARestart_IsNamed(string key, string other) =>
        Assert.Contains(key, SettingsDifference.Find(s_defaults.Value, Read((key, other))!));

    [Theory]
    [InlineData("sip.registrations.keepAliveSeconds", "10")]
    [InlineData("sip.dns.timeoutSeconds", "7")]
    [InlineData("sip.maxMessageBytes", "900")]
    [InlineData("sip.accountTransfer", "refuse")]
    [InlineData("sip.subscriptions.dialog", "all")]
    [InlineData("sip.defence.deny", "192.0.2.0/24", "sip.defence.deny")]
    [InlineData("sip.listen", "udp://127.0.0.1:5070")]
    [InlineData("numbers.acceptFrom", "192.0.2.0/24")]
    [InlineData("dataFolder", "elsewhere")]
    public void Setting_OfAnyKind_IsNamed(string key, string other, string? named = null) =>
        Assert.Equal([named ?? key], SettingsDifference.Find(s_defaults.Value, Read((key, other))!));

    [Fact]
    public void Defaults_WrittenOut_AreNoDifference() =>
        Assert.Empty(SettingsDifference.Find(s_defaults.Value, Read(("sip.registrations.keepAliveSeconds", "25"), ("numbers.enabled", "true"))!));

    [Fact]
    public void Reloadable_IsNotNamed_AndNoPasswordIsKept()
    {
        ServerSettings wanted = Read(
            ("logging.level", "error"), ("drain.limitSeconds", "7"), ("trunks.0.name", "a"), ("trunks.0.targets.0", "sip:192.0.2.1"), ("trunks.0.credentials.user", "u"), ("trunks.0.credentials.password", "secret"))!;
        Assert.Empty(SettingsDifference.Find(s_defaults.Value, wanted));
        Assert.DoesNotContain("secret", wanted.FixedValues.Values);
    }

    [Fact]
    public void Changes_AreMany() => Assert.InRange(Changes.Count, 50, 1_000);

    /// <summary>Settings with some keys set; null when that is no valid configuration.</summary>
    private static ServerSettings? Read(params (string Key, string Value)[] changes)
    {
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(
            null, Path.GetTempPath(), changes.Select(static c => ConfigurationOverride.FromArgument($"--{c.Key.Replace('.', ':')}={c.Value}")!), errors);
        return errors.Any ? null : settings;
    }
}
