using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Tests.Calls;

public sealed class CallDirectorTests
{
    [Fact]
    public async Task Activity_IsLedByEvents_AndItsEndEndsTheCall()
    {
        var activity = new Talker();
        await using CallProbe probe = CallProbe.Start(activity);
        AnswerCommand answer = probe.Expect<AnswerCommand>();
        Assert.Equal((CallProbe.CallId, 1L), (answer.CallId, answer.Epoch));
        probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-0", IsInbound = true, Phase = LegPhase.Answered });
        Assert.True(probe.Stage.IsAnswered);
        probe.Complete(answer);
        SayCommand say = probe.Expect<SayCommand>();
        probe.CompletePlay(say);
        Assert.Equal(ActivityOutcome.Completed, probe.Result?.Outcome);
        probe.Expect<HangupCommand>();
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal(ActivityOutcome.Completed, probe.Completed?.Result?.Outcome);
        Assert.Contains(probe.Completed!.Trace, static line => line is { Kind: "talker", Text: "said it" });
    }

    [Fact]
    public async Task Call_NotAnswered_IsRefusedWithTheResultsStatus()
    {
        await using CallProbe probe = CallProbe.Start(new Ends(new ActivityResult(ActivityOutcome.Busy, SipStatus: 486, Q850Cause: 17)));
        Assert.Equal(486, probe.Expect<RejectCommand>().SipStatus);
    }

    [Fact]
    public async Task Timer_SetAnew_IsDueOnce_AndNotAfterItsActivity()
    {
        var activity = new Waiter();
        await using CallProbe probe = CallProbe.Start(activity);
        probe.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, activity.Fired);
        probe.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, activity.Fired);
        probe.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, activity.Fired);
        probe.Tell(new CallEnded { Record = null! });
        Assert.True(activity.IsStopped);
        probe.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, activity.Fired);
    }

    [Fact]
    public async Task Refusal_EndsTheActivity_WithTheReason()
    {
        var activity = new Talker();
        await using CallProbe probe = CallProbe.Start(activity);
        probe.Complete(probe.Expect<AnswerCommand>());
        probe.Control.Refusal = static command => command is SayCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "no") : null;
        Assert.Null(probe.Result);
        await using CallProbe refused = CallProbe.Start(new Talker());
        refused.Control.Refusal = probe.Control.Refusal;
        refused.Complete(refused.Expect<AnswerCommand>());
        refused.Expect<SayCommand>();
        refused.Pump();
        Assert.Equal(new ActivityResult(ActivityOutcome.Failed, "SayCommand: no"), refused.Result);
    }

    [Fact]
    public async Task Activities_WithinEachOther_AreStoppedFromTheInside_AndBounded()
    {
        var nested = new Nested(null);
        await using CallProbe probe = CallProbe.Start(nested);
        Assert.Equal(CallDirectorLimits.MaxDepth, probe.Stage.Activities.Count);
        Assert.Equal(ActivityOutcome.Failed, nested.Deepest.ChildResult?.Outcome);
        probe.Tell(new CallEnded { Record = null! });
        Assert.Equal(CallDirectorLimits.MaxDepth - 1, nested.Stops.Count);
        Assert.Same(nested, nested.Stops[^1]);
    }

    [Fact]
    public async Task Ask_GoesOnWithTheAnswer_OnTheCallsThread_AndNotAfterTheEnd()
    {
        var asker = new Asker();
        await using CallProbe probe = CallProbe.Start(asker);
        asker.Source.SetResult(7);
        await probe.PumpUntilAsync(() => asker.Got is not null);
        Assert.Equal(7, asker.Got!.Value.Value);
    }

    [Fact]
    public async Task Defect_GivesTheCallBack_ToTheRestOfItsPlan()
    {
        await using CallProbe probe = CallProbe.Start(new Faulty());
        Assert.Equal(ReleasePolicy.NextStep, probe.Expect<ReleaseCommand>().Policy);
        Assert.NotNull(probe.Completed);
    }

    [Fact]
    public async Task Defect_InTheEndItself_KeepsNoOtherActivityFromItsEnd()
    {
        var outer = new FaultyAtTheEnd(new FaultyAtTheEnd(null));
        await using CallProbe probe = CallProbe.Start(outer);
        probe.Tell(new CallEnded { Record = null! });
        Assert.True(outer.IsStopped);
        Assert.NotNull(probe.Completed);
    }

    [Fact]
    public async Task Message_OnALine_ComesToItsActivity_WhileItGoesOn()
    {
        var activity = new Listener();
        await using CallProbe probe = CallProbe.Start(activity);
        Assert.True(activity.Line!.Post("hello"));
        probe.Pump();
        Assert.Equal("hello", activity.Heard);
        probe.Tell(new CallEnded { Record = null! });
        Assert.False(activity.Line.Post("again"));
    }

    private sealed class Talker : CallActivity
    {
        private string _say = "";

        public override string Kind => "talker";

        protected override void OnStart() => Send(new AnswerCommand { CommandId = "" });

        protected override void OnEvent(CallEvent callEvent)
        {
            if (callEvent is PlaybackEnded ended && ended.CommandId == _say)
            {
                Trace("said it");
                Finish(new ActivityResult(ActivityOutcome.Completed));
            }
            else if (callEvent is CommandEnded)
            {
                _say = Send(new SayCommand { CommandId = "", Text = "hello" });
            }
        }
    }

    private sealed class Ends(ActivityResult result) : CallActivity
    {
        public override string Kind => "ends";

        protected override void OnStart() => Finish(result);
    }

    private sealed class Waiter : CallActivity
    {
        public int Fired { get; private set; }

        public bool IsStopped { get; private set; }

        public override string Kind => "waiter";

        protected override void OnStart()
        {
            SetTimer("t", TimeSpan.FromSeconds(5));
            SetTimer("t", TimeSpan.FromSeconds(10));
        }

        protected override void OnTimer(string name)
        {
            Fired++;
            SetTimer("late", TimeSpan.FromMinutes(90));
        }

        protected override void OnStopped() => IsStopped = true;
    }

    private sealed class Nested(Nested? parent) : CallActivity
    {
        private Nested? _child;

        public List<CallActivity> Stops { get; } = parent?.Stops ?? [];

        public ActivityResult? ChildResult { get; private set; }

        public Nested Deepest => _child is { ChildResult: not null } or { _child: not null } ? _child.Deepest : this;

        public override string Kind => "nested";

        protected override void OnStart()
        {
            _child = new Nested(this);
            Run(_child);
        }

        protected override void OnChildEnded(CallActivity child, ActivityResult result) => ChildResult = result;

        protected override void OnStopped() => Stops.Add(this);
    }

    private sealed class Asker : CallActivity
    {
        public TaskCompletionSource<int> Source { get; } = new();

        public Answer<int>? Got { get; private set; }

        public override string Kind => "asker";

        protected override void OnStart() => Ask(_ => Source.Task, answer => Got = answer);
    }

    private sealed class Faulty : CallActivity
    {
        public override string Kind => "faulty";

        protected override void OnStart() => throw new InvalidOperationException("A defect.");
    }

    private sealed class FaultyAtTheEnd(CallActivity? child) : CallActivity
    {
        public bool IsStopped { get; private set; }

        public override string Kind => "faulty";

        protected override void OnStart()
        {
            if (child is not null)
            {
                Run(child);
            }
        }

        protected override void OnStopped()
        {
            IsStopped = true;
            throw new InvalidOperationException("A defect.");
        }
    }

    private sealed class Listener : CallActivity
    {
        public ICallLine? Line { get; private set; }

        public string? Heard { get; private set; }

        public override string Kind => "listener";

        protected override void OnStart() => Line = OpenLine();

        protected override void OnMessage(object message) => Heard = (string)message;
    }
}
