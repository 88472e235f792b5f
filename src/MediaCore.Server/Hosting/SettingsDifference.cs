using MediaCore.Server.Configuration;

namespace MediaCore.Server.Hosting;

/// <summary>
/// Which settings differ between two configurations but can't be changed while the server runs. They are compared by what was read of each key, so a new setting is
/// in the comparison as soon as it is read; what a reload changes stands in <see cref="ReloadableKeys"/>.
/// </summary>
internal static class SettingsDifference
{
    /// <summary>The keys, those of a list as the list, in alphabetical order.</summary>
    public static IReadOnlyList<string> Find(ServerSettings running, ServerSettings wanted) =>
    [
        .. running.FixedValues.Keys.Union(wanted.FixedValues.Keys)
            .Where(key => running.FixedValues.GetValueOrDefault(key) != wanted.FixedValues.GetValueOrDefault(key))
            .Select(static key => key.Split('[')[0])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
