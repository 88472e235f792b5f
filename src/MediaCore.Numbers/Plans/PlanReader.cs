using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Plans;

/// <summary>Reads the document of a routing plan, with all that is wrong with it. What it may have is what <see cref="Conditions"/>, <see cref="Outcomes"/> and <see cref="ActionReader.Vocabulary"/> say; the schema says the same.</summary>
public static class PlanReader
{
    /// <summary>Rules of a plan: what fits into a document.</summary>
    public const int MaxRules = 1_000;

    /// <summary>Actions of one list.</summary>
    public const int MaxActions = 32;

    /// <summary>Parts of one condition.</summary>
    public const int MaxParts = 64;

    /// <summary>Conditions within each other.</summary>
    public const int MaxDepth = 8;

    /// <summary>Lists of callers.</summary>
    public const int MaxLists = 64;

    /// <summary>The conditions by the member that makes one, and the members that may stand beside it.</summary>
    public static FrozenDictionary<string, string[]> Conditions { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["all"] = [],
        ["any"] = [],
        ["not"] = [],
        ["schedule"] = ["is"],
        ["caller"] = [],
        ["callerCountry"] = [],
        ["callerList"] = [],
        ["anonymous"] = [],
        ["called"] = [],
        ["trunk"] = [],
        ["account"] = [],
        ["header"] = ["is"],
        ["queue"] = ["waiting", "wait", "ready"],
        ["percent"] = ["split"],
        ["language"] = [],
        ["variable"] = ["is"],
        ["registered"] = [],
        ["registeredAccount"] = [],
        ["calls"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How an action may end, as <c>else</c> has it; <c>any</c> stands for all that have no entry of their own but the good ends.</summary>
    public static FrozenDictionary<string, ActivityOutcome> Outcomes { get; } = new Dictionary<string, ActivityOutcome>(StringComparer.Ordinal)
    {
        ["completed"] = ActivityOutcome.Completed,
        ["talked"] = ActivityOutcome.Talked,
        ["busy"] = ActivityOutcome.Busy,
        ["noAnswer"] = ActivityOutcome.NoAnswer,
        ["unreachable"] = ActivityOutcome.Unreachable,
        ["rejected"] = ActivityOutcome.Rejected,
        ["timedOut"] = ActivityOutcome.TimedOut,
        ["full"] = ActivityOutcome.Full,
        ["exited"] = ActivityOutcome.Exited,
        ["failed"] = ActivityOutcome.Failed,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, bool> s_schedule = new Dictionary<string, bool>(StringComparer.Ordinal) { ["open"] = true, ["closed"] = false }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a document; null when it is no object at all. What can be read of one with errors is there.</summary>
    /// <param name="json">The document.</param>
    /// <param name="salt">What shares of callers are drawn by.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static Plan? Parse(string json, string salt, DocumentErrors errors)
    {
        if (DocumentObject.Parse(json, errors) is not { } read)
        {
            return null;
        }

        Dictionary<string, NumberPatterns> lists = new(StringComparer.Ordinal);
        if (read.Object("lists") is { } given)
        {
            foreach ((string name, JsonElement value, string path) in given.Members.ToArray())
            {
                if (lists.Count >= MaxLists)
                {
                    errors.Add(path, $"is too many: a plan has at most {MaxLists} lists");
                    break;
                }

                lists[name] = ReadPatterns(value, path, errors);
            }
        }

        List<PlanRule> rules = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((JsonElement value, string path) in read.Array("rules", MaxRules))
        {
            if (ReadRule(value, path, lists, errors) is { } rule)
            {
                if (!names.Add(rule.Rule.Name))
                {
                    errors.Add(path, $"has the name of another rule, \"{rule.Rule.Name}\"; traces tell them by it");
                }

                if (rule.IsEnabled)
                {
                    rules.Add(rule.Rule);
                }
            }
        }

        PlanRule otherwise = ReadDefault(read);
        rules.Add(otherwise);
        _ = read.Text("description", ActionReader.MaxTextCharacters);
        string split = read.Text("split", ActionReader.MaxNameCharacters) ?? salt;
        read.Finish();
        return new Plan { Rules = rules, Lists = lists.ToFrozenDictionary(StringComparer.Ordinal), Salt = split };
    }

    private static PlanRule ReadDefault(DocumentObject read)
    {
        if (read.Object("default", isRequired: true) is not { } given)
        {
            return Plan.Unreadable.Rules[0];
        }

        var rule = new PlanRule { Name = "default", Then = ReadThen(given), Otherwise = ReadElse(given) };
        given.Finish();
        return rule;
    }

    private static (PlanRule Rule, bool IsEnabled)? ReadRule(JsonElement element, string path, Dictionary<string, NumberPatterns> lists, DocumentErrors errors)
    {
        if (DocumentObject.From(element, path, errors) is not { } read)
        {
            return null;
        }

        string name = read.Text("name", ActionReader.MaxNameCharacters, isRequired: true) ?? "";
        PlanCondition? condition = read.Any("when") is { } when ? ReadCondition(when, read.At("when"), lists, errors, 0) ?? Never : null;
        var rule = new PlanRule { Name = name, Path = path, When = condition, Then = ReadThen(read), Otherwise = ReadElse(read), Stop = read.Flag("stop", true) };
        bool isEnabled = read.Flag("enabled", true);
        read.Finish();
        return (rule, isEnabled);
    }

    private static IReadOnlyList<CallAction> ReadThen(DocumentObject read) => ActionReader.ReadAll(read.Array("then", MaxActions), read.Errors);

    private static FrozenDictionary<ActivityOutcome, IReadOnlyList<CallAction>> ReadElse(DocumentObject read)
    {
        Dictionary<ActivityOutcome, IReadOnlyList<CallAction>> otherwise = [];
        if (read.Object("else") is not { } given)
        {
            return FrozenDictionary<ActivityOutcome, IReadOnlyList<CallAction>>.Empty;
        }

        IReadOnlyList<CallAction>? any = null;
        foreach ((string name, JsonElement _, string path) in given.Members.ToArray())
        {
            IReadOnlyList<CallAction> actions = ActionReader.ReadAll(given.Array(name, MaxActions), read.Errors);
            if (name == "any")
            {
                any = actions;
            }
            else if (Outcomes.TryGetValue(name, out ActivityOutcome outcome))
            {
                otherwise[outcome] = actions;
            }
            else
            {
                read.Errors.Add(path, $"is no end of an action; known are any, {string.Join(", ", Outcomes.Keys.Order(StringComparer.Ordinal))}");
            }
        }

        if (any is not null)
        {
            foreach (ActivityOutcome outcome in Outcomes.Values.Where(static one => one is not (ActivityOutcome.Completed or ActivityOutcome.Talked)))
            {
                otherwise.TryAdd(outcome, any);
            }
        }

        return otherwise.ToFrozenDictionary();
    }

    // A condition that cannot be read holds never: the rule of a damaged document must not swallow all calls.
    private static PlanCondition Never { get; } = new AnyCondition([]);

    private static PlanCondition? ReadCondition(JsonElement element, string path, Dictionary<string, NumberPatterns> lists, DocumentErrors errors, int depth)
    {
        if (DocumentObject.From(element, path, errors) is not { } read)
        {
            return null;
        }

        string[] heads = [.. element.EnumerateObject().Select(static member => member.Name).Where(Conditions.ContainsKey)];
        if (heads.Length != 1 || depth > MaxDepth)
        {
            errors.Add(path, depth > MaxDepth
                ? $"is too deep: conditions stand at most {MaxDepth} within each other"
                : $"has exactly one of {string.Join(", ", Conditions.Keys.Order(StringComparer.Ordinal))}; join several by all or any");
            return null;
        }

        PlanCondition? condition = heads[0] switch
        {
            "all" => Parts(read, "all") is { } all ? new AllCondition(all) : null,
            "any" => Parts(read, "any") is { } any ? new AnyCondition(any) : null,
            "not" => ReadCondition(read.Any("not")!.Value, read.At("not"), lists, errors, depth + 1) is { } not ? new NotCondition(not) : null,
            "schedule" => Name(read, "schedule") is { } schedule ? new ScheduleCondition(schedule, ActionReader.Word(read, "is", s_schedule, true)) : null,
            "caller" => new PartyCondition(PartyKind.Caller, Patterns(read, "caller")),
            "called" => new PartyCondition(PartyKind.Called, Patterns(read, "called")),
            "trunk" => new PartyCondition(PartyKind.Trunk, Patterns(read, "trunk")),
            "account" => new PartyCondition(PartyKind.Account, Patterns(read, "account")),
            "callerCountry" => new CountryCondition(Countries(read)),
            "callerList" => CallerList(read, lists),
            "anonymous" => new AnonymousCondition(read.Flag("anonymous", true)),
            "header" => Name(read, "header") is { } header ? new HeaderCondition(header, read.Any("is") is null ? null : Patterns(read, "is")) : null,
            "variable" => Name(read, "variable") is { } variable ? new VariableCondition(variable, read.Any("is") is null ? null : Patterns(read, "is")) : null,
            "queue" => Name(read, "queue") is { } queue ? new QueueCondition(queue, ReadBounds(read, "waiting"), ReadBounds(read, "wait"), ReadBounds(read, "ready")) : null,
            "percent" => ReadPercent(read),
            "language" => new LanguageCondition(ActionReader.Texts(read, "language", 1, MaxParts)),
            "registered" => Name(read, "registered") is { } user ? new RegisteredCondition(user, IsUser: true) : null,
            "registeredAccount" => Name(read, "registeredAccount") is { } account ? new RegisteredCondition(account, IsUser: false) : null,
            _ => new CallsCondition(ReadBounds(read, "calls")),
        };
        read.Finish();
        return condition;

        List<PlanCondition>? Parts(DocumentObject of, string name)
        {
            IReadOnlyList<(JsonElement Value, string Path)> parts = of.Array(name, MaxParts);
            if (parts.Count == 0)
            {
                of.Error(name, "has at least one condition");
            }

            return [.. parts.Select(one => ReadCondition(one.Value, one.Path, lists, errors, depth + 1)).OfType<PlanCondition>()];
        }
    }

    private static string? Name(DocumentObject read, string name) => read.Text(name, ActionReader.MaxNameCharacters, isRequired: true);

    private static CallerListCondition? CallerList(DocumentObject read, Dictionary<string, NumberPatterns> lists)
    {
        string? name = Name(read, "callerList");
        if (name is not null && !lists.ContainsKey(name))
        {
            read.Error("callerList", $"there is no list \"{name}\" in lists");
        }

        return name is null ? null : new CallerListCondition(name);
    }

    private static IReadOnlyList<string> Countries(DocumentObject read)
    {
        IReadOnlyList<string> countries = ActionReader.Texts(read, "callerCountry", 1, MaxParts);
        foreach (string unknown in countries.Where(static one => !NumberingPlans.HasCountry(one.ToUpperInvariant())))
        {
            read.Error("callerCountry", $"\"{unknown}\" is no country with a numbering plan (ISO 3166-1 alpha-2, such as US)");
        }

        return countries;
    }

    private static NumberPatterns Patterns(DocumentObject read, string name) => ReadPatterns(read.Any(name)!.Value, read.At(name), read.Errors);

    private static NumberPatterns ReadPatterns(JsonElement element, string path, DocumentErrors errors)
    {
        List<string> patterns = [];
        JsonElement[] elements = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [element];
        if (elements.Length > NumberPatterns.MaxPatterns)
        {
            errors.Add(path, $"has at most {NumberPatterns.MaxPatterns}");
            elements = elements[..NumberPatterns.MaxPatterns];
        }

        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i].ValueKind == JsonValueKind.String && NumberPatterns.IsPattern(elements[i].GetString()!))
            {
                patterns.Add(elements[i].GetString()!);
            }
            else
            {
                errors.Add(element.ValueKind == JsonValueKind.Array ? DocumentErrors.Join(path, i) : path, "is a text of 1 to 64 characters without spaces; a * at its end stands for whatever follows");
            }
        }

        return new NumberPatterns(patterns);
    }

    private static Bounds ReadBounds(DocumentObject read, string name)
    {
        if (read.Object(name) is not { } given)
        {
            return Bounds.All;
        }

        var bounds = new Bounds(given.Any("min") is null ? int.MinValue : given.Integer("min", 0, int.MaxValue, 0), given.Any("max") is null ? int.MaxValue : given.Integer("max", 0, int.MaxValue, 0));
        if (bounds == Bounds.All || bounds.Min > bounds.Max)
        {
            read.Error(name, "has min, max or both, and min is not above max");
        }

        given.Finish();
        return bounds;
    }

    private static PercentCondition? ReadPercent(DocumentObject read)
    {
        string split = read.Text("split", ActionReader.MaxNameCharacters) ?? "";
        JsonElement value = read.Any("percent")!.Value;
        decimal[] ends = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(static one => one.ValueKind == JsonValueKind.Number && one.TryGetDecimal(out decimal end) ? end : -1)]
            : [0, value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal to) ? to : -1];
        if (ends.Length != 2 || ends[0] < 0 || ends[1] > 100 || ends[0] >= ends[1])
        {
            read.Error("percent", string.Create(CultureInfo.InvariantCulture, $"is a share above 0 and up to 100, or two ends such as [30, 60]"));
            return null;
        }

        return new PercentCondition((int)(ends[0] * 100), (int)(ends[1] * 100), split);
    }
}
