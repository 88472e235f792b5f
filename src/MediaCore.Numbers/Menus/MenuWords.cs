using System.Text.Json;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Menus;

/// <summary>Outcomes as documents write them.</summary>
internal static class MenuWords
{
    private static readonly Dictionary<string, ActivityOutcome> s_outcomes = Enum.GetValues<ActivityOutcome>()
        .Where(static outcome => outcome != ActivityOutcome.HungUp)
        .ToDictionary(ToWord, StringComparer.Ordinal);

    /// <summary>The words, in their order.</summary>
    public static IEnumerable<string> All => s_outcomes.Keys;

    /// <summary><c>noAnswer</c> and the like.</summary>
    public static string ToWord(ActivityOutcome outcome) => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());

    /// <summary>The outcome of a word; after a hang-up there is nothing to go on with, so it has none.</summary>
    public static bool TryRead(string word, out ActivityOutcome outcome) => s_outcomes.TryGetValue(word, out outcome);
}
