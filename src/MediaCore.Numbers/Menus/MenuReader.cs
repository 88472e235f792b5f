using System.Text.Json;
using MediaCore.Engine.Control;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Menus;

/// <summary>Reads the form of a menu: kinds of nodes, their members and bounds. What is missing or wrong is noted and replaced by something harmless, so that one reading finds all of it.</summary>
internal static class MenuReader
{
    private const string Digits = "0123456789*#ABCD";
    private static readonly MenuExit s_nowhere = new(null, null, ActivityOutcome.Failed);

    private static readonly Dictionary<string, Func<DocumentObject, MenuNode>> s_types = new(StringComparer.Ordinal)
    {
        ["play"] = ReadPlay,
        ["gather"] = ReadGather,
        ["name"] = ReadName,
        ["switch"] = ReadSwitch,
        ["schedule"] = ReadSchedule,
        ["set"] = ReadSet,
        ["menu"] = ReadMenu,
        ["lookup"] = ReadLookup,
        ["action"] = ReadAction,
    };

    /// <summary>The kinds of nodes.</summary>
    public static IEnumerable<string> Types => s_types.Keys;

    /// <summary>Reads a document.</summary>
    public static MenuDocument Read(DocumentObject root)
    {
        _ = root.Any("$schema");
        string? language = ReadLanguage(root);
        string start = root.Text("start", MenuLimits.MaxNameCharacters, isRequired: true) ?? "";
        var nodes = new Dictionary<string, MenuNode>(StringComparer.Ordinal);
        foreach ((string name, JsonElement value, string path) in root.Object("nodes", isRequired: true)?.Members ?? [])
        {
            if (!IsName(name) || name == MenuExit.EndWord)
            {
                root.Errors.Add(path, $"is no name of a node: letters, digits, '-', '_' and '.', at most {MenuLimits.MaxNameCharacters} of them, and not \"{MenuExit.EndWord}\"");
            }

            if (nodes.Count >= MenuLimits.MaxNodes)
            {
                root.Errors.Add(path, $"is one node too many: a menu has at most {MenuLimits.MaxNodes}");
                break;
            }

            if (DocumentObject.From(value, path, root.Errors) is { } section)
            {
                nodes[name] = ReadNode(section) with { Name = name };
            }
        }

        root.Finish();
        return new MenuDocument(start, nodes, language);
    }

    private static MenuNode ReadNode(DocumentObject section)
    {
        if (section.Text("type", 16, isRequired: true) is not { } type)
        {
            return new ActionNode { Name = "", Action = new SetAction() };
        }

        if (!s_types.TryGetValue(type, out Func<DocumentObject, MenuNode>? read))
        {
            section.Error("type", $"\"{type}\" is no kind of node; those are {string.Join(", ", Types)}");
            return new ActionNode { Name = "", Action = new SetAction() };
        }

        MenuNode node = read(section) with { Language = ReadLanguage(section), Outcomes = ReadOutcomes(section) };
        _ = section.Any("note");
        section.Finish();
        return node;
    }

    private static PlayNode ReadPlay(DocumentObject section)
    {
        IReadOnlyList<PromptChoice> prompt = ReadPrompts(section, "prompt");
        if (section.Any("prompt") is null)
        {
            section.Error("prompt", "is missing: what is played");
        }

        return new PlayNode { Name = "", Prompt = prompt, BargeIn = section.Flag("bargeIn", otherwise: true), Next = ReadExit(section, "next") };
    }

    private static GatherNode ReadGather(DocumentObject section)
    {
        var node = new GatherNode
        {
            Name = "",
            Timeout = ReadExit(section, "timeout"),
            Invalid = ReadExit(section, "invalid"),
            Options = ReadOptions(section),
            DialsExtensions = section.Flag("extensions", otherwise: false),
            RingSeconds = section.Integer("ringSeconds", 1, 600, 25),
            Next = section.Any("next") is null ? null : ReadExit(section, "next"),
            Variable = ReadVariable(section, "variable", isRequired: false),
            Min = section.Integer("min", 1, ControlLimits.MaxGatheredDigits, 1),
            Max = section.Integer("max", 1, ControlLimits.MaxGatheredDigits, 1),
            Overall = Milliseconds(section, "overallMs", 100, ControlLimits.MaxGatherTime, TimeSpan.Zero),
            TypeAhead = section.Flag("typeAhead", otherwise: true),
            IsSensitive = section.Flag("sensitive", otherwise: false),
        };
        node = Complete(node, section);
        string typed = string.Concat(node.Options.Keys);
        node = node with { Terminators = typed.Contains('#', StringComparison.Ordinal) ? "" : "#" };
        if (section.Any("terminators") is { } terminators)
        {
            node = node with { Terminators = terminators.ValueKind == JsonValueKind.String ? terminators.GetString()! : "?" };
            if (node.Terminators.Length > 16 || !node.Terminators.All(static c => Digits.Contains(c, StringComparison.Ordinal)))
            {
                section.Error("terminators", "are at most 16 of 0-9, *, #, A-D, in a text; \"\" for none");
            }
            else if (node.Terminators.FirstOrDefault(c => typed.Contains(c, StringComparison.Ordinal)) is var both and not '\0')
            {
                section.Error("terminators", $"has {both}, which an option has as well; it can be one of them");
            }
        }

        if (node.Next is null)
        {
            if (node.Options.Count == 0 && !node.DialsExtensions)
            {
                section.Errors.Add(section.Path, "takes no digits: give it options, extensions, or next for free input");
            }

            if (section.Any("min") is not null || section.Any("max") is not null)
            {
                section.Errors.Add(section.Path, "has min or max, which are for free input: give it next, or take them away");
            }
        }
        else if (node.Min > node.Max)
        {
            section.Error("min", "is more than max");
        }

        if (node.IsSensitive && (node.Options.Count > 0 || node.DialsExtensions || node.Next is null || node.Variable is null))
        {
            section.Error("sensitive", "is for free input: give it next and variable, and neither options nor extensions");
        }

        return node;
    }

    private static NameNode ReadName(DocumentObject section) => Complete(
        new NameNode
        {
            Name = "",
            Timeout = ReadExit(section, "timeout"),
            Invalid = ReadExit(section, "invalid"),
            Min = section.Integer("min", 1, MenuLimits.MaxKeyDigits, 2),
            RingSeconds = section.Integer("ringSeconds", 1, 600, 25),
        },
        section);

    private static T Complete<T>(T node, DocumentObject section)
        where T : AskNode
        => node with
        {
            Prompt = ReadPrompts(section, "prompt"),
            FirstDigit = Milliseconds(section, "timeoutMs", 100, ControlLimits.MaxGatherTime, TimeSpan.FromSeconds(5)),
            Interdigit = Milliseconds(section, "interdigitMs", 100, ControlLimits.MaxGatherTime, TimeSpan.FromSeconds(3)),
            BargeIn = section.Flag("bargeIn", otherwise: true),
            MaxTimeouts = section.Integer("maxTimeouts", 1, 10, 3),
            MaxInvalid = section.Integer("maxInvalid", 1, 10, 3),
            TimeoutPrompt = ReadPrompts(section, "timeoutPrompt"),
            InvalidPrompt = ReadPrompts(section, "invalidPrompt"),
        };

    private static SwitchNode ReadSwitch(DocumentObject section)
    {
        var cases = new Dictionary<string, MenuExit>(StringComparer.Ordinal);
        foreach ((string value, JsonElement exit, string path) in section.Object("cases", isRequired: true)?.Members ?? [])
        {
            cases[value] = ReadExit(exit, path, section.Errors);
        }

        if (cases.Count > MenuLimits.MaxCases)
        {
            section.Error("cases", $"has more than {MenuLimits.MaxCases}");
        }

        return new SwitchNode { Name = "", Variable = ReadVariable(section, "variable", isRequired: true) ?? "", Cases = cases, Default = ReadExit(section, "default") };
    }

    private static ScheduleNode ReadSchedule(DocumentObject section) =>
        new() { Name = "", Schedule = section.Text("schedule", 120, isRequired: true) ?? "", Open = ReadExit(section, "open"), Closed = ReadExit(section, "closed") };

    private static SetNode ReadSet(DocumentObject section) =>
        new() { Name = "", Variables = ReadTexts(section, "variables", MenuLimits.MaxCases, isVariable: true, isRequired: true), Next = ReadExit(section, "next") };

    private static SubMenuNode ReadMenu(DocumentObject section) =>
        new() { Name = "", Menu = section.Text("menu", 120, isRequired: true) ?? "", Next = ReadExit(section, "next") };

    private static LookupNode ReadLookup(DocumentObject section)
    {
        string method = section.Text("method", 4) ?? "GET";
        if (method is not ("GET" or "POST"))
        {
            section.Error("method", "is GET or POST");
        }

        string url = section.Text("url", MenuLimits.MaxUrlCharacters, isRequired: true) ?? "";
        if (url.Length > 0 && !IsUrl(url))
        {
            section.Error("url", "is no address that can be asked: http:// or https://, a host without variables or user, and a path, as https://crm.example.com/callers?number={call.caller}");
        }

        JsonElement? body = section.Any("body");
        if (body is not null && method == "GET")
        {
            section.Error("body", "goes with a POST only");
        }

        return new LookupNode
        {
            Name = "",
            IsPost = method == "POST",
            Url = url,
            Headers = ReadTexts(section, "headers", MenuLimits.MaxHeaders, isVariable: false, isRequired: false),
            Body = body,
            Time = Milliseconds(section, "timeoutMs", 100, MenuLimits.MaxLookupTime, MenuLimits.DefaultLookupTime),
            Filler = ReadPrompts(section, "filler"),
            Result = ReadTexts(section, "result", MenuLimits.MaxCases, isVariable: true, isRequired: false),
            Next = ReadExit(section, "next"),
            Failed = ReadExit(section, "failed"),
        };
    }

    private static ActionNode ReadAction(DocumentObject section)
    {
        CallAction? action = null;
        if (section.Any("action") is { } value)
        {
            action = ActionReader.Read(value, section.At("action"), section.Errors);
        }
        else
        {
            section.Error("action", "is missing, as { \"do\": \"queue\", \"queue\": \"sales\" }");
        }

        return new ActionNode { Name = "", Action = action ?? new SetAction() };
    }

    private static Dictionary<string, MenuExit> ReadOptions(DocumentObject section)
    {
        var options = new Dictionary<string, MenuExit>(StringComparer.Ordinal);
        foreach ((string key, JsonElement value, string path) in section.Object("options")?.Members ?? [])
        {
            if (key.Length is 0 or > MenuLimits.MaxKeyDigits || !key.All(static c => Digits.Contains(c, StringComparison.Ordinal)))
            {
                section.Errors.Add(path, $"is no key: 1 to {MenuLimits.MaxKeyDigits} of 0-9, *, #, A-D");
            }

            options[key] = ReadExit(value, path, section.Errors);
        }

        if (options.Count > MenuLimits.MaxOptions)
        {
            section.Error("options", $"has more than {MenuLimits.MaxOptions}");
        }

        return options;
    }

    private static Dictionary<ActivityOutcome, MenuExit> ReadOutcomes(DocumentObject section)
    {
        var outcomes = new Dictionary<ActivityOutcome, MenuExit>();
        foreach ((string word, JsonElement value, string path) in section.Object("exits")?.Members ?? [])
        {
            MenuExit exit = ReadExit(value, path, section.Errors);
            if (MenuWords.TryRead(word, out ActivityOutcome outcome))
            {
                outcomes[outcome] = exit;
            }
            else
            {
                section.Errors.Add(path, $"is no outcome; those are {string.Join(", ", MenuWords.All)}");
            }
        }

        return outcomes;
    }

    private static MenuExit ReadExit(DocumentObject section, string name)
    {
        if (section.Any(name) is { } value)
        {
            return ReadExit(value, section.At(name), section.Errors);
        }

        section.Error(name, "is missing: a node's name, \"end\", or an action as { \"do\": \"hangup\" }");
        return s_nowhere;
    }

    private static MenuExit ReadExit(JsonElement value, string path, DocumentErrors errors)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            string name = value.GetString()!;
            return name == MenuExit.EndWord ? new MenuExit(null, null, ActivityOutcome.Completed) : new MenuExit(name, null, null);
        }

        if (value.ValueKind != JsonValueKind.Object || DocumentObject.From(value, path, errors) is not { } section)
        {
            errors.Add(path, "is a node's name, \"end\", an end as { \"end\": \"exited\" }, or an action as { \"do\": \"hangup\" }");
            return s_nowhere;
        }

        if (section.Any("end") is null)
        {
            return ActionReader.Read(value, path, errors) is { } action ? new MenuExit(null, action, null) : s_nowhere;
        }

        string word = section.Text("end", 32) ?? "";
        section.Finish();
        if (MenuWords.TryRead(word, out ActivityOutcome outcome))
        {
            return new MenuExit(null, null, outcome);
        }

        section.Error("end", $"is one of {string.Join(", ", MenuWords.All)}");
        return s_nowhere;
    }

    /// <summary>One thing to be played, or several one after the other.</summary>
    private static IReadOnlyList<PromptChoice> ReadPrompts(DocumentObject section, string name)
    {
        if (section.Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return ActionReader.ReadPrompt(value, section.At(name), section.Errors) is { } one ? [one] : [];
        }

        List<PromptChoice> prompts = [];
        foreach ((JsonElement element, string path) in section.Array(name, MenuLimits.MaxPrompts))
        {
            if (ActionReader.ReadPrompt(element, path, section.Errors) is { } prompt)
            {
                prompts.Add(prompt);
            }
        }

        return prompts;
    }

    private static Dictionary<string, string> ReadTexts(DocumentObject section, string name, int max, bool isVariable, bool isRequired)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonElement value, string path) in section.Object(name, isRequired)?.Members ?? [])
        {
            if (isVariable ? !IsVariable(key) : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') || key.Length == 0)
            {
                section.Errors.Add(path, isVariable ? $"is no name of a variable: letters, digits, '.', '_' and '-', at most {ControlLimits.MaxVariableNameChars}" : "is no name of a header");
            }

            if (value.ValueKind != JsonValueKind.String || value.GetString()!.Length > MenuLimits.MaxValueCharacters || value.GetString()!.Any(char.IsControl))
            {
                section.Errors.Add(path, $"is a text of at most {MenuLimits.MaxValueCharacters} characters without control characters");
                continue;
            }

            texts[key] = value.GetString()!;
        }

        if (texts.Count > max)
        {
            section.Error(name, $"has more than {max}");
        }

        return texts;
    }

    private static string? ReadVariable(DocumentObject section, string name, bool isRequired)
    {
        string? variable = section.Text(name, ControlLimits.MaxVariableNameChars, isRequired);
        if (variable is not null && !IsVariable(variable))
        {
            section.Error(name, "is no name of a variable: letters, digits, '.', '_' and '-'");
        }

        return variable;
    }

    private static string? ReadLanguage(DocumentObject section)
    {
        string? language = section.Text("language", 35);
        if (language is not null && (!char.IsAsciiLetter(language[0]) || !language.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')))
        {
            section.Error("language", "is no language tag; write one as en, de, pt-br");
        }

        return language;
    }

    private static TimeSpan Milliseconds(DocumentObject section, string name, int min, TimeSpan max, TimeSpan otherwise) =>
        section.Any(name) is null ? otherwise : TimeSpan.FromMilliseconds(section.Integer(name, min, (int)max.TotalMilliseconds, (int)otherwise.TotalMilliseconds));

    private static bool IsName(string name) => name.Length is > 0 and <= MenuLimits.MaxNameCharacters && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsVariable(string name) => name.Length is > 0 and <= ControlLimits.MaxVariableNameChars && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>The host stands there as it is: who calls must not choose whom we ask.</summary>
    private static bool IsUrl(string url)
    {
        int host = url.IndexOf("://", StringComparison.Ordinal) + 3;
        if (host < 3 || !Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https") || parsed.UserInfo.Length > 0 || parsed.Host.Length == 0)
        {
            return false;
        }

        int path = url.AsSpan(host).IndexOfAny('/', '?', '#');
        return !(path < 0 ? url.AsSpan(host) : url.AsSpan(host, path)).ContainsAny('{', '}');
    }
}
