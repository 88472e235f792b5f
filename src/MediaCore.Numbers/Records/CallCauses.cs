using System.Collections.Frozen;
using System.Globalization;
using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Records;

/// <summary>The table of causes that records name (<c>q850.tsv</c>). They come from Reason headers (RFC 3326; in responses RFC 6432) or are what a SIP status means (RFC 3398 §8.2.6.1).</summary>
public static class CallCauses
{
    private static readonly FrozenDictionary<int, CallCause> s_all = EmbeddedText.Read("MediaCore.Numbers.Records.q850.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(static line => line[0] != '#').Select(static line => line.Split('\t'))
        .Select(static parts => new CallCause(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)))
        .ToFrozenDictionary(static cause => cause.Value);

    /// <summary>All that have a name.</summary>
    public static IReadOnlyCollection<CallCause> All => s_all.Values;

    /// <summary>What a cause says; <c>Unknown</c> for one that the table does not have, empty for 0, which is none.</summary>
    public static string TextOf(int cause) => cause == 0 ? "" : s_all.TryGetValue(cause, out CallCause? found) ? found.Text : "Unknown";
}
