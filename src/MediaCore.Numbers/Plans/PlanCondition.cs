using System.Globalization;
using MediaCore.Primitives;
using System.Text;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Schedules;

namespace MediaCore.Numbers.Plans;

/// <summary>When a rule holds. A pure function of the facts: looks at nothing else, and but for a caller's country allocates nothing.</summary>
public abstract record PlanCondition
{
    /// <summary>Whether it holds.</summary>
    public abstract bool Holds(Plan plan, PlanFacts facts);

    /// <summary>In words, for traces.</summary>
    public abstract override string ToString();

    /// <summary>The parts that it is made of; none for a condition of its own.</summary>
    public virtual IReadOnlyList<PlanCondition> Parts => [];
}

/// <summary>All of them hold.</summary>
internal sealed record AllCondition(IReadOnlyList<PlanCondition> Of) : PlanCondition
{
    public override IReadOnlyList<PlanCondition> Parts => Of;

    public override bool Holds(Plan plan, PlanFacts facts)
    {
        for (int i = 0; i < Of.Count; i++)
        {
            if (!Of[i].Holds(plan, facts))
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => $"all of ({string.Join("; ", Of)})";
}

/// <summary>One of them holds.</summary>
internal sealed record AnyCondition(IReadOnlyList<PlanCondition> Of) : PlanCondition
{
    public override IReadOnlyList<PlanCondition> Parts => Of;

    public override bool Holds(Plan plan, PlanFacts facts)
    {
        for (int i = 0; i < Of.Count; i++)
        {
            if (Of[i].Holds(plan, facts))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"one of ({string.Join("; ", Of)})";
}

/// <summary>It does not hold.</summary>
internal sealed record NotCondition(PlanCondition Of) : PlanCondition
{
    public override IReadOnlyList<PlanCondition> Parts => [Of];

    public override bool Holds(Plan plan, PlanFacts facts) => !Of.Holds(plan, facts);

    public override string ToString() => $"not ({Of})";
}

/// <summary>A schedule is open, or closed. One that is not there any more counts as closed.</summary>
internal sealed record ScheduleCondition(string Schedule, bool IsOpen) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
        => (facts.Configuration.Schedules.TryGetValue(Schedule, out Schedule? row) && ScheduleEvaluator.Evaluate(row, facts.Now).IsOpen) == IsOpen;

    public override string ToString() => $"schedule \"{Schedule}\" is {(IsOpen ? "open" : "closed")}";
}

/// <summary>Which of a call's numbers or names a pattern is held against.</summary>
internal enum PartyKind : byte
{
    Caller,
    Called,
    Trunk,
    Account,
}

/// <summary>Who calls, what was called, or the way in is one of some.</summary>
internal sealed record PartyCondition(PartyKind Kind, NumberPatterns Patterns) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts) => Kind switch
    {
        PartyKind.Caller => facts.Call is { IsAnonymous: false, Caller: var caller } && Patterns.Match(caller),
        PartyKind.Called => Patterns.Match(facts.Call.Number) || Patterns.Match(facts.Call.Called),
        PartyKind.Trunk => facts.Call.InboundTrunk is { } trunk && Patterns.Match(trunk),
        _ => facts.Call.Account is { } account && Patterns.Match(account),
    };

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} is one of the listed";
}

/// <summary>The caller's number is of one of some countries.</summary>
internal sealed record CountryCondition(IReadOnlyList<string> Countries) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
        => !facts.Call.IsAnonymous && NumberingPlans.TryParse(facts.Call.Caller, null, out PhoneNumber number) && Countries.Contains(number.Country, StringComparer.OrdinalIgnoreCase);

    public override string ToString() => $"caller is of {string.Join(", ", Countries)}";
}

/// <summary>The caller stands in a list of the plan.</summary>
internal sealed record CallerListCondition(string List) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts) => !facts.Call.IsAnonymous && plan.Lists.TryGetValue(List, out NumberPatterns? list) && list.Match(facts.Call.Caller);

    public override string ToString() => $"caller is in list \"{List}\"";
}

/// <summary>The caller shows no number, or does.</summary>
internal sealed record AnonymousCondition(bool Is) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts) => (facts.Call.IsAnonymous || facts.Call.Caller.Length == 0) == Is;

    public override string ToString() => Is ? "caller is anonymous" : "caller is not anonymous";
}

/// <summary>A header of the INVITE is there, or is one of some.</summary>
internal sealed record HeaderCondition(string Header, NumberPatterns? Is) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
    {
        foreach ((string name, string value) in facts.Call.Headers)
        {
            if (name.Equals(Header, StringComparison.OrdinalIgnoreCase) && Is?.Match(value) != false)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"header {Header} {(Is is null ? "is there" : "is one of the listed")}";
}

/// <summary>A variable is there, or is one of some.</summary>
internal sealed record VariableCondition(string Variable, NumberPatterns? Is) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts) => facts.Variables.TryGetValue(Variable, out string? value) && Is?.Match(value) != false;

    public override string ToString() => $"variable {Variable} {(Is is null ? "is set" : "is one of the listed")}";
}

/// <summary>A whole number within bounds, both inclusive.</summary>
internal readonly record struct Bounds(int Min, int Max)
{
    public static Bounds All { get; } = new(int.MinValue, int.MaxValue);

    public bool Hold(int value) => value >= Min && value <= Max;

    public override string ToString() => Min == int.MinValue ? $"at most {Max}" : Max == int.MaxValue ? $"at least {Min}" : $"{Min} to {Max}";
}

/// <summary>How a queue is. Of a queue of which nothing is known it does not hold.</summary>
internal sealed record QueueCondition(string Queue, Bounds Waiting, Bounds Wait, Bounds Ready) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
        => facts.Configuration.Queues.TryGetValue(Queue, out CallQueue? row) && facts.Around.FindQueue(row) is { } figures
            && Waiting.Hold(figures.Waiting) && Wait.Hold(figures.LongestWaitSeconds) && Ready.Hold(figures.ReadyAgents);

    public override string ToString() => $"queue \"{Queue}\""
        + (Waiting == Bounds.All ? "" : $", waiting {Waiting}") + (Wait == Bounds.All ? "" : $", longest wait {Wait} s") + (Ready == Bounds.All ? "" : $", ready agents {Ready}");
}

/// <summary>A share of the callers, in hundredths of a percent from <see cref="From"/> to below <see cref="To"/>. A caller is always in the same share of a split; who shows no number is drawn by the call.</summary>
internal sealed record PercentCondition(int From, int To, string Split) : PlanCondition
{
    public const int Whole = 10_000;

    public override bool Holds(Plan plan, PlanFacts facts)
    {
        int share = ShareOf(facts.Call is { IsAnonymous: false, Caller.Length: > 0 } ? facts.Call.Caller : facts.Call.CallId, Split.Length > 0 ? Split : plan.Salt);
        return share >= From && share < To;
    }

    /// <summary>The share of a caller in a split: 0 to 9,999, each as likely as the others.</summary>
    public static int ShareOf(string caller, string split)
    {
        Span<byte> bytes = stackalloc byte[256];
        int length = 0;
        foreach (string part in (ReadOnlySpan<string>)[split, "\n", caller])
        {
            length += Encoding.UTF8.TryGetBytes(part, bytes[length..], out int written) ? written : 0;
        }

        return (int)(SipHash24.Hash(bytes[..length], 0, 0) % Whole);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"share {From / 100.0}–{To / 100.0} % of callers");
}

/// <summary>The call's language is one of some; a primary language stands for all its kinds.</summary>
internal sealed record LanguageCondition(IReadOnlyList<string> Languages) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
    {
        foreach (string language in Languages)
        {
            if (facts.Language.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (facts.Language.Length == language.Length || facts.Language[language.Length] == '-'))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"language is {string.Join(", ", Languages)}";
}

/// <summary>A person or an account has a phone registered.</summary>
internal sealed record RegisteredCondition(string Name, bool IsUser) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts)
    {
        string? account = !IsUser ? Name : facts.Configuration.Users.TryGetValue(Name, out User? user) && !user.Disabled ? user.Account : null;
        return account is { Length: > 0 } && facts.Around.IsRegistered(account);
    }

    public override string ToString() => $"{(IsUser ? "user" : "account")} {Name} is registered";
}

/// <summary>How many calls the number has.</summary>
internal sealed record CallsCondition(Bounds Calls) : PlanCondition
{
    public override bool Holds(Plan plan, PlanFacts facts) => Calls.Hold(facts.Around.CountCalls(facts.Call.Number));

    public override string ToString() => $"calls of the number {Calls}";
}
