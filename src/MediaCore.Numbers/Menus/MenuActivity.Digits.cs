using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Menus;

/// <summary>
/// Digits. Free input is one gather. Where options and extensions alone are right, digits are taken as far as they can still become one: a key that no longer one begins with is taken at once, else the time between two digits decides.
/// </summary>
internal sealed partial class MenuActivity
{
    /// <summary>Given as a name is looked for: asks for the letters again.</summary>
    private const char SearchAgain = '*';

    private string _digits = "";
    private DateTimeOffset _attemptBegan;
    private int _timeouts;
    private int _invalid;
    private IReadOnlyList<User> _people = [];

    /// <summary>Asks, for the first time or again.</summary>
    private MenuExit? AskFor(AskNode node, IReadOnlyList<PromptChoice> first)
    {
        _digits = "";
        _attemptBegan = Now;
        List<PlayMedia> prompt = Find([.. first, .. node.Prompt]);
        (int min, int max, string terminators) = node switch
        {
            GatherNode { Next: not null } free => (free.Min, Math.Max(free.Max, GetShortest(free, "")), free.Terminators),
            GatherNode keys => (1, Math.Max(1, GetShortest(keys, "")), keys.Terminators),
            _ => (((NameNode)node).Min, MenuLimits.MaxKeyDigits, "#"),
        };
        Gather(node, prompt, min, max, terminators, node.FirstDigit);
        return null;
    }

    private void Gather(AskNode node, List<PlayMedia> prompt, int min, int max, string terminators, TimeSpan initial)
    {
        var gather = node as GatherNode;
        TimeSpan overall = gather is { Overall.Ticks: > 0 } ? gather.Overall - (Now - _attemptBegan) : TimeSpan.Zero;
        _silentSteps = 0;
        _phase = Phase.Gathering;
        _command = Send(new GatherCommand
        {
            CommandId = "",
            Prompt = prompt,
            MinDigits = min,
            MaxDigits = max,
            Terminators = terminators,
            InitialTimeout = initial,
            InterdigitTimeout = node.Interdigit,
            OverallTimeout = overall,
            BargeIn = node.BargeIn,
            Flush = gather is { TypeAhead: false } && _digits.Length == 0,
            IsSensitive = gather is { IsSensitive: true },
        });
    }

    private MenuExit? TakeDigits(GatherEnded ended)
    {
        if (ended.Reason == GatherEnd.HungUp)
        {
            return new MenuExit(null, null, Calls.ActivityOutcome.HungUp);
        }

        _digits += ended.Digits;
        if (_digits.Length == 0)
        {
            return ended.Reason is GatherEnd.Terminator or GatherEnd.NoMatch ? AskAgain((AskNode)_node!, isTimeout: false) : AskAgain((AskNode)_node!, isTimeout: true);
        }

        return _node switch
        {
            GatherNode { Next: not null } free => TakeFree(free, ended.Reason),
            GatherNode keys => TakeKeys(keys, ended.Reason),
            NameNode name => TakeName(name, ended.Reason),
            _ => null,
        };
    }

    private MenuExit? TakeFree(GatherNode node, GatherEnd reason)
    {
        if (node.Options.TryGetValue(_digits, out MenuExit? option))
        {
            Trace($"{node.Name}: key {_digits}");
            return option;
        }

        if (node.DialsExtensions && PeopleIndex.Of(Call.Configuration).FindByExtension(_digits) is { } person)
        {
            return Ring(node, person, node.RingSeconds);
        }

        if (reason == GatherEnd.NoMatch || _digits.Length < node.Min || _digits.Length > node.Max)
        {
            return AskAgain(node, isTimeout: false);
        }

        Trace($"{node.Name}: {_digits.Length} digits");
        if (node.Variable is { } variable)
        {
            if (node.IsSensitive)
            {
                (_secrets ??= new Dictionary<string, string>(StringComparer.Ordinal))[variable] = _digits;
            }
            else
            {
                Keep(variable, _digits);
            }
        }

        return node.Next;
    }

    private MenuExit? TakeKeys(GatherNode node, GatherEnd reason)
    {
        int longer = GetShortest(node, _digits);
        if (reason == GatherEnd.MaxDigits && longer > 0 && HasTime(node))
        {
            Gather(node, [], 1, longer - _digits.Length, node.Terminators, node.Interdigit);
            return null;
        }

        if (node.Options.TryGetValue(_digits, out MenuExit? option))
        {
            Trace($"{node.Name}: key {_digits}");
            if (node.Variable is { } variable)
            {
                Keep(variable, _digits);
            }

            return option;
        }

        return node.DialsExtensions && PeopleIndex.Of(Call.Configuration).FindByExtension(_digits) is { } person ? Ring(node, person, node.RingSeconds) : AskAgain(node, isTimeout: false);
    }

    private MenuExit? TakeName(NameNode node, GatherEnd reason)
    {
        _people = reason == GatherEnd.NoMatch ? [] : PeopleIndex.Of(Call.Configuration).FindByName(_digits, MenuLimits.MaxNamesRead);
        if (_people.Count == 0)
        {
            return AskAgain(node, isTimeout: false);
        }

        Trace($"{node.Name}: {_people.Count} names");
        Choose(node);
        return null;
    }

    /// <summary>Reads the names out.</summary>
    private void Choose(NameNode node)
    {
        string text = string.Concat(_people.Select((person, index) => MenuPhrases.ForNamePress(Call.Language, person.DisplayName.Length > 0 ? person.DisplayName : person.Name, index + 1)));
        Gather(node, [new TextMedia(text, Call.Language)], 1, 1, SearchAgain.ToString(), node.FirstDigit);
        _phase = Phase.Choosing;
    }

    private MenuExit? TakeChoice(GatherEnded ended)
    {
        var node = (NameNode)_node!;
        if (ended.Reason == GatherEnd.HungUp)
        {
            return new MenuExit(null, null, Calls.ActivityOutcome.HungUp);
        }

        if (ended.Digits is [>= '1' and <= '9' and var key] && key - '1' < _people.Count)
        {
            return Ring(node, _people[key - '1'], node.RingSeconds);
        }

        if (ended.Terminator == SearchAgain && ++_steps <= MenuLimits.MaxSteps)
        {
            return AskFor(node, []);
        }

        return AskAgain(node, isTimeout: ended.Digits.Length == 0);
    }

    private MenuExit Ring(AskNode node, User person, int seconds)
    {
        Trace($"{node.Name}: {person.Name}");
        return new MenuExit(null, new RingAction { Targets = [new RingTarget { User = person.Name }], Seconds = seconds }, null);
    }

    /// <summary>Nothing, or something wrong, was typed: asks again, or takes the way out.</summary>
    private MenuExit? AskAgain(AskNode node, bool isTimeout)
    {
        (int times, int most) = isTimeout ? (++_timeouts, node.MaxTimeouts) : (++_invalid, node.MaxInvalid);
        Trace($"{node.Name}: {(isTimeout ? "nothing" : "nothing that is known")} was typed, {times} of {most}");
        if (times >= most)
        {
            return isTimeout ? node.Timeout : node.Invalid;
        }

        return AskFor(node, isTimeout ? node.TimeoutPrompt : node.InvalidPrompt);
    }

    /// <summary>The engine takes no less than a tenth of a second.</summary>
    private bool HasTime(GatherNode node) => node.Overall == TimeSpan.Zero || node.Overall - (Now - _attemptBegan) >= TimeSpan.FromMilliseconds(100);

    /// <summary>How many digits the shortest key or extension has that begins so and is longer; 0 where there is none.</summary>
    private int GetShortest(GatherNode node, string digits)
    {
        int shortest = node.DialsExtensions ? PeopleIndex.Of(Call.Configuration).GetShortestLonger(digits) : 0;
        foreach (string key in node.Options.Keys)
        {
            if (key.Length > digits.Length && (shortest == 0 || key.Length < shortest) && key.StartsWith(digits, StringComparison.Ordinal))
            {
                shortest = key.Length;
            }
        }

        return shortest;
    }
}
