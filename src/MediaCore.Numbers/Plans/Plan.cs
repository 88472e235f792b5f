using System.Collections.Frozen;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Plans;

/// <summary>
/// A routing plan as its document says it (docs/adr/0033-plans.md): rules in order, the first that holds is followed, and a default that always holds. Immutable. Made by <see cref="PlanReader"/>.
/// </summary>
public sealed class Plan
{
    /// <summary>The rules, the default as the last of them.</summary>
    public required IReadOnlyList<PlanRule> Rules { get; init; }

    /// <summary>Lists of callers that conditions name.</summary>
    public FrozenDictionary<string, NumberPatterns> Lists { get; init; } = FrozenDictionary<string, NumberPatterns>.Empty;

    /// <summary>What the shares of callers are drawn by: another salt, other callers. The document's <c>split</c>, by default its owner.</summary>
    public string Salt { get; init; } = "";

    /// <summary>What is followed in place of a document that cannot be read: the caller is told to try later.</summary>
    internal static Plan Unreadable { get; } = new() { Rules = [new PlanRule { Name = "unreadable", Then = [new RejectAction { Status = 480, Cause = 31 }] }] };

    /// <summary>The published revision of a plan, read once for all calls.</summary>
    public static Plan Of(PublishedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.Parsed(static one => PlanReader.Parse(one.Revision.Document, one.Owner.Id.ToString("N"), new DocumentErrors()) ?? Unreadable);
    }

    /// <summary>
    /// Which rule is followed: the first at or behind <paramref name="from"/> that holds. A pure function; there is always one, since the default holds. Allocates nothing.
    /// </summary>
    /// <param name="facts">What is known.</param>
    /// <param name="from">The rule to begin with; the number of rules for behind the last.</param>
    /// <returns>The rule's index; that of the default where there is no other.</returns>
    public int Decide(PlanFacts facts, int from = 0)
    {
        for (int i = from; i < Rules.Count - 1; i++)
        {
            if (Rules[i].When is not { } condition || condition.Holds(this, facts))
            {
                return i;
            }
        }

        return Rules.Count - 1;
    }
}

/// <summary>One rule of a plan.</summary>
public sealed record PlanRule
{
    /// <summary>Its name, which the trace says.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands in the document, a JSON path.</summary>
    public string Path { get; init; } = "$.default";

    /// <summary>When it holds; null for always.</summary>
    public PlanCondition? When { get; init; }

    /// <summary>What is done, in order. One that ends as something in <see cref="Otherwise"/> leads there in place of the rest.</summary>
    public IReadOnlyList<CallAction> Then { get; init; } = [];

    /// <summary>What is done instead, by how an action ended.</summary>
    public FrozenDictionary<ActivityOutcome, IReadOnlyList<CallAction>> Otherwise { get; init; } = FrozenDictionary<ActivityOutcome, IReadOnlyList<CallAction>>.Empty;

    /// <summary>Whether the plan is over with this rule; else the rules behind it are looked at next.</summary>
    public bool Stop { get; init; } = true;
}
