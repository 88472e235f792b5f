using System.Text.RegularExpressions;

namespace MediaCore.Server.Configuration;

/// <summary>An element of <c>routes</c>: which calls go to which trunks; the first that matches is taken.</summary>
internal sealed record RouteSettings
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Pattern of the called number: exact, <c>+1*</c> or <c>regex:…</c>; null for any.</summary>
    public string? To { get; init; }

    /// <summary>Pattern of the caller's number; null for any.</summary>
    public string? From { get; init; }

    /// <summary>Names of trunks in the order they are tried.</summary>
    public IReadOnlyList<string> Trunks { get; init; } = [];

    /// <summary>How long the callee may ring; null for the engine's limit.</summary>
    public TimeSpan? Ring { get; init; }

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<RouteSettings> ReadAll(SectionReader root, IReadOnlyList<TrunkSettings> trunks)
    {
        List<RouteSettings> result = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SectionReader section in root.Sections("routes"))
        {
            string name = TrunkSettings.ReadName(section, names, "route");
            SectionReader match = section.Section("match");
            string? to = ReadPattern(match, "to");
            string? from = ReadPattern(match, "from");
            match.Finish();

            List<string> targets = [];
            IReadOnlyList<ConfigurationText> texts = section.Texts("trunks");
            foreach (ConfigurationText text in texts)
            {
                TrunkSettings? trunk = trunks.FirstOrDefault(t => t.Name == text.Value);
                if (trunk is null)
                {
                    string hint = KeySuggestion.Find(text.Value, trunks.Select(static t => t.Name)) is { } near ? $"; did you mean \"{near}\"?" : "";
                    section.Error(text, $"there is no trunk named \"{text.Value}\"{hint}");
                }
                else if (trunk.Targets.Count == 0)
                {
                    section.Error(text, $"trunk \"{text.Value}\" has no targets to send calls to");
                }
                else
                {
                    targets.Add(text.Value);
                }
            }

            if (texts.Count == 0)
            {
                section.Error("trunks", "needs at least one trunk");
            }

            TimeSpan ring = section.Seconds("ringSeconds", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
            section.Finish();
            result.Add(new RouteSettings { Name = name, To = to, From = from, Trunks = targets, Ring = ring == TimeSpan.Zero ? null : ring });
        }

        return result;
    }

    private static string? ReadPattern(SectionReader match, string name)
    {
        if (match.OptionalText(name, null) is not { } text)
        {
            return null;
        }

        string pattern = text.Value;
        if (pattern.StartsWith("regex:", StringComparison.Ordinal))
        {
            try
            {
                // NonBacktracking takes time linear in the number, so no pattern can stall a shard; it refuses what it cannot do.
                _ = new Regex(pattern[6..], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                match.Error(text, $"is not a regular expression that can be used here: {e.Message}");
            }

            return pattern;
        }

        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (pattern.Length == 0 || pattern.Length > 128)
        {
            match.Error(text, "must be 1 to 128 characters");
        }
        else if (star >= 0 && star != pattern.Length - 1)
        {
            match.Error(text, $"\"{pattern}\": a * may only stand at the end (write regex:… for more)");
        }
        else if (pattern.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            match.Error(text, $"\"{pattern}\" has blanks in it");
        }

        return pattern;
    }
}
