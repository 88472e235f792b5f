using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>An element of <c>routes</c>: which calls go to which trunks, or are refused; the first that matches is taken.</summary>
internal sealed record RouteSettings
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Pattern of the called number; null for any.</summary>
    public NumberPattern? To { get; init; }

    /// <summary>Pattern of the caller's number; null for any.</summary>
    public NumberPattern? From { get; init; }

    /// <summary>Names of the trunks that the call may come in by; empty for any way.</summary>
    public FrozenSet<string> InboundTrunks { get; init; } = [];

    /// <summary>Patterns of accounts; empty for any caller.</summary>
    public IReadOnlyList<NumberPattern> Accounts { get; init; } = [];

    /// <summary>When the route is open; empty for always.</summary>
    public IReadOnlyList<TimeWindow> Windows { get; init; } = [];

    /// <summary>Names of trunks, in the order they are tried unless <see cref="Ranks"/> says otherwise; those of <see cref="Rates"/> where there are any.</summary>
    public IReadOnlyList<string> Trunks { get; init; } = [];

    /// <summary>Priority and weight of each trunk; empty for their order.</summary>
    public IReadOnlyList<TargetRank> Ranks { get; init; } = [];

    /// <summary>Least-cost routing by a rate sheet; null for <see cref="Trunks"/>.</summary>
    public RateSheet? Rates { get; init; }

    /// <summary>Status to refuse with; 0 to route.</summary>
    public int RejectStatus { get; init; }

    /// <summary>Q.850 cause of the refusal; 0 for the usual one.</summary>
    public int RejectCause { get; init; }

    /// <summary>The conference that callers are taken into; null for none.</summary>
    public string? Conference { get; init; }

    /// <summary>The offer to an application that comes first; null for none.</summary>
    public ControlStep? Control { get; init; }

    /// <summary>Whether its calls are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>How long the callee may ring; null for the engine's limit.</summary>
    public TimeSpan? Ring { get; init; }

    /// <summary>Reads the list; rate sheets are looked for from <paramref name="baseFolder"/>.</summary>
    public static IReadOnlyList<RouteSettings> ReadAll(SectionReader root, IReadOnlyList<TrunkSettings> trunks, string baseFolder)
    {
        List<RouteSettings> result = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SectionReader section in root.Sections("routes"))
        {
            result.Add(Read(section, TrunkSettings.ReadName(section, names, "route"), trunks, baseFolder));
        }

        return result;
    }

    private static RouteSettings Read(SectionReader section, string name, IReadOnlyList<TrunkSettings> trunks, string baseFolder)
    {
        SectionReader match = section.Section("match");
        RouteSettings result = new()
        {
            Name = name,
            To = ReadPattern(match, match.OptionalText("to", null)),
            From = ReadPattern(match, match.OptionalText("from", null)),
            InboundTrunks = match.Texts("trunks").Where(text => FindTrunk(match, text, trunks) is not null).Select(static text => text.Value).ToFrozenSet(StringComparer.Ordinal),
            Accounts = [.. match.Texts("accounts").Select(text => ReadPattern(match, text)).OfType<NumberPattern>()],
            Windows = TimeWindowSettings.ReadAll(section),
        };
        match.Finish();

        (List<string> targets, List<TargetRank> ranks) = ReadTrunks(section, trunks);
        ConfigurationText? rates = section.OptionalText("rates", null);
        ConfigurationText? conference = section.OptionalText("conference", null);
        if (conference is { } room && !ConferenceRoom.IsName(room.Value))
        {
            section.Error(room, $"\"{room.Value}\": {ConferenceRoom.Rule}");
        }

        ControlStep? control = ReadControl(section);
        long reject = section.Integer("reject", 0, 400, 699);
        if (reject is 401 or 407 or 487)
        {
            section.Error("reject", $"{reject} is not a refusal of a route; use 403, 404, 480, 486, 503 or 603");
        }

        RateSheet? sheet = rates is { } file ? RateFile.Read(section, Path.GetFullPath(file.Value, baseFolder), trunks) : null;
        TimeSpan ring = section.Seconds("ringSeconds", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        result = result with
        {
            Trunks = sheet is null ? targets : sheet.Trunks,
            Ranks = ranks,
            Rates = sheet,
            Conference = conference?.Value,
            Control = control,
            RejectStatus = (int)reject,
            RejectCause = (int)section.Integer("rejectCause", 0, 1, 127),
            Ring = ring == TimeSpan.Zero ? null : ring,
            Record = section.Flag("record", false),
        };
        int ways = (targets.Count > 0 ? 1 : 0) + (rates is null ? 0 : 1) + (reject == 0 ? 0 : 1) + (conference is null ? 0 : 1);
        if (ways == 0 && control is null && !section.HasError("control") && !section.HasError("trunks") && !section.HasError("rates") && !section.HasError("reject"))
        {
            section.Error("trunks", "needs at least one trunk, or rates (a rate sheet), control (an application), conference (a room) or reject (a status) in their place");
        }
        else if (ways > 1)
        {
            section.Error("trunks", "a route has only one of trunks, rates, conference and reject");
        }

        if (control is not null && (conference is not null || reject != 0))
        {
            section.Error("control", "callers whom no application claims go on to trunks or rates; conference and reject leave nothing to control");
        }

        if (result.RejectCause != 0 && reject == 0)
        {
            section.Error("rejectCause", "has no meaning without reject");
        }

        section.Finish();
        return result;
    }

    /// <summary><c>control</c> with <c>controlSeconds</c> and <c>controlHeaders</c>.</summary>
    private static ControlStep? ReadControl(SectionReader section)
    {
        TimeSpan time = section.Seconds("controlSeconds", ControlLimits.DefaultOfferTime, TimeSpan.FromSeconds(1), ControlLimits.MaxOfferTime);
        IReadOnlyList<ConfigurationText> headers = section.Texts("controlHeaders");
        foreach (ConfigurationText header in headers)
        {
            if (header.Value.Length is 0 or > 64 || header.Value.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '!' or '%' or '*' or '_' or '+' or '`' or '\'' or '~')))
            {
                section.Error(header, $"\"{header.Value}\" is no header's name");
            }
        }

        if (headers.Count > ControlLimits.MaxOfferedHeaders)
        {
            section.Error("controlHeaders", $"holds {headers.Count} headers; an offer shows at most {ControlLimits.MaxOfferedHeaders}");
        }

        if (section.OptionalText("control", null) is not { } application)
        {
            if (section.Has("controlSeconds") || section.Has("controlHeaders"))
            {
                section.Error("control", "is missing: controlSeconds and controlHeaders say how a call is offered, control to which application");
            }

            return null;
        }

        if (!ControlApplication.IsName(application.Value))
        {
            section.Error(application, $"\"{application.Value}\": {ControlApplication.Rule}");
        }

        return new ControlStep(application.Value, time) { Headers = headers.Count == 0 ? [] : [.. headers.Select(static h => h.Value)] };
    }

    /// <summary>Names, or objects with <c>trunk</c>, <c>priority</c>, <c>weight</c> and <c>cost</c>. Names alone are tried in their order.</summary>
    private static (List<string> Names, List<TargetRank> Ranks) ReadTrunks(SectionReader section, IReadOnlyList<TrunkSettings> trunks)
    {
        List<(string Name, int Priority, double Cost, int Weight)> items = [];
        bool isRanked = false;
        foreach ((ConfigurationText? text, SectionReader? item) in section.TextsOrSections("trunks"))
        {
            ConfigurationText? name = text ?? item?.RequiredText("trunk");
            int priority = (int)(item?.Integer("priority", 1, 0, TargetRank.Max) ?? 1);
            int weight = (int)(item?.Integer("weight", 1, 0, TargetRank.Max) ?? 1);
            double cost = item?.Number("cost", 0, 0, 1_000_000) ?? 0;
            item?.Finish();
            isRanked |= item is not null;
            if (name is not { } known || FindTrunk(section, known, trunks) is not { } trunk)
            {
                continue;
            }

            if (trunk.Targets.Count == 0)
            {
                section.Error(known, $"trunk \"{known.Value}\" has no targets to send calls to");
                continue;
            }

            items.Add((known.Value, priority, cost, weight));
        }

        if (items.Count > TargetRank.MaxTargets)
        {
            section.Error("trunks", $"holds {items.Count} trunks; a route has at most {TargetRank.MaxTargets}");
        }

        if (!isRanked)
        {
            return ([.. items.Select(static item => item.Name)], []);
        }

        // Priority and cost become one order: the cost decides within a priority.
        List<(int, double)> levels = [.. items.Select(static item => (item.Priority, item.Cost)).Distinct().Order()];
        return ([.. items.Select(static item => item.Name)], [.. items.Select(item => new TargetRank(levels.IndexOf((item.Priority, item.Cost)), item.Weight))]);
    }

    private static TrunkSettings? FindTrunk(SectionReader section, in ConfigurationText text, IReadOnlyList<TrunkSettings> trunks)
    {
        foreach (TrunkSettings trunk in trunks)
        {
            if (trunk.Name == text.Value)
            {
                return trunk;
            }
        }

        string hint = KeySuggestion.Find(text.Value, trunks.Select(static t => t.Name)) is { } near ? $"; did you mean \"{near}\"?" : "";
        section.Error(text, $"there is no trunk named \"{text.Value}\"{hint}");
        return null;
    }

    private static NumberPattern? ReadPattern(SectionReader match, in ConfigurationText? written)
    {
        if (written is not { } text)
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
