using System.Text;
using FsCheck.Xunit;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Plans;

public sealed class PlanPropertyTests
{
    private static readonly string[] s_conditions =
    [
        """{ "schedule": "always" }""", """{ "schedule": "never" }""", """{ "caller": "+1*" }""", """{ "caller": "+44*" }""", """{ "percent": 50 }""", """{ "percent": [25, 75], "split": "b" }""",
        """{ "variable": "v", "is": "1" }""", """{ "variable": "v" }""", """{ "anonymous": true }""", """{ "language": "de" }""", """{ "not": { "schedule": "never" } }""",
    ];

    private static readonly (int Status, int Cause, ActivityOutcome Outcome)[] s_ends =
        [(486, 17, ActivityOutcome.Busy), (480, 19, ActivityOutcome.NoAnswer), (603, 21, ActivityOutcome.Rejected), (503, 41, ActivityOutcome.Unreachable), (200, 16, ActivityOutcome.Talked)];

    /// <summary>There is always a rule; it is the first that holds, and the same again.</summary>
    [Property(MaxTest = 300)]
    public void Decision_IsTotal_AndTheFirstThatHolds(int seed)
    {
        var random = new Random(seed);
        Plan plan = PlanWorld.Read(Make(random, 0));
        var world = new PlanWorld();
        world.Call = world.Call with { Caller = $"+{random.NextInt64(10_000_000, 99_999_999_999)}" };
        PlanFacts facts = world.Facts();
        int from = random.Next(plan.Rules.Count + 1);
        int decided = plan.Decide(facts, from);
        Assert.InRange(decided, Math.Min(from, plan.Rules.Count - 1), plan.Rules.Count - 1);
        Assert.True(plan.Rules[decided].When?.Holds(plan, facts) ?? true);
        Assert.DoesNotContain(plan.Rules.Skip(from).Take(decided - from), rule => rule.When?.Holds(plan, facts) ?? true);
        Assert.Equal(decided, plan.Decide(facts, from));
    }

    /// <summary>Callers fall into shares as often as the shares are wide: chi-square with nine degrees of freedom stays below 33.7, which it exceeds once in ten thousand times. The callers are fixed, so this is no matter of luck.</summary>
    [Theory]
    [InlineData("sales")]
    [InlineData("b")]
    [InlineData("0198c7f6b0d27000a000000000000001")]
    public void Shares_AreDrawnEvenly_AndACallerStaysInHis(string split)
    {
        const int Callers = 20_000;
        int[] seen = new int[10];
        for (int i = 0; i < Callers; i++)
        {
            string caller = $"+1202{5550000 + i}";
            int share = PercentCondition.ShareOf(caller, split);
            Assert.Equal(share, PercentCondition.ShareOf(caller, split));
            seen[share * 10 / PercentCondition.Whole]++;
        }

        double expected = Callers / 10.0;
        Assert.InRange(seen.Sum(count => (count - expected) * (count - expected) / expected), 0, 33.7);
    }

    /// <summary>Shares that touch each other take every caller once.</summary>
    [Property(MaxTest = 200)]
    public void Shares_ThatTouch_TakeEveryCallerOnce(uint caller, byte first, byte second)
    {
        int low = 1 + (first % 50);
        int high = 51 + (second % 49);
        Plan plan = PlanWorld.Read($$"""{ "rules": [{ "name": "a", "when": { "percent": [0, {{low}}] }, "then": [] }, { "name": "b", "when": { "percent": [{{low}}, {{high}}] }, "then": [] }, { "name": "c", "when": { "percent": [{{high}}, 100] }, "then": [] }], "default": { "then": [] } }""");
        var world = new PlanWorld();
        world.Call = world.Call with { Caller = $"+{caller}" };
        PlanFacts facts = world.Facts();
        Assert.Single(plan.Rules, rule => rule.When?.Holds(plan, facts) == true);
    }

    /// <summary>What the simulator says is what a call does: the same actions in the same order, and the same end.</summary>
    [Property(MaxTest = 300)]
    public void Simulation_IsWhatTheCallDoes(int seed)
    {
        var random = new Random(seed);
        var world = new PlanWorld();
        world.Plan("main", Make(random, 1)).Plan("other", Make(random, 2));
        (int Status, int Cause, ActivityOutcome Outcome)[] ends = [.. Enumerable.Range(0, 100).Select(_ => s_ends[random.Next(s_ends.Length)])];
        int next = 0;
        CallProbe probe = CallProbe.Start(new PlanActivity("main"), world.Call, world.Configuration());
        for (int turns = 0; probe.Result is null && probe.Next() is { } command; turns++)
        {
            Assert.True(turns < 1_000);
            switch (command)
            {
                case DialCommand dial when ends[next++ % ends.Length] is var end:
                    probe.CompleteDial(dial, end.Status, end.Cause);
                    if (end.Status == 200)
                    {
                        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-1", Phase = LegPhase.Ended });
                    }

                    break;
                case AnswerCommand answer:
                    probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-0", IsInbound = true, Phase = LegPhase.Answered });
                    probe.Complete(answer);
                    break;
                case PlayCommand play:
                    probe.CompletePlay(play);
                    break;
                default:
                    // Refused or hung up by its plan: the call is over.
                    probe.Tell(new CallEnded { Record = null! });
                    break;
            }

            if (probe.Completed is not null)
            {
                break;
            }
        }

        if (probe.Completed is null)
        {
            probe.Tell(new CallEnded { Record = null! });
        }

        // Announcements end well; the others as the test says.
        TenantConfiguration configuration = world.Configuration();
        List<ActivityOutcome> outcomes = [];
        SimulatedPath path;
        do
        {
            // Those that may end in several ways take their ends in turn, which an announcement does not.
            path = PlanSimulator.Simulate(Plan.Of(configuration.Plans["main"]), "main", new SimulatedCall { Number = PlanWorld.Number, Caller = world.Call.Caller, At = world.Now, Outcomes = outcomes, Calls = 1 }, configuration, probe.Stage.Services);
        }
        while (Fill(path, outcomes, ends));

        string[] simulated = [.. path.Steps.Where(static step => step.Action is RingAction).Select(static step => ((RingAction)step.Action!).Seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        string[] rung = [.. probe.Control.Commands.OfType<DialCommand>().Select(static dial => ((int)dial.RingTime.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(rung, simulated);
        string[] rules = [.. path.Steps.Where(static step => step.Action is null && step.Text.StartsWith("holds", StringComparison.Ordinal)).Select(static step => step.Rule)];
        Assert.Equal(probe.Completed!.Trace.Where(static line => line.Text.StartsWith("rule ", StringComparison.Ordinal)).Select(static line => line.Text.Split('"')[1]), rules);
        Assert.Equal(probe.Control.Commands.Count(static command => command is PlayCommand), path.Steps.Count(static step => step.Action is AnnounceAction));
    }

    /// <summary>Gives the next action that has no end of its own yet one; false when all have.</summary>
    private static bool Fill(SimulatedPath path, List<ActivityOutcome> outcomes, (int Status, int Cause, ActivityOutcome Outcome)[] ends)
    {
        CallAction[] open = [.. path.Steps.Select(static step => step.Action).OfType<CallAction>().Where(static action => action is RingAction or AnnounceAction)];
        if (open.Length <= outcomes.Count)
        {
            return false;
        }

        int rings = open.Take(outcomes.Count).Count(static action => action is RingAction);
        outcomes.Add(open[outcomes.Count] is RingAction ? ends[rings % ends.Length].Outcome : ActivityOutcome.Completed);
        return true;
    }

    private static string Make(Random random, int depth)
    {
        var text = new StringBuilder("{ \"rules\": [");
        int rules = random.Next(6);
        for (int i = 0; i < rules; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append($"{{ \"name\": \"r{i}\", ");
            text.Append(random.Next(4) == 0 ? "" : $"\"when\": {Condition(random, 0)}, ");
            text.Append($"\"then\": {Actions(random, depth)}, {Else(random, depth)} \"stop\": {(random.Next(3) == 0 ? "false" : "true")} }}");
        }

        return text.Append($"], \"default\": {{ {Else(random, depth)} \"then\": {Actions(random, depth)} }} }}").ToString();
    }

    private static string Condition(Random random, int depth) => depth < 2 && random.Next(3) == 0
        ? $"{{ \"{(random.Next(2) == 0 ? "all" : "any")}\": [{string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition(random, depth + 1)))}] }}"
        : s_conditions[random.Next(s_conditions.Length)];

    private static string Else(Random random, int depth) => random.Next(2) == 0 ? "" : $"\"else\": {{ \"{(random.Next(3) == 0 ? "busy" : random.Next(2) == 0 ? "any" : "noAnswer")}\": {Actions(random, depth)} }}, ";

    private static string Actions(Random random, int depth) => $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Action(random, depth)))}]";

    private static string Action(Random random, int depth) => random.Next(depth == 1 ? 7 : 6) switch
    {
        0 => $$"""{ "do": "set", "variables": { "v": "{{random.Next(2)}}" } }""",
        1 => """{ "do": "tag", "tags": ["t"] }""",
        2 => """{ "do": "announce", "prompt": "hello" }""",
        3 => $$"""{ "do": "reject", "status": {{(random.Next(2) == 0 ? 486 : 603)}} }""",
        4 or 5 => $$"""{ "do": "ring", "targets": [{ "account": "a" }], "seconds": {{random.Next(1, 600)}} }""",
        _ => """{ "do": "plan", "plan": "other" }""",
    };
}
