using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Plans;

/// <summary>What a plan does with a call, by the ends of its actions.</summary>
public sealed class PlanActivityTests
{
    private readonly PlanWorld _world = new();

    [Fact]
    public async Task NoAnswer_LeadsToElse_AndTheForwardSaysWhy()
    {
        await using CallProbe probe = Start("""{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }], "else": { "noAnswer": [{ "do": "forward", "to": "+442079460000" }] } } }""");
        probe.CompleteDial(probe.Expect<DialCommand>(), 480, 19);
        DialCommand forward = probe.Expect<DialCommand>();
        Assert.Equal(DiversionReason.NoAnswer, Assert.Single(forward.Diversions).Reason);
        probe.CompleteDial(forward, 486, 17);
        Assert.Equal((ActivityOutcome.Busy, 486), (probe.Result!.Value.Outcome, probe.Result.Value.SipStatus));
        Assert.Equal(486, probe.Expect<RejectCommand>().SipStatus);
    }

    [Fact]
    public async Task EndThatElseDoesNotHave_LeadsToTheNextAction()
    {
        await using CallProbe probe = Start("""{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }, { "do": "reject", "status": 480 }], "else": { "busy": [{ "do": "hangup" }] } } }""");
        probe.CompleteDial(probe.Expect<DialCommand>(), 480, 19);
        Assert.Equal(480, probe.Expect<RejectCommand>().SipStatus);
    }

    [Fact]
    public async Task Talk_EndsThePlan_UnlessElseHasSomethingForIt()
    {
        await using CallProbe probe = Start("""{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }, { "do": "reject" }] } }""");
        Talk(probe);
        Assert.Equal(ActivityOutcome.Talked, probe.Result?.Outcome);
        probe.Expect<HangupCommand>();
        await using CallProbe survey = Start("""{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }], "else": { "talked": [{ "do": "announce", "prompt": "How was it?" }] } } }""");
        Talk(survey);
        survey.CompletePlay(survey.Expect<PlayCommand>());
        Assert.Equal(ActivityOutcome.Completed, survey.Result?.Outcome);
    }

    [Fact]
    public async Task RuleThatDoesNotStop_LeadsToTheRulesBehindIt_WithWhatItHasSet()
    {
        await using CallProbe probe = Start(
            """
            { "rules": [
                { "name": "mark", "when": { "caller": "+1*" }, "then": [{ "do": "set", "variables": { "home": "yes", "language": "es" } }, { "do": "tag", "tags": ["domestic"] }], "stop": false },
                { "name": "other", "when": { "variable": "home", "is": "no" }, "then": [{ "do": "reject" }] },
                { "name": "home", "when": { "all": [{ "variable": "home", "is": "yes" }, { "language": "es" }] }, "then": [{ "do": "redirect", "contacts": ["sip:a@b.example"] }] }],
              "default": { "then": [{ "do": "reject" }] } }
            """);
        probe.Expect<RedirectCommand>();
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal("domestic", Assert.Single(probe.Completed!.Tags));
        Assert.Contains("rule \"home\"; not other", probe.Completed.Trace.Select(static line => line.Text));
    }

    [Fact]
    public async Task Plan_WithinAPlan_GivesItsEnd_AndOneThatIsNotThere_Fails()
    {
        _world.Plan("inner", """{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }] } }""");
        await using CallProbe probe = Start("""{ "default": { "then": [{ "do": "plan", "plan": "INNER" }], "else": { "busy": [{ "do": "redirect", "contacts": ["sip:a@b.example"] }] } } }""");
        probe.CompleteDial(probe.Expect<DialCommand>(), 486, 17);
        probe.Expect<RedirectCommand>();
        await using CallProbe gone = Start("""{ "default": { "then": [{ "do": "plan", "plan": "gone" }] } }""");
        Assert.Equal((ActivityOutcome.Failed, 480), (gone.Result!.Value.Outcome, gone.Result.Value.SipStatus));
    }

    [Fact]
    public async Task Plans_ThatLeadToEachOther_End()
    {
        _world.Plan("inner", """{ "default": { "then": [{ "do": "plan", "plan": "main" }] } }""");
        await using CallProbe probe = Start("""{ "default": { "then": [{ "do": "plan", "plan": "inner" }] } }""");
        Assert.Equal((ActivityOutcome.Failed, 482), (probe.Result!.Value.Outcome, probe.Result.Value.SipStatus));
    }

    [Fact]
    public async Task Document_ThatCannotBeRead_TellsTheCallerToTryLater()
    {
        await using CallProbe probe = Start("{}");
        RejectCommand reject = probe.Expect<RejectCommand>();
        Assert.Equal((480, 31), (reject.SipStatus, reject.Q850Cause));
    }

    [Fact]
    public async Task Simulation_TellsWhichRulesDoNotHold_AndWhy()
    {
        _world.Plan("main", """{ "rules": [{ "name": "night", "when": { "all": [{ "anonymous": false }, { "schedule": "always", "is": "closed" }] }, "then": [] }], "default": { "then": [{ "do": "ring", "targets": [{ "user": "ann" }] }, { "do": "voicemail", "box": "100" }] } }""");
        await using CallProbe probe = CallProbe.Start(new PlanActivity("main"), _world.Call, _world.Configuration());
        var call = new SimulatedCall { Number = PlanWorld.Number, Caller = "2025550199", At = _world.Now, Registered = [] };
        SimulatedPath path = PlanSimulator.Simulate(Plan.Of(_world.Configuration().Plans["main"]), "main", call, _world.Configuration(), probe.Stage.Services);
        Assert.Equal(
            ["night: does not hold: schedule \"always\" is closed", "default: holds always", "default: RingAction Unreachable", "default: VoicemailAction Completed"],
            path.Steps.Select(static step => $"{step.Rule}: {(step.Action is null ? step.Text : $"{step.Action.GetType().Name} {step.Outcome}")}"));
        Assert.Equal(ActivityOutcome.Completed, path.Result.Outcome);
    }

    private static void Talk(CallProbe probe)
    {
        probe.CompleteDial(probe.Expect<DialCommand>());
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-1", Phase = LegPhase.Ended });
    }

    private CallProbe Start(string document)
    {
        _world.Plan("main", document);
        return CallProbe.Start(new PlanActivity("main"), _world.Call, _world.Configuration());
    }
}
