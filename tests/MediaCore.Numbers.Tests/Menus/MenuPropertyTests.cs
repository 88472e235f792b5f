using System.Text.Json;
using FsCheck.Xunit;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Menus;

/// <summary>Menus made at random that the check finds nothing wrong with, and callers who go through them.</summary>
public sealed class MenuPropertyTests
{
    private const int MaxSteps = 200;

    /// <summary>To each node there is a caller who comes to it: by the shortest way of exits, each taken by the keys, silences and outcomes that lead there.</summary>
    [Property(MaxTest = 30)]
    public void EveryNode_IsReached_BySomeCaller(int seed)
    {
        MenuWorld world = Make(new Random(seed), out MenuDocument menu);
        foreach ((string target, List<(MenuNode Node, string Place)> way) in FindWays(menu))
        {
            foreach ((MenuNode node, string place) in way.Where(static step => step.Node is ScheduleNode))
            {
                world.Schedules.Single(schedule => schedule.Name == ((ScheduleNode)node).Schedule).Override = place == ".open" ? ScheduleOverride.Open : ScheduleOverride.Closed;
            }

            CallProbe probe = world.Call();
            foreach ((MenuNode node, string place) in way)
            {
                if (node is SwitchNode choice)
                {
                    probe.Stage.SetVariable(choice.Variable, place == ".default" ? "?" : place[^1..]);
                }
            }

            foreach ((MenuNode node, string place) in way)
            {
                Take(probe, node, place);
            }

            probe.Tell(new CallEnded { Record = null! });
            Assert.True(probe.Completed!.Trace.Any(line => line.Text == $"node {target}"), $"seed {seed}: {target} by {string.Join(", ", way.Select(static step => step.Node.Name + step.Place))}: {world.Menus["main"]}");
        }
    }

    /// <summary>Whatever callers do, the menu waits for a command or a timer, or it is over.</summary>
    [Property(MaxTest = 60)]
    public void Menu_NeverStandsStill(int seed)
    {
        var random = new Random(seed);
        CallProbe probe = Make(random, out _).Call(isAnswered: random.Next(2) == 0);
        int read = probe.Control.Commands.Count(static command => command is ClaimCommand);
        for (int step = 0; probe.Result is null && step < MaxSteps; step++)
        {
            IReadOnlyList<CallCommand> commands = probe.Control.Commands;
            if (read < commands.Count)
            {
                Answer(probe, commands[read++], random);
                continue;
            }

            // Nothing is open: a timer must be.
            for (int minutes = 0; probe.Control.Commands.Count == read && probe.Result is null; minutes++)
            {
                Assert.True(minutes < 60, $"seed {seed} stands still");
                probe.Advance(TimeSpan.FromMinutes(1));
            }
        }

        probe.Tell(new CallEnded { Record = null! });
        Assert.NotNull(probe.Completed);
    }

    private static void Answer(CallProbe probe, CallCommand command, Random random)
    {
        switch (command)
        {
            case PlayCommand:
                probe.CompletePlay(command, random.Next(5) == 0 ? CommandOutcome.Failed : CommandOutcome.Completed);
                break;
            case GatherCommand gather:
                GatherEnd reason = Enum.GetValues<GatherEnd>()[random.Next(random.Next(20) == 0 ? 8 : 7)];
                string digits = reason is GatherEnd.NoInput or GatherEnd.HungUp ? "" : new string([.. Enumerable.Range(0, random.Next(gather.MaxDigits + 1)).Select(_ => (char)('0' + random.Next(6)))]);
                probe.CompleteGather(gather, reason == GatherEnd.MaxDigits ? digits.PadLeft(gather.MaxDigits, '1') : digits, reason);
                break;
            case DialCommand:
                probe.CompleteDial(command, new[] { 486, 480, 404, 603, 503 }[random.Next(5)]);
                break;
            default:
                probe.Complete(command);
                break;
        }
    }

    /// <summary>Plays the engine at one node so that this exit is taken.</summary>
    private static void Take(CallProbe probe, MenuNode node, string place)
    {
        switch (node)
        {
            case PlayNode:
                probe.CompletePlay(probe.Expect<PlayCommand>());
                break;
            case AskNode ask when place is ".timeout" or ".invalid":
                for (int i = 0; i < (place == ".timeout" ? ask.MaxTimeouts : ask.MaxInvalid); i++)
                {
                    probe.CompleteGather(probe.Expect<GatherCommand>(), "", place == ".timeout" ? GatherEnd.NoInput : GatherEnd.NoMatch);
                }

                break;
            case GatherNode gather when place == ".next":
                probe.CompleteGather(probe.Expect<GatherCommand>(), new string('8', gather.Min), GatherEnd.Terminator);
                break;
            case GatherNode gather:
                string key = place[(place.LastIndexOf('.') + 1)..];
                bool isFinal = false;
                for (int at = 0; at < key.Length;)
                {
                    GatherCommand command = probe.Expect<GatherCommand>();
                    int digits = Math.Min(key.Length - at, command.MaxDigits);
                    isFinal = digits < command.MaxDigits;
                    probe.CompleteGather(command, key.Substring(at, digits), isFinal ? GatherEnd.Interdigit : GatherEnd.MaxDigits);
                    at += digits;
                }

                // A key that longer ones begin with is taken when nothing more comes.
                if (!isFinal && gather.Options.Keys.Any(other => other.Length > key.Length && other.StartsWith(key, StringComparison.Ordinal)))
                {
                    probe.CompleteGather(probe.Expect<GatherCommand>(), "", GatherEnd.NoInput);
                }

                break;
            case SubMenuNode:
                GatherCommand sub = probe.Expect<GatherCommand>();
                probe.CompleteGather(sub, "1", GatherEnd.MaxDigits);
                break;
            case ActionNode { IsSilent: false }:
                probe.CompleteDial(probe.Expect<DialCommand>(), place == ".exits.busy" ? 486 : 480, place == ".exits.busy" ? 17 : 19);
                break;
            default:
                break;
        }
    }

    private static Dictionary<string, List<(MenuNode Node, string Place)>> FindWays(MenuDocument menu)
    {
        var ways = new Dictionary<string, List<(MenuNode, string)>>(StringComparer.Ordinal) { [menu.Start] = [] };
        Queue<string> next = new([menu.Start]);
        while (next.TryDequeue(out string? name))
        {
            foreach ((string place, MenuExit exit) in menu.Nodes[name].Exits)
            {
                if (exit.Node is { } other && !ways.ContainsKey(other))
                {
                    ways[other] = [.. ways[name], (menu.Nodes[name], place)];
                    next.Enqueue(other);
                }
            }
        }

        return ways;
    }

    private static MenuWorld Make(Random random, out MenuDocument menu)
    {
        int count = random.Next(3, 12);
        var world = new MenuWorld();
        var nodes = new Dictionary<string, object>(StringComparer.Ordinal) { ["n0"] = new { type = "play", prompt = "Hello.", next = "n1" } };
        for (int i = 1; i < count; i++)
        {
            nodes[$"n{i}"] = Node(i);
        }

        world.Menus["sub"] = """{ "start": "g", "nodes": { "g": { "type": "gather", "prompt": "Sub.", "options": { "1": "end" }, "timeout": { "end": "timedOut" }, "invalid": { "end": "rejected" } } } }""";
        world.Menus["main"] = JsonSerializer.Serialize(new { start = "n0", nodes });
        Assert.Empty(MenuCheck.Check(world.Menus["main"]));
        menu = MenuDocument.Parse(world.Menus["main"], new DocumentErrors())!;
        return world;

        // One exit leads to the next node, so that each is reached; those that wait may lead back as well.
        object Next(int from) => from + 1 < count ? $"n{from + 1}" : "end";

        object Any(int from, bool waits) => random.Next(4) switch
        {
            0 => new { end = "exited" },
            1 => waits ? $"n{random.Next(count)}" : Next(from),
            2 when from + 1 < count => $"n{random.Next(from + 1, count)}",
            _ => "end",
        };

        object Node(int i)
        {
            switch (random.Next(9))
            {
                case 0:
                    return new { type = "play", prompt = "Words.", next = Next(i) };
                case 1:
                    return new { type = "set", variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" }, next = Next(i) };
                case 2:
                    return new { type = "switch", variable = $"v{i}", cases = new Dictionary<string, object>(StringComparer.Ordinal) { ["1"] = Any(i, waits: false), ["2"] = Next(i) }, @default = Any(i, waits: false) };
                case 3:
                    world.Schedules.Add(new Schedule { Name = $"s{i}" });
                    return new { type = "schedule", schedule = $"s{i}", open = Next(i), closed = Any(i, waits: false) };
                case 4:
                    return new { type = "gather", prompt = "Number?", next = Next(i), min = 2, max = 4, timeout = Any(i, waits: true), invalid = Any(i, waits: true), maxTimeouts = random.Next(1, 4) };
                case 5:
                    return new { type = "menu", menu = "sub", next = Next(i) };
                case 6:
                    object ring = new Dictionary<string, object>(StringComparer.Ordinal) { ["do"] = "ring", ["targets"] = new[] { new { number = "+12025550123" } } };
                    return new { type = "action", action = ring, exits = new { busy = Next(i), noAnswer = Any(i, waits: true) } };
                default:
                    var options = new Dictionary<string, object>(StringComparer.Ordinal);
                    for (int key = random.Next(1, 6); key > 0; key--)
                    {
                        options[random.Next(1, random.Next(2) == 0 ? 6 : 60).ToString(System.Globalization.CultureInfo.InvariantCulture)] = Any(i, waits: true);
                    }

                    options["0"] = Next(i);
                    return new { type = "gather", prompt = "Key?", options, timeout = Any(i, waits: true), invalid = Any(i, waits: true), maxInvalid = random.Next(1, 4) };
            }
        }
    }
}
