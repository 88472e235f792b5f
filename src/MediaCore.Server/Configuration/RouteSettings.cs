using MediaCore.Engine.Policies;

namespace MediaCore.Server.Configuration;

/// <summary>An element of <c>routes</c>: which calls go to which trunks; the first that matches is taken.</summary>
internal sealed record RouteSettings
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Pattern of the called number; null for any.</summary>
    public NumberPattern? To { get; init; }

    /// <summary>Pattern of the caller's number; null for any.</summary>
    public NumberPattern? From { get; init; }

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
            NumberPattern? to = ReadPattern(match, "to");
            NumberPattern? from = ReadPattern(match, "from");
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

            if (texts.Count == 0 && !section.HasError("trunks"))
            {
                section.Error("trunks", "needs at least one trunk");
            }

            TimeSpan ring = section.Seconds("ringSeconds", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
            section.Finish();
            result.Add(new RouteSettings { Name = name, To = to, From = from, Trunks = targets, Ring = ring == TimeSpan.Zero ? null : ring });
        }

        return result;
    }

    private static NumberPattern? ReadPattern(SectionReader match, string name)
    {
        if (match.OptionalText(name, null) is not { } text)
        {
            return null;
        }

        if (!NumberPattern.TryParse(text.Value, out NumberPattern? pattern, out string? problem))
        {
            match.Error(text, $"\"{text.Value}\": {problem}");
        }
        else if (pattern.Kind != NumberPatternKind.Regex && text.Value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            match.Error(text, $"\"{text.Value}\" has blanks in it, so it would never match");
        }

        return pattern;
    }
}
