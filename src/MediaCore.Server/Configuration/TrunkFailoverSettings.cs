using System.Collections.Frozen;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>trunks[].failover</c>.</summary>
internal static class TrunkFailoverSettings
{
    /// <summary>Reads the section.</summary>
    public static TrunkFailover Read(SectionReader section)
    {
        TrunkFailover defaults = TrunkFailover.Default;
        IReadOnlyList<int> statuses = section.Integers("statuses", 300, 699);
        foreach (int status in statuses)
        {
            if (!TrunkFailover.MayFailOver(status))
            {
                section.Error("statuses", $"{status} cannot fail over: it is the callee's own answer or one that concerns this server (possible are 400 to 599 but for 401, 407, 486, 487)");
            }
        }

        TimeSpan response = section.Seconds("responseSeconds", TimeSpan.Zero, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(32));
        TrunkFailover result = defaults with
        {
            Statuses = statuses.Count == 0 ? defaults.Statuses : statuses.ToFrozenSet(),
            ResponseTimeout = response == TimeSpan.Zero ? null : response,
            BlockFor = section.Seconds("blockSeconds", defaults.BlockFor, TimeSpan.Zero, TimeSpan.FromHours(1)),
            MaxRetryAfter = section.Seconds("maxRetryAfterSeconds", defaults.MaxRetryAfter, TrunkFailover.MinRetryAfter, TimeSpan.FromDays(1)),
        };
        section.Finish();
        return result;
    }
}
