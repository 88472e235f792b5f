using System.Text.Json;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Menus;

/// <summary>One step of a menu. The kinds of nodes are derived from it; <c>"type"</c> says which.</summary>
public abstract record MenuNode
{
    /// <summary>Name, unique within the menu.</summary>
    public required string Name { get; init; }

    /// <summary>Language that the call has from here on; null for the one that it has.</summary>
    public string? Language { get; init; }

    /// <summary>Where it goes on after an action (of this node, or of one of its exits) by how that ended; where nothing is said the menu ends as the action did.</summary>
    public IReadOnlyDictionary<ActivityOutcome, MenuExit> Outcomes { get; init; } = new Dictionary<ActivityOutcome, MenuExit>();

    /// <summary>All ways out of it, with their places below the node.</summary>
    public IEnumerable<(string Place, MenuExit Exit)> Exits => OwnExits.Concat(Outcomes.Select(static outcome => ($".exits.{MenuWords.ToWord(outcome.Key)}", outcome.Value)));

    /// <summary>Whether it goes on at once, without anything heard or typed.</summary>
    public virtual bool IsSilent => true;

    /// <summary>All that it plays, with its places below the node.</summary>
    public virtual IEnumerable<(string Place, PromptChoice Prompt)> Sounds => [];

    private protected abstract IEnumerable<(string Place, MenuExit Exit)> OwnExits { get; }

    private protected static IEnumerable<(string Place, PromptChoice Prompt)> Of(string place, IReadOnlyList<PromptChoice> prompts) => prompts.Select(prompt => ($".{place}", prompt));
}

/// <summary><c>play</c>: something is played, and it goes on.</summary>
public sealed record PlayNode : MenuNode
{
    /// <summary>What.</summary>
    public IReadOnlyList<PromptChoice> Prompt { get; init; } = [];

    /// <summary>Whether a digit ends it; the digit is the first one of the next node that asks for any.</summary>
    public bool BargeIn { get; init; } = true;

    /// <summary>Then.</summary>
    public required MenuExit Next { get; init; }

    /// <inheritdoc/>
    public override bool IsSilent => false;

    /// <inheritdoc/>
    public override IEnumerable<(string Place, PromptChoice Prompt)> Sounds => Of("prompt", Prompt);

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".next", Next)];
}

/// <summary>What nodes that ask for digits have in common: how long they wait, and how often they ask again.</summary>
public abstract record AskNode : MenuNode
{
    /// <summary>What is said first.</summary>
    public IReadOnlyList<PromptChoice> Prompt { get; init; } = [];

    /// <summary>How long the first digit may take, from the end of the prompt on.</summary>
    public TimeSpan FirstDigit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long each further digit may take.</summary>
    public TimeSpan Interdigit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether a digit ends the prompt.</summary>
    public bool BargeIn { get; init; } = true;

    /// <summary>How often nothing is typed before <see cref="Timeout"/> is taken.</summary>
    public int MaxTimeouts { get; init; } = 3;

    /// <summary>How often something wrong is typed before <see cref="Invalid"/> is taken.</summary>
    public int MaxInvalid { get; init; } = 3;

    /// <summary>What is said before it asks again because nothing was typed.</summary>
    public IReadOnlyList<PromptChoice> TimeoutPrompt { get; init; } = [];

    /// <summary>What is said before it asks again because something wrong was typed.</summary>
    public IReadOnlyList<PromptChoice> InvalidPrompt { get; init; } = [];

    /// <summary>Where it goes on when nothing was typed too often.</summary>
    public required MenuExit Timeout { get; init; }

    /// <summary>Where it goes on when something wrong was typed too often.</summary>
    public required MenuExit Invalid { get; init; }

    /// <inheritdoc/>
    public override bool IsSilent => false;

    /// <inheritdoc/>
    public override IEnumerable<(string Place, PromptChoice Prompt)> Sounds => [.. Of("prompt", Prompt), .. Of("timeoutPrompt", TimeoutPrompt), .. Of("invalidPrompt", InvalidPrompt)];

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".timeout", Timeout), (".invalid", Invalid)];
}

/// <summary><c>gather</c>: asks for digits. They are an option, the extension of a person, or (with <see cref="Next"/>) whatever was typed.</summary>
public sealed record GatherNode : AskNode
{
    /// <summary>Where keys lead.</summary>
    public IReadOnlyDictionary<string, MenuExit> Options { get; init; } = new Dictionary<string, MenuExit>(StringComparer.Ordinal);

    /// <summary>Whether an extension that is typed rings its person.</summary>
    public bool DialsExtensions { get; init; }

    /// <summary>How long a person is rung, seconds.</summary>
    public int RingSeconds { get; init; } = 25;

    /// <summary>Where it goes on with digits that are no option; null where only options and extensions are right.</summary>
    public MenuExit? Next { get; init; }

    /// <summary>The variable that takes the digits; null for none. Secret digits are known to the menu alone, under this name.</summary>
    public string? Variable { get; init; }

    /// <summary>Fewest digits of free input.</summary>
    public int Min { get; init; } = 1;

    /// <summary>Most digits of free input.</summary>
    public int Max { get; init; } = 1;

    /// <summary>Digits that end the input.</summary>
    public string Terminators { get; init; } = "#";

    /// <summary>How long all of one attempt may take; zero for no bound.</summary>
    public TimeSpan Overall { get; init; }

    /// <summary>Whether digits that were typed before count.</summary>
    public bool TypeAhead { get; init; } = true;

    /// <summary>Whether the digits are secret: in no log, event, recording, variable of the call, or trace.</summary>
    public bool IsSensitive { get; init; }

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits =>
        [.. Options.Select(static option => (DocumentErrors.Join(".options", option.Key), option.Value)), .. Next is null ? Array.Empty<(string, MenuExit)>() : [(".next", Next)], .. base.OwnExits];
}

/// <summary><c>name</c>: asks for the first letters of a person's name on the keys, reads out whose names begin so, and rings the one who is chosen.</summary>
public sealed record NameNode : AskNode
{
    /// <summary>Fewest letters.</summary>
    public int Min { get; init; } = 2;

    /// <summary>How long the person is rung, seconds.</summary>
    public int RingSeconds { get; init; } = 25;
}

/// <summary><c>switch</c>: goes on by the value of a variable.</summary>
public sealed record SwitchNode : MenuNode
{
    /// <summary>The variable.</summary>
    public required string Variable { get; init; }

    /// <summary>Where values lead.</summary>
    public IReadOnlyDictionary<string, MenuExit> Cases { get; init; } = new Dictionary<string, MenuExit>(StringComparer.Ordinal);

    /// <summary>Where any other value leads, and none.</summary>
    public required MenuExit Default { get; init; }

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [.. Cases.Select(static one => (DocumentErrors.Join(".cases", one.Key), one.Value)), (".default", Default)];
}

/// <summary><c>schedule</c>: goes on by whether a schedule is open.</summary>
public sealed record ScheduleNode : MenuNode
{
    /// <summary>The schedule's name.</summary>
    public required string Schedule { get; init; }

    /// <summary>While it is open.</summary>
    public required MenuExit Open { get; init; }

    /// <summary>While it is closed.</summary>
    public required MenuExit Closed { get; init; }

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".open", Open), (".closed", Closed)];
}

/// <summary><c>set</c>: sets variables of the call.</summary>
public sealed record SetNode : MenuNode
{
    /// <summary>Names and values; <c>{name}</c> in a value is replaced by that variable.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Then.</summary>
    public required MenuExit Next { get; init; }

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".next", Next)];
}

/// <summary><c>menu</c>: leads through another menu and comes back.</summary>
public sealed record SubMenuNode : MenuNode
{
    /// <summary>The menu's name.</summary>
    public required string Menu { get; init; }

    /// <summary>Then, unless <see cref="MenuNode.Outcomes"/> says otherwise.</summary>
    public required MenuExit Next { get; init; }

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".next", Next)];
}

/// <summary><c>lookup</c>: asks a web server and goes on with what it says.</summary>
public sealed record LookupNode : MenuNode
{
    /// <summary>Whether it is a POST; else a GET.</summary>
    public bool IsPost { get; init; }

    /// <summary>http or https, with <c>{name}</c> in path and query.</summary>
    public required string Url { get; init; }

    /// <summary>Further headers, with <c>{name}</c> in values.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Body of a POST, with <c>{name}</c> in its texts; null for none.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>How long it may take.</summary>
    public TimeSpan Time { get; init; } = MenuLimits.DefaultLookupTime;

    /// <summary>What the caller hears meanwhile, again and again; nothing for silence.</summary>
    public IReadOnlyList<PromptChoice> Filler { get; init; } = [];

    /// <summary>Variables, and where in the answer their values stand: <c>customer.names[0]</c>.</summary>
    public IReadOnlyDictionary<string, string> Result { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>With an answer (2xx, JSON).</summary>
    public required MenuExit Next { get; init; }

    /// <summary>Without one.</summary>
    public required MenuExit Failed { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<(string Place, PromptChoice Prompt)> Sounds => Of("filler", Filler);

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [(".next", Next), (".failed", Failed)];
}

/// <summary><c>action</c>: does what plans may do, and goes on by how it ended.</summary>
public sealed record ActionNode : MenuNode
{
    /// <summary>What.</summary>
    public required CallAction Action { get; init; }

    /// <inheritdoc/>
    public override bool IsSilent => Action is SetAction or TagAction or NotifyAction or RecordAction;

    private protected override IEnumerable<(string Place, MenuExit Exit)> OwnExits => [];
}
