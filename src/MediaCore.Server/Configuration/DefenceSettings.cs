using System.Collections.Immutable;
using System.Net;
using MediaCore.Engine.Defence;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>sip.defence</c>: limits of strangers, lists of networks, what happens under overload.</summary>
internal static class DefenceSettings
{
    /// <summary>Reads the section.</summary>
    public static DefenceOptions Read(SectionReader section)
    {
        DefenceOptions defaults = new();
        SectionReader overload = section.Section("overload");
        DefenceOptions result = new()
        {
            IsEnabled = section.Flag("enabled", defaults.IsEnabled),
            RequestsPerSecond = (int)section.Integer("requestsPerSecond", defaults.RequestsPerSecond, 1, 100_000),
            Burst = (int)section.Integer("burst", defaults.Burst, 1, 100_000),
            BanDuration = section.Seconds("banSeconds", defaults.BanDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            UnidentifiedAnswers = (int)section.Integer("unidentifiedAnswers", defaults.UnidentifiedAnswers, 1, 10_000),
            UnidentifiedWindow = section.Seconds("unidentifiedSeconds", defaults.UnidentifiedWindow, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            Trusted = ReadNetworks(section, "trusted"),
            Allow = ReadNetworks(section, "allow"),
            Deny = ReadNetworks(section, "deny"),
            Scanners = ReadScanners(section, defaults),
            Overload = new OverloadOptions
            {
                IsEnabled = overload.Flag("enabled", defaults.Overload.IsEnabled),
                QueueDelay = TimeSpan.FromMilliseconds(overload.Integer("queueDelayMs", (long)defaults.Overload.QueueDelay.TotalMilliseconds, 1, 5_000)),
                Cpu = overload.Integer("cpuPercent", (long)(defaults.Overload.Cpu * 100), 0, 100) / 100.0,
                PriorityNumbers = ReadNumbers(overload, defaults),
            },
        };
        overload.Finish();
        section.Finish();
        return result;
    }

    private static ImmutableArray<IPNetwork> ReadNetworks(SectionReader section, string name)
    {
        List<IPNetwork> networks = [];
        foreach (ConfigurationText text in section.Texts(name))
        {
            if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
            {
                section.Error(text, error);
            }
            else
            {
                networks.Add(network);
            }
        }

        if (networks.Count > DefenceLimits.MaxNetworks)
        {
            section.Error(name, $"has {networks.Count} networks; {DefenceLimits.MaxNetworks} is the limit, more belong into a firewall's set");
        }

        return networks.Count == 0 ? [] : [.. networks];
    }

    private static ImmutableArray<string> ReadScanners(SectionReader section, DefenceOptions defaults)
    {
        IReadOnlyList<ConfigurationText> texts = section.Texts("scanners", [.. defaults.Scanners]);
        foreach (ConfigurationText text in texts)
        {
            if (text.Value.Length is < 3 or > DefenceLimits.MaxPatternBytes)
            {
                section.Error(text, $"\"{text.Value}\" is compared with every stranger's User-Agent, From and To, so it needs 3 to {DefenceLimits.MaxPatternBytes} characters");
            }
        }

        if (texts.Count > DefenceLimits.MaxPatterns)
        {
            section.Error("scanners", $"has {texts.Count} patterns; {DefenceLimits.MaxPatterns} is the limit");
        }

        return Take(texts, defaults.Scanners);
    }

    private static ImmutableArray<string> ReadNumbers(SectionReader section, DefenceOptions defaults)
    {
        IReadOnlyList<ConfigurationText> texts = section.Texts("priorityNumbers", [.. defaults.Overload.PriorityNumbers]);
        foreach (ConfigurationText text in texts)
        {
            if (text.Value.Length > 32 || !text.Value.All(static c => char.IsAsciiDigit(c) || c is '+' or '*' or '#'))
            {
                section.Error(text, $"\"{text.Value}\" is not a number as it is dialled: digits, +, * and #");
            }
        }

        return Take(texts, defaults.Overload.PriorityNumbers);
    }

    private static ImmutableArray<string> Take(IReadOnlyList<ConfigurationText> texts, ImmutableArray<string> defaults) =>
        texts.Select(static t => t.Value).SequenceEqual(defaults) ? defaults : [.. texts.Select(static t => t.Value)];
}
