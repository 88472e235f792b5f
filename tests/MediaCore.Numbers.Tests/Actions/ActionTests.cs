using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Actions;

/// <summary>What each action of the documents does with a call.</summary>
public sealed class ActionTests
{
    private readonly TestNumbers _numbers = new();

    [Fact]
    public async Task Announce_AnswersFirst_AndEndsWithThePrompt()
    {
        await using CallProbe probe = Start(new AnnounceAction { Prompt = new PromptChoice { Text = "hello {who}" } });
        Answer(probe);
        PlayCommand play = probe.Expect<PlayCommand>();
        Assert.Equal(new TextMedia("hello ", "en"), Assert.Single(play.Media));
        probe.CompletePlay(play);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Announce_AsEarlyMediaThatCannotBe_Fails()
    {
        await using CallProbe probe = Start(new AnnounceAction { Prompt = new PromptChoice { Text = "hello" }, Answer = false });
        ProgressCommand progress = probe.Expect<ProgressCommand>();
        Assert.True(progress is { SipStatus: 183, EarlyMedia: true });
        probe.Control.Refusal = static command => command is ProgressCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "no offer") : null;
        await using CallProbe refused = Start(new AnnounceAction { Prompt = new PromptChoice { Text = "hello" }, Answer = false }, probe.Control.Refusal);
        refused.Expect<ProgressCommand>();
        refused.Pump();
        Assert.Equal(ActivityOutcome.Failed, refused.Result?.Outcome);
    }

    [Fact]
    public async Task Reject_PlaysItsPromptEarly_AndRefuses()
    {
        await using CallProbe probe = Start(new RejectAction { Status = 603, Cause = 21, Prompt = new PromptChoice { Text = "no" } });
        probe.Complete(probe.Expect<ProgressCommand>());
        probe.CompletePlay(probe.Expect<PlayCommand>());
        RejectCommand reject = probe.Expect<RejectCommand>();
        Assert.Equal((603, 21), (reject.SipStatus, reject.Q850Cause));
        probe.Tell(new CallEnded { Record = null! });
        Assert.NotNull(probe.Completed);
    }

    [Fact]
    public async Task Reject_OfAnAnsweredCall_HangsUpWithTheCause()
    {
        await using CallProbe probe = Start(new RejectAction { Status = 486 }, isAnswered: true);
        Assert.Equal(17, probe.Expect<HangupCommand>().Q850Cause);
    }

    [Fact]
    public async Task RedirectHangupAndControl_SendTheirCommand()
    {
        await using CallProbe redirect = Start(new RedirectAction { Contacts = ["sip:a@b.example"] });
        Assert.Equal(["sip:a@b.example"], redirect.Expect<RedirectCommand>().Contacts);
        await using CallProbe answered = Start(new RedirectAction { Contacts = ["sip:a@b.example"] }, isAnswered: true);
        Assert.Equal(ActivityOutcome.Failed, answered.Result?.Outcome);
        await using CallProbe hangup = Start(new HangupAction { Cause = 21 });
        Assert.Equal(21, hangup.Expect<HangupCommand>().Q850Cause);
        await using CallProbe control = Start(new ControlAction { Application = "bot" });
        ReleaseCommand release = control.Expect<ReleaseCommand>();
        Assert.Equal((ReleasePolicy.NextStep, "bot"), (release.Policy, release.Application));
        control.Tell(new ControlChanged());
        Assert.NotNull(control.Completed);
    }

    [Fact]
    public async Task SetAndTag_AreKeptWithTheCall()
    {
        await using CallProbe probe = Start(new SetAction { Variables = new Dictionary<string, string> { ["a"] = "1", ["b"] = "{a}2", ["language"] = "de" } });
        Assert.Equal(("12", "de"), (probe.Stage.Variables["b"], probe.Stage.Language));
        await using CallProbe tagged = Start(new TagAction { Tags = ["vip", "sales", "vip"] });
        tagged.Tell(new CallEnded { Record = null! });
        Assert.Equal(["vip", "sales"], tagged.Completed!.Tags);
    }

    [Fact]
    public async Task Record_OfAnUnansweredCaller_BeginsWithTheAnswer()
    {
        await using CallProbe probe = CallProbe.Start(new Sequence(new RecordAction(), new RingAction { Targets = [new RingTarget { User = "ann" }] }), configuration: TestNumbers.Configuration());
        DialCommand dial = probe.Expect<DialCommand>();
        probe.ExpectNothing();
        probe.CompleteDial(dial);
        Assert.Null(probe.Expect<RecordStartCommand>().LegId);
    }

    [Fact]
    public async Task Ring_All_SkipsWhoIsNotThere_AndIsOverWithTheTalk()
    {
        _numbers.Unregistered.Add("bob");
        await using CallProbe probe = Start(Ring(RingStrategy.Simultaneous, "ann", "bob", "cyd", "dan", "eve"));
        DialCommand dial = probe.Expect<DialCommand>();
        Assert.Equal([new AccountDestination("ann"), new AccountDestination("cyd")], dial.Targets);
        Assert.False(dial.IsSequential);
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-1", Phase = LegPhase.Answered, Peer = "cyd" });
        probe.CompleteDial(dial);
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-2", Phase = LegPhase.Ended });
        Assert.Null(probe.Result);

        // A transfer: the one who answered goes, another leg stays.
        probe.Tell(new TransferRequested { LegId = CallProbe.CallId + "-1" });
        Assert.Equal(TransferDecision.Accept, probe.Expect<AcceptTransferCommand>().Decision);
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-3", Phase = LegPhase.Created });
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-1", Phase = LegPhase.Ended });
        Assert.Null(probe.Result);
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-3", Phase = LegPhase.Ended });
        Assert.Equal(ActivityOutcome.Talked, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Ring_OfAnotherTenantsAccount_RingsNobody()
    {
        await using CallProbe probe = Start(Ring(RingStrategy.Simultaneous, "ann", "bob"), services: shared => shared with { AccountOwner = static account => account == "ann" ? Guid.CreateVersion7() : null });
        Assert.Equal([new AccountDestination("bob")], probe.Expect<DialCommand>().Targets);
    }

    [Theory]
    [InlineData(486, 17, ActivityOutcome.Busy)]
    [InlineData(600, 17, ActivityOutcome.Busy)]
    [InlineData(603, 21, ActivityOutcome.Rejected)]
    [InlineData(408, 18, ActivityOutcome.NoAnswer)]
    [InlineData(480, 19, ActivityOutcome.NoAnswer)]
    [InlineData(480, 18, ActivityOutcome.Unreachable)]
    [InlineData(503, 41, ActivityOutcome.Unreachable)]
    [InlineData(404, 1, ActivityOutcome.Unreachable)]
    [InlineData(482, 25, ActivityOutcome.Failed)]
    public async Task Ring_ThatNobodyAnswers_EndsByTheStatus(int status, int cause, ActivityOutcome outcome)
    {
        await using CallProbe probe = Start(Ring(RingStrategy.Simultaneous, "ann"));
        probe.CompleteDial(probe.Expect<DialCommand>(), status, cause);
        Assert.Equal((outcome, status, cause), (probe.Result!.Value.Outcome, probe.Result.Value.SipStatus, probe.Result.Value.Q850Cause));
    }

    [Fact]
    public async Task Ring_OneAfterTheOther_TellsTheBestOfWhatTheyGave()
    {
        await using CallProbe probe = Start(Ring(RingStrategy.Sequential, "ann", "bob", "cyd"));
        Assert.Equal("ann", Rung(probe, 480, 19));
        Assert.Equal("bob", Rung(probe, 486, 17));
        Assert.Equal("cyd", Rung(probe, 503, 41));
        Assert.Equal(ActivityOutcome.NoAnswer, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Ring_RoundRobin_BeginsWithTheNextOfEachCall()
    {
        RingMemory memory = new();
        List<string> first = [];
        for (int i = 0; i < 4; i++)
        {
            await using CallProbe probe = Start(Ring(RingStrategy.RoundRobin, "ann", "bob", "cyd"), services: shared => shared with { Ringing = memory });
            first.Add(Rung(probe, 480, 19));
        }

        Assert.Equal(["ann", "bob", "cyd", "ann"], first);
    }

    [Fact]
    public async Task Ring_LongestIdle_BeginsWithWhoHasTalkedLongestAgo()
    {
        RingMemory memory = new();
        List<string> first = [];
        MediaCore.Numbers.Tests.Databases.TestClock clock = new();
        for (int i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await using CallProbe probe = CallProbe.Start(ActivityCatalog.Make(Ring(RingStrategy.LongestIdle, "ann", "bob", "cyd")), configuration: TestNumbers.Configuration(), time: clock, services: shared => shared with { Ringing = memory });
            DialCommand dial = probe.Expect<DialCommand>();
            first.Add(Assert.IsType<AccountDestination>(Assert.Single(dial.Targets)).Account);
            probe.CompleteDial(dial);
            probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-1", Phase = LegPhase.Ended });
        }

        Assert.Equal(["ann", "bob", "cyd", "ann", "bob"], first);
    }

    [Fact]
    public async Task Ring_Weighted_DrawsByWeight()
    {
        var action = new RingAction { Strategy = RingStrategy.Weighted, Targets = [new RingTarget { User = "ann", Weight = 1 }, new RingTarget { User = "bob", Weight = 3 }, new RingTarget { User = "cyd", Weight = 6 }] };
        Queue<int> drawn = new([4, 0, 0]);
        await using CallProbe probe = Start(action, services: shared => shared with { Draw = _ => drawn.Dequeue() });
        Assert.Equal(["cyd", "ann", "bob"], [Rung(probe, 486, 17), Rung(probe, 486, 17), Rung(probe, 486, 17)]);
    }

    [Fact]
    public async Task Ring_All_WithOneThatTheEngineDoesNotKnow_StillRingsTheOthers()
    {
        await using CallProbe probe = Start(Ring(RingStrategy.Simultaneous, "ann", "bob"), static command => command is DialCommand { Targets.Count: 2 } ? CommandReply.Refuse(CommandStatus.NotFound, "no such account") : null);
        probe.Expect<DialCommand>();
        Assert.Equal("ann", Rung(probe, 486, 17));
        Assert.Equal("bob", Rung(probe, 486, 17));
        Assert.Equal(ActivityOutcome.Busy, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Forward_TellsTheDiversion_WithTheReasonOfWhatEndedBefore()
    {
        await using CallProbe probe = CallProbe.Start(ActivityCatalog.Make(To("+442079460000"), ActivityOutcome.NoAnswer), configuration: TestNumbers.Configuration());
        DialCommand dial = probe.Expect<DialCommand>();
        Assert.Equal(new NumberDestination("+442079460000"), Assert.Single(dial.Targets));
        Assert.Equal(new CallDiversion("+12025550100", DiversionReason.NoAnswer), Assert.Single(dial.Diversions));
        Assert.Null(dial.CallerNumber);
        probe.CompleteDial(dial, 486, 17);
        Assert.Equal(ActivityOutcome.Busy, probe.Result?.Outcome);
    }

    [Fact]
    public async Task Forward_ToANumberOfOurs_StaysWithin_AndItsRefusalIsTheForwardsEnd()
    {
        _numbers.Roots["+12025550101"] = static () => ActivityCatalog.Make(new RejectAction { Status = 486 });
        await using CallProbe probe = Start(To("+12025550101"));
        Assert.Equal(ActivityOutcome.Busy, probe.Result?.Outcome);
        _numbers.Roots["+12025550101"] = static () => ActivityCatalog.Make(Ring(RingStrategy.Simultaneous, "ann"));
        await using CallProbe rings = Start(To("+12025550101"));
        DialCommand dial = rings.Expect<DialCommand>();
        Assert.Equal(new CallDiversion("+12025550100", DiversionReason.Unconditional), Assert.Single(dial.Diversions));
    }

    [Fact]
    public async Task Forward_OfTwoNumbersToEachOther_EndsIn482_WithinFiveHops()
    {
        int hops = 0;
        _numbers.Roots["+12025550100"] = () => Hop("+12025550101");
        _numbers.Roots["+12025550101"] = () => Hop("+12025550100");
        await using CallProbe probe = Start(To("+12025550101"));
        Assert.Equal((482, 25), (probe.Result!.Value.SipStatus, probe.Result.Value.Q850Cause));
        Assert.Equal(CallDirectorLimits.MaxHops, hops);
        Assert.Equal(482, probe.Expect<RejectCommand>().SipStatus);
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal(0, probe.Load.Count("+12025550100") + probe.Load.Count("+12025550101"));

        CallActivity Hop(string next)
        {
            hops++;
            return ActivityCatalog.Make(To(next));
        }
    }

    [Fact]
    public async Task Forward_ToAnotherTenantsNumber_KeepsTheirVariablesAndTracesApart()
    {
        var other = Guid.CreateVersion7();
        _numbers.Roots["+12025550101"] = static () => new Sequence(new SetAction { Variables = new Dictionary<string, string> { ["secret"] = "{mine}theirs" } }, new TagAction { Tags = ["theirs"] });
        _numbers.Owners["+12025550101"] = other;
        List<CompletedCall> completed = [];
        await using CallProbe probe = CallProbe.Start(
            new Sequence(new SetAction { Variables = new Dictionary<string, string> { ["mine"] = "1" } }, To("+12025550101")), configuration: TestNumbers.Configuration(), services: Services, completed: completed.Add);
        Assert.False(probe.Stage.Variables.ContainsKey("secret"));
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal([other, TestNumbers.Tenant], completed.Select(static call => call.Facts.TenantId));
        Assert.Equal(("theirs", "theirs"), (completed[0].Variables["secret"], Assert.Single(completed[0].Tags)));
        Assert.Empty(completed[1].Tags);
    }

    private static RingAction Ring(RingStrategy strategy, params string[] users) => new() { Strategy = strategy, Targets = [.. users.Select(static user => new RingTarget { User = user })] };

    private static ForwardAction To(string number) => new() { To = new RingTarget { Number = number } };

    private static string Rung(CallProbe probe, int status, int cause)
    {
        DialCommand dial = probe.Expect<DialCommand>();
        probe.CompleteDial(dial, status, cause);
        return Assert.IsType<AccountDestination>(Assert.Single(dial.Targets)).Account;
    }

    private static void Answer(CallProbe probe)
    {
        AnswerCommand answer = probe.Expect<AnswerCommand>();
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-0", IsInbound = true, Phase = LegPhase.Answered });
        probe.Complete(answer);
    }

    private CallServices Services(CallServices shared) => shared with { Numbers = _numbers, Registrations = _numbers };

    private CallProbe Start(CallAction action, Func<CallCommand, CommandReply?>? refusal = null, bool isAnswered = false, Func<CallServices, CallServices>? services = null)
        => CallProbe.Start(ActivityCatalog.Make(action), configuration: TestNumbers.Configuration(), isAnswered: isAnswered, services: shared => Services(services?.Invoke(shared) ?? shared), refusal: refusal);

    /// <summary>Actions one after the other, whatever they end with.</summary>
    private sealed class Sequence(params CallAction[] actions) : CallActivity
    {
        private int _next;

        public override string Kind => "sequence";

        protected override void OnStart() => Run(ActivityCatalog.Make(actions[_next++]));

        protected override void OnChildEnded(CallActivity child, ActivityResult result)
        {
            if (_next < actions.Length)
            {
                OnStart();
            }
            else
            {
                Finish(result);
            }
        }
    }
}
