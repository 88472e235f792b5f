using MediaCore.Server.Configuration;

namespace MediaCore.LoadTests.Scenarios;

/// <summary>Whether the steps of a scenario make sense one after the other.</summary>
internal static class StepOrder
{
    public static void Check(Scenario scenario, SectionReader root)
    {
        IReadOnlyList<ScenarioStep> steps = scenario.Steps;
        if (steps.Count == 0)
        {
            root.Error("steps", "are missing: a list of { \"do\": \"…\" }");
            return;
        }

        if (steps[0].Kind is StepKind.Register or StepKind.Message)
        {
            if (steps.Count > 1)
            {
                root.Error("steps", $"\"{Name(steps[0])}\" stands alone");
            }

            return;
        }

        if (steps[0].Kind != StepKind.Invite)
        {
            root.Error("steps", $"begin with invite, register or message, not with \"{Name(steps[0])}\"");
            return;
        }

        bool isRinging = steps[0].OnlyRinging;
        StepKind last = isRinging ? StepKind.Cancel : StepKind.Bye;
        if (steps[^1].Kind != last)
        {
            root.Error("steps", $"of an INVITE that is {(isRinging ? "left ringing" : "answered")} end with \"{last.ToString().ToLowerInvariant()}\"");
        }

        ScenarioStep? misplaced = steps.Skip(1).SkipLast(1).FirstOrDefault(s => isRinging
            ? s.Kind != StepKind.Talk
            : s.Kind is StepKind.Invite or StepKind.Register or StepKind.Message or StepKind.Cancel or StepKind.Bye);
        if (misplaced is not null)
        {
            root.Error("steps", $"cannot have \"{Name(misplaced)}\" between the first and the last");
        }

        CheckMedia(scenario, root);
        if (!isRinging && !scenario.Answers)
        {
            root.Section("callee").Error("answers", "must be true where the INVITE waits for an answer (\"until\": \"ringing\" does not)");
        }

        if (isRinging && scenario.Answers && scenario.Ring == TimeSpan.Zero)
        {
            root.Section("callee").Error("answers", "must be false, or \"ringSeconds\" longer, where the INVITE is cancelled: this callee answers at once");
        }
    }

    private static void CheckMedia(Scenario scenario, SectionReader root)
    {
        if (scenario.HasDigits && scenario.Media != MediaKind.Pcmu)
        {
            root.Error("media", "must be \"pcmu\" where digits are sent");
        }

        if (scenario.HasEarlyMedia && (scenario.Media == MediaKind.None || scenario.Ring == TimeSpan.Zero))
        {
            root.Section("callee").Error("earlyMedia", "needs \"media\" and \"ringSeconds\" above 0: nothing could be heard before the answer");
        }

        int refers = scenario.Steps.Count(static s => s.Kind == StepKind.Refer);
        if (refers > 0 && scenario.Steps[^2].Kind != StepKind.Refer)
        {
            root.Error("steps", "have \"refer\" right before \"bye\", and once: the call is others' then");
        }
    }

    private static string Name(ScenarioStep step) => step.Kind.ToString().ToLowerInvariant();
}
