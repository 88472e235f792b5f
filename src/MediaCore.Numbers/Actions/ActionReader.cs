using System.Collections.Frozen;
using System.Text.Json;
using MediaCore.Engine.Control;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Notifications;

namespace MediaCore.Numbers.Actions;

/// <summary>Reads actions of plans, menus and queues, with all that is wrong with them. What an action may have is <see cref="Vocabulary"/>; the schema says the same.</summary>
public static class ActionReader
{
    /// <summary>Whom one ring may have; as many as are rung at once.</summary>
    public const int MaxTargets = 10;

    /// <summary>Longest ringing, seconds: what a caller may be made to wait by one action.</summary>
    public const int MaxRingSeconds = 600;

    /// <summary>Characters of names.</summary>
    public const int MaxNameCharacters = 128;

    /// <summary>Characters of a text that is spoken or sent.</summary>
    public const int MaxTextCharacters = 2_000;

    /// <summary>Mail addresses, numbers, tags or variables of one action.</summary>
    public const int MaxList = 32;

    /// <summary>The words of <c>do</c>, and the members that go with each.</summary>
    public static FrozenDictionary<string, string[]> Vocabulary { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["ring"] = ["targets", "strategy", "seconds", "ringback"],
        ["forward"] = ["to", "seconds", "confirm", "confirmPrompt"],
        ["menu"] = ["menu"],
        ["queue"] = ["queue", "priority", "skills"],
        ["voicemail"] = ["box", "greeting"],
        ["voicemail-menu"] = ["box"],
        ["announce"] = ["prompt", "answer"],
        ["reject"] = ["status", "cause", "prompt"],
        ["redirect"] = ["contacts"],
        ["hangup"] = ["cause"],
        ["control"] = ["application"],
        ["plan"] = ["plan"],
        ["set"] = ["variables"],
        ["tag"] = ["tags"],
        ["notify"] = ["mail", "sms", "webhook", "text"],
        ["record"] = ["on"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Ring strategies as they are written.</summary>
    public static FrozenDictionary<string, RingStrategy> Strategies { get; } = new Dictionary<string, RingStrategy>(StringComparer.Ordinal)
    {
        ["simultaneous"] = RingStrategy.Simultaneous,
        ["sequential"] = RingStrategy.Sequential,
        ["round-robin"] = RingStrategy.RoundRobin,
        ["weighted"] = RingStrategy.Weighted,
        ["longest-idle"] = RingStrategy.LongestIdle,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads an action; null, with an error, for what is none.</summary>
    public static CallAction? Read(JsonElement element, string path, DocumentErrors errors)
    {
        if (DocumentObject.From(element, path, errors) is not { } read)
        {
            return null;
        }

        string? name = read.Text("do", MaxNameCharacters, isRequired: true);
        if (name is null)
        {
            return null;
        }

        if (!Vocabulary.ContainsKey(name))
        {
            read.Error("do", $"\"{name}\" is nothing that can be done; known are {string.Join(", ", Vocabulary.Keys.Order(StringComparer.Ordinal))}");
            return null;
        }

        CallAction? action = Read(name, read);
        read.Finish();
        return action;
    }

    /// <summary>Reads a list of actions.</summary>
    public static IReadOnlyList<CallAction> ReadAll(IReadOnlyList<(JsonElement Value, string Path)> elements, DocumentErrors errors)
        => [.. elements.Select(one => Read(one.Value, one.Path, errors)).OfType<CallAction>()];

    /// <summary>Reads what is played: a text, or an object with one of <c>prompt</c>, <c>file</c>, <c>text</c>, <c>texts</c>.</summary>
    public static PromptChoice? ReadPrompt(JsonElement element, string path, DocumentErrors errors)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            if (element.GetString() is { Length: > 0 and <= MaxTextCharacters } text)
            {
                return new PromptChoice { Text = text };
            }

            errors.Add(path, $"is a text of 1 to {MaxTextCharacters} characters");
            return null;
        }

        if (DocumentObject.From(element, path, errors) is not { } read)
        {
            return null;
        }

        var prompt = new PromptChoice
        {
            Prompt = read.Text("prompt", MaxNameCharacters),
            File = read.Text("file", MaxNameCharacters),
            Text = read.Text("text", MaxTextCharacters),
            Texts = read.Object("texts") is { } texts ? ReadTexts(texts, MaxTextCharacters) : null,
        };
        read.Finish();
        int given = (prompt.Prompt is null ? 0 : 1) + (prompt.File is null ? 0 : 1) + (prompt.Text is null ? 0 : 1) + (prompt.Texts is null ? 0 : 1);
        if (given != 1)
        {
            errors.Add(path, "has exactly one of prompt, file, text, texts");
        }
        else if (prompt.File is { } file && (Path.IsPathRooted(file) || file.Contains('\\', StringComparison.Ordinal) || file.Split('/').Contains("..")))
        {
            errors.Add(path, "names a file below the prompt folder: without \"..\" and without a slash at its beginning");
        }

        return prompt;
    }

    private static CallAction? Read(string name, DocumentObject read) => name switch
    {
        "ring" => ReadRing(read),
        "forward" => ReadForward(read),
        "menu" => read.Text("menu", MaxNameCharacters, isRequired: true) is { } menu ? new MenuAction { Menu = menu } : null,
        "queue" => ReadQueue(read),
        "voicemail" => ReadVoicemail(read),
        "voicemail-menu" => new BoxMenuAction { Box = read.Text("box", MaxNameCharacters) },
        "announce" => Prompt(read, "prompt", isRequired: true) is var prompt && read.Flag("answer", true) is var answer && prompt is not null ? new AnnounceAction { Prompt = prompt, Answer = answer } : null,
        "reject" => ReadReject(read),
        "redirect" => new RedirectAction { Contacts = Texts(read, "contacts", 1, ControlLimits.MaxContacts) },
        "hangup" => new HangupAction { Cause = read.Integer("cause", 1, 127, 16) },
        "control" => ReadControl(read),
        "plan" => read.Text("plan", MaxNameCharacters, isRequired: true) is { } plan ? new PlanAction { Plan = plan } : null,
        "set" => read.Object("variables", isRequired: true) is { } variables ? new SetAction { Variables = ReadTexts(variables, ControlLimits.MaxVariableChars, isVariable: true) } : null,
        "tag" => new TagAction { Tags = Texts(read, "tags", 1, MaxList) },
        "notify" => ReadNotify(read),
        _ => new RecordAction { On = read.Flag("on", true) },
    };

    private static RingAction ReadRing(DocumentObject read)
    {
        IReadOnlyList<(JsonElement Value, string Path)> targets = read.Array("targets", MaxTargets);
        if (targets.Count == 0)
        {
            read.Error("targets", $"names whom to ring: 1 to {MaxTargets}");
        }

        return new RingAction
        {
            Targets = [.. targets.Select(one => ReadTarget(one.Value, one.Path, read.Errors)).OfType<RingTarget>()],
            Strategy = Word(read, "strategy", Strategies, RingStrategy.Simultaneous),
            Seconds = read.Integer("seconds", 1, MaxRingSeconds, 25),
            Ringback = Prompt(read, "ringback"),
        };
    }

    private static ForwardAction? ReadForward(DocumentObject read)
    {
        RingTarget? to = null;
        if (read.Any("to") is { } element)
        {
            to = element.ValueKind == JsonValueKind.String
                ? CheckNumber(new RingTarget { Number = element.GetString() }, read.At("to"), read.Errors)
                : ReadTarget(element, read.At("to"), read.Errors);
        }
        else
        {
            read.Error("to", "is missing: a number such as \"+12025550100\", or an object such as { \"user\": \"ann\" }");
        }

        int seconds = read.Integer("seconds", 1, MaxRingSeconds, 30);
        bool confirm = read.Flag("confirm", false);
        PromptChoice? prompt = Prompt(read, "confirmPrompt");
        return to is null ? null : new ForwardAction { To = to, Seconds = seconds, Confirm = confirm, ConfirmPrompt = prompt };
    }

    private static QueueAction? ReadQueue(DocumentObject read)
    {
        string? queue = read.Text("queue", MaxNameCharacters, isRequired: true);
        int? priority = read.Any("priority") is null ? null : read.Integer("priority", -1000, 1000, 0);
        Dictionary<string, int> skills = new(StringComparer.Ordinal);
        if (read.Object("skills") is { } given)
        {
            foreach ((string skill, JsonElement _, string _) in given.Members.Take(MaxList).ToArray())
            {
                skills[skill] = given.Integer(skill, 0, 100, 0);
            }
        }

        return queue is null ? null : new QueueAction { Queue = queue, Priority = priority, Skills = skills };
    }

    private static VoicemailAction? ReadVoicemail(DocumentObject read)
    {
        string? box = read.Text("box", MaxNameCharacters, isRequired: true);
        GreetingReason greeting = Word(read, "greeting", s_greetings, GreetingReason.Unavailable);
        return box is null ? null : new VoicemailAction { Box = box, Greeting = greeting };
    }

    private static RejectAction ReadReject(DocumentObject read)
    {
        int status = read.Integer("status", 400, 699, 603);
        if (status is 401 or 407 or 487)
        {
            read.Error("status", "belongs to a transaction of its own; take 403, 486 or 603");
        }

        return new RejectAction { Status = status, Cause = read.Any("cause") is null ? null : read.Integer("cause", 1, 127, 21), Prompt = Prompt(read, "prompt") };
    }

    private static ControlAction? ReadControl(DocumentObject read)
    {
        string? application = read.Text("application", ControlLimits.MaxNameChars, isRequired: true);
        if (application is not null && !ControlApplication.IsName(application))
        {
            read.Error("application", ControlApplication.Rule);
        }

        return application is null ? null : new ControlAction { Application = application };
    }

    private static NotifyAction ReadNotify(DocumentObject read)
    {
        var action = new NotifyAction
        {
            Mail = Texts(read, "mail", 0, MaxList),
            Sms = Texts(read, "sms", 0, MaxList),
            Webhook = read.Flag("webhook", false),
            Text = read.Text("text", MaxTextCharacters) ?? "",
        };
        NotificationSettings.CheckAddresses(read, "mail", action.Mail);
        if (action is { Mail.Count: 0, Sms.Count: 0, Webhook: false })
        {
            read.Errors.Add(read.Path, "tells nobody: give mail, sms or webhook");
        }

        return action;
    }

    private static RingTarget? ReadTarget(JsonElement element, string path, DocumentErrors errors)
    {
        if (DocumentObject.From(element, path, errors) is not { } read)
        {
            return null;
        }

        var target = new RingTarget
        {
            User = read.Text("user", MaxNameCharacters),
            Account = read.Text("account", MaxNameCharacters),
            Number = read.Text("number", MaxNameCharacters),
            Uri = read.Text("uri", ControlLimits.MaxTextChars),
            Extension = read.Text("extension", InventoryLimits.MaxExtensionDigits),
            Trunk = read.Text("trunk", MaxNameCharacters),
            Dial = read.Text("dial", MaxNameCharacters),
            Weight = read.Integer("weight", 1, 1000, 1),
        };
        read.Finish();
        int given = new[] { target.User, target.Account, target.Number, target.Uri, target.Extension, target.Trunk }.Count(static one => one is not null);
        if (given != 1)
        {
            errors.Add(path, "has exactly one of user, account, number, uri, extension, trunk");
            return null;
        }

        if (target is { Dial: not null, Trunk: null })
        {
            read.Error("dial", "goes with trunk");
        }

        return CheckNumber(target, path, errors);
    }

    // A possible number is enough: what metadata has is always behind the world.
    private static RingTarget? CheckNumber(RingTarget target, string path, DocumentErrors errors)
    {
        if (target.Number is { } number && !(number.Length is >= 4 and <= 16 && number[0] == '+' && number[1] is >= '1' and <= '9' && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            errors.Add(path, $"\"{number}\" is no number in E.164 form: + and 3 to 15 digits, such as +12025550100");
            return null;
        }

        return target;
    }

    private static PromptChoice? Prompt(DocumentObject read, string name, bool isRequired = false)
    {
        if (read.Any(name) is { } element)
        {
            return ReadPrompt(element, read.At(name), read.Errors);
        }

        if (isRequired)
        {
            read.Error(name, "is missing");
        }

        return null;
    }

    /// <summary>A word out of a closed set.</summary>
    internal static T Word<T>(DocumentObject read, string name, FrozenDictionary<string, T> words, T otherwise)
    {
        if (read.Text(name, MaxNameCharacters) is not { } word)
        {
            return otherwise;
        }

        if (words.TryGetValue(word, out T? value))
        {
            return value;
        }

        read.Error(name, $"is one of {string.Join(", ", words.Keys.Order(StringComparer.Ordinal))}");
        return otherwise;
    }

    /// <summary>A list of texts, or one text for a list of one.</summary>
    internal static IReadOnlyList<string> Texts(DocumentObject read, string name, int min, int max)
    {
        List<string> texts = [];
        if (read.Any(name) is { ValueKind: JsonValueKind.String } single)
        {
            texts.Add(single.GetString()!);
        }
        else
        {
            foreach ((JsonElement value, string path) in read.Array(name, max))
            {
                if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= ControlLimits.MaxTextChars } text)
                {
                    texts.Add(text);
                }
                else
                {
                    read.Errors.Add(path, $"is a text of 1 to {ControlLimits.MaxTextChars} characters");
                }
            }
        }

        if (texts.Count < min)
        {
            read.Error(name, $"is a list of {min} to {max} texts");
        }

        return texts;
    }

    private static Dictionary<string, string> ReadTexts(DocumentObject read, int maxCharacters, bool isVariable = false)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string name, JsonElement value, string path) in read.Members.ToArray())
        {
            if (texts.Count >= MaxList || (isVariable && !IsVariable(name)))
            {
                read.Errors.Add(path, isVariable ? $"is no name of a variable: 1 to {ControlLimits.MaxVariableNameChars} letters, digits, '.', '_' or '-'; at most {MaxList} of them" : $"is too many: at most {MaxList}");
            }
            else if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= maxCharacters)
            {
                texts[name] = text;
            }
            else
            {
                read.Errors.Add(path, $"is a text of at most {maxCharacters} characters");
            }
        }

        return texts;
    }

    private static bool IsVariable(string name) => name.Length is > 0 and <= ControlLimits.MaxVariableNameChars && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static readonly FrozenDictionary<string, GreetingReason> s_greetings = new Dictionary<string, GreetingReason>(StringComparer.Ordinal)
    {
        ["unavailable"] = GreetingReason.Unavailable,
        ["busy"] = GreetingReason.Busy,
        ["closed"] = GreetingReason.Closed,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
