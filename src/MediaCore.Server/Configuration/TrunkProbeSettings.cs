using System.Collections.Immutable;
using System.Globalization;
using MediaCore.Engine.Trunks.Probing;

namespace MediaCore.Server.Configuration;

/// <summary><c>trunks[].probe</c>: asking a trunk's destinations by OPTIONS whether they are there. Off when absent.</summary>
internal static class TrunkProbeSettings
{
    /// <summary>Reads the section; null when it is absent.</summary>
    public static TrunkProbe? Read(SectionReader trunk)
    {
        SectionReader section = trunk.Section("probe");
        if (!section.IsPresent)
        {
            return null;
        }

        TrunkProbe defaults = new();
        TrunkProbe probe = new()
        {
            Interval = section.Seconds("intervalSeconds", defaults.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Timeout = section.Seconds("timeoutSeconds", defaults.Timeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(32)),
            Failures = (int)section.Integer("failures", defaults.Failures, 1, 100),
            Successes = (int)section.Integer("successes", defaults.Successes, 1, 100),
            AliveStatuses = ReadStatuses(section),
        };
        if (probe.Timeout > probe.Interval)
        {
            section.Error("timeoutSeconds", "must not be above intervalSeconds");
        }

        section.Finish();
        return probe;
    }

    /// <summary><c>404</c> is a status, <c>2xx</c> a class of them.</summary>
    private static ImmutableArray<int> ReadStatuses(SectionReader section)
    {
        ImmutableArray<int>.Builder statuses = ImmutableArray.CreateBuilder<int>();
        foreach (ConfigurationText text in section.Texts("statuses"))
        {
            string value = text.Value;
            if (value.Length == 3 && value.EndsWith("xx", StringComparison.OrdinalIgnoreCase) && value[0] is >= '2' and <= '6')
            {
                statuses.Add(value[0] - '0');
            }
            else if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 200 and <= 699)
            {
                statuses.Add(status);
            }
            else
            {
                section.Error(text, $"\"{value}\" is no final status (200 to 699) and no class of them (2xx to 6xx)");
            }
        }

        return statuses.ToImmutable();
    }
}
