using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Plans;

namespace MediaCore.Numbers.Menus;

/// <summary>
/// All that is wrong with a menu, at once, each with its path: its form, exits that lead nowhere, nodes that nothing leads to, circles in which nothing is heard or typed, and names of things that there are not.
/// </summary>
public static class MenuCheck
{
    /// <summary>Looks at a document.</summary>
    /// <param name="document">The JSON document.</param>
    /// <param name="has">Whether the tenant has something of a kind and name; null where that is not looked at.</param>
    public static IReadOnlyList<DocumentError> Check(string document, Func<ReferenceKind, string, bool>? has = null)
    {
        var errors = new DocumentErrors();
        if (MenuDocument.Parse(document, errors) is { } menu)
        {
            CheckExits(menu, errors);
            CheckReach(menu, errors);
            CheckCircles(menu, errors);
            CheckActions(menu, errors);
            foreach (Reference reference in GetReferences(menu))
            {
                if (has is not null && !has(reference.Kind, reference.Name))
                {
                    errors.Add(reference.Path, $"there is no {DocumentNames.Word(reference.Kind)} \"{reference.Name}\"");
                }
            }
        }

        return errors.All;
    }

    /// <summary>All actions of a menu, with their paths.</summary>
    public static IEnumerable<(string Path, CallAction Action)> GetActions(MenuDocument menu)
    {
        ArgumentNullException.ThrowIfNull(menu);
        foreach (MenuNode node in menu.Nodes.Values)
        {
            if (node is ActionNode act)
            {
                yield return ($"{PathOf(node)}.action", act.Action);
            }

            foreach ((string place, MenuExit exit) in node.Exits)
            {
                if (exit.Action is { } action)
                {
                    yield return (PathOf(node) + place, action);
                }
            }
        }
    }

    private static string PathOf(MenuNode node) => DocumentErrors.Join("$.nodes", node.Name);

    private static void CheckExits(MenuDocument menu, DocumentErrors errors)
    {
        if (!menu.Nodes.ContainsKey(menu.Start))
        {
            errors.Add("$.start", $"there is no node \"{menu.Start}\"");
        }

        foreach (MenuNode node in menu.Nodes.Values)
        {
            foreach ((string place, MenuExit exit) in node.Exits)
            {
                if (exit.Node is { } name && !menu.Nodes.ContainsKey(name))
                {
                    errors.Add(PathOf(node) + place, $"there is no node \"{name}\"");
                }
            }
        }
    }

    private static void CheckReach(MenuDocument menu, DocumentErrors errors)
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Stack<string> next = new([menu.Start]);
        while (next.TryPop(out string? name))
        {
            if (menu.Nodes.TryGetValue(name, out MenuNode? node) && reached.Add(name))
            {
                foreach ((_, MenuExit exit) in node.Exits)
                {
                    if (exit.Node is { } other)
                    {
                        next.Push(other);
                    }
                }
            }
        }

        foreach (MenuNode node in menu.Nodes.Values)
        {
            if (!reached.Contains(node.Name))
            {
                errors.Add(PathOf(node), "is never reached: no exit of a node that is reached leads to it");
            }
        }
    }

    /// <summary>Follows nodes that are silent; one that comes back to itself is told once, at the node by which the circle was entered.</summary>
    private static void CheckCircles(MenuDocument menu, DocumentErrors errors)
    {
        Dictionary<string, bool> isDone = new(StringComparer.Ordinal);
        foreach (MenuNode start in menu.Nodes.Values)
        {
            if (!start.IsSilent || isDone.ContainsKey(start.Name))
            {
                continue;
            }

            List<(MenuNode Node, IEnumerator<string> Next)> way = [(start, Targets(start).GetEnumerator())];
            isDone[start.Name] = false;
            while (way is [.., (var at, var next)])
            {
                if (!next.MoveNext())
                {
                    isDone[at.Name] = true;
                    way.RemoveAt(way.Count - 1);
                }
                else if (menu.Nodes.TryGetValue(next.Current, out MenuNode? node) && node.IsSilent)
                {
                    if (!isDone.TryGetValue(node.Name, out bool known))
                    {
                        isDone[node.Name] = false;
                        way.Add((node, Targets(node).GetEnumerator()));
                    }
                    else if (!known)
                    {
                        IEnumerable<string> circle = way.Select(static step => step.Node.Name).SkipWhile(name => name != node.Name).Append(node.Name);
                        errors.Add(PathOf(node), $"goes round without anything heard or typed: {string.Join(", ", circle)}");
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Targets(MenuNode node) => node.Exits.Select(static exit => exit.Exit.Node).OfType<string>();

    /// <summary>What is done in passing does not end a call: it has to be said where it goes on.</summary>
    private static void CheckActions(MenuDocument menu, DocumentErrors errors)
    {
        foreach (MenuNode node in menu.Nodes.Values)
        {
            if (node is ActionNode { IsSilent: true } && !node.Outcomes.ContainsKey(Calls.ActivityOutcome.Completed))
            {
                errors.Add(PathOf(node), "does something in passing; say in exits.completed where it goes on, \"end\" for the menu's end");
            }
        }
    }

    private static IEnumerable<Reference> GetReferences(MenuDocument menu)
    {
        foreach (MenuNode node in menu.Nodes.Values)
        {
            switch (node)
            {
                case ScheduleNode schedule:
                    yield return new Reference(ReferenceKind.Schedule, schedule.Schedule, $"{PathOf(node)}.schedule");
                    break;
                case SubMenuNode sub:
                    yield return new Reference(ReferenceKind.Menu, sub.Menu, $"{PathOf(node)}.menu");
                    break;
                default:
                    break;
            }

            foreach ((string place, PromptChoice prompt) in node.Sounds)
            {
                if (prompt.Prompt is { } name)
                {
                    yield return new Reference(ReferenceKind.Prompt, name, PathOf(node) + place);
                }
            }
        }

        foreach (Reference reference in GetActions(menu).SelectMany(static one => PlanReferences.Of(one.Action, one.Path)))
        {
            yield return reference;
        }
    }
}
