using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Recordings;

/// <summary>A number or tenant whose calls are all recorded.</summary>
public sealed class RecordedNumberCallTests
{
    private static readonly CallFacts s_facts = new() { CallId = CallProbe.CallId, TenantId = Guid.Empty, Number = "+12025550100", IsRecorded = true };

    [Fact]
    public async Task Recording_BeginsWithTheAnswer_AndAPlansOwnActionFindsItThere()
    {
        await using CallProbe probe = CallProbe.Start(new Steps(new AnswerCommand { CommandId = "" }, new RecordActivity(new RecordAction { On = true })), s_facts);
        AnswerCommand answer = probe.Expect<AnswerCommand>();
        probe.Tell(new LegChanged { IsInbound = true, LegId = CallProbe.CallId + "-0", Phase = LegPhase.Answered });
        probe.Complete(answer);
        probe.Expect<RecordStartCommand>();
        probe.Tell(Changed(RecordingStage.Started));
        probe.Tell(new DigitReceived { Digit = '1' });
        Assert.Equal(ActivityOutcome.Completed, probe.Result!.Value.Outcome);
        Assert.IsNotType<RecordStartCommand>(probe.Next());
    }

    [Fact]
    public async Task Message_EndsTheCallsRecording_BeforeItIsRecordedItself()
    {
        await using CallProbe probe = CallProbe.Start(new Steps(null, new Messaging()), s_facts, isAnswered: true);
        probe.Expect<RecordStartCommand>();
        probe.Tell(Changed(RecordingStage.Started));
        probe.Tell(new DigitReceived { Digit = '1' });
        probe.Expect<RecordStopCommand>();
        probe.Expect<RecordStartCommand>();
    }

    [Fact]
    public async Task RecordingThatCannotBegin_DoesNotEndTheCall()
    {
        await using CallProbe probe = CallProbe.Start(
            new Steps(null, new TagActivity(new TagAction { Tags = ["vip"] })), s_facts, isAnswered: true, refusal: static command => command is RecordStartCommand ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "no folder") : null);
        probe.Expect<RecordStartCommand>();
        probe.Tell(new DigitReceived { Digit = '1' });
        Assert.Equal(ActivityOutcome.Completed, probe.Result!.Value.Outcome);
    }

    private static RecordingChanged Changed(RecordingStage stage) => new() { Stage = stage, Recording = new RecordingInfo { CallId = CallProbe.CallId, File = "a.wav" } };

    /// <summary>A command first, and at a digit an activity.</summary>
    private sealed class Steps(CallCommand? first, CallActivity then) : CallActivity
    {
        public override string Kind => "test";

        protected override void OnStart()
        {
            if (first is not null)
            {
                Send(first);
            }
        }

        protected override void OnEvent(CallEvent callEvent)
        {
            if (callEvent is DigitReceived)
            {
                Run(then);
            }
        }

        protected override void OnChildEnded(CallActivity child, ActivityResult result) => Finish(result);
    }

    private sealed class Messaging : CallActivity
    {
        public override string Kind => "test";

        internal override bool KeepsRecordings => true;

        protected override void OnStart() => Send(new RecordStartCommand { CommandId = "" });
    }
}
