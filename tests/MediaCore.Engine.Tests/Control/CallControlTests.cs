using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>What is refused before any shard hears of it, and shards that take nothing.</summary>
public sealed class CallControlTests : ControlTest
{
    [Theory]
    [InlineData("", null)]
    [InlineData("two words", null)]
    [InlineData("b\u00e4d", null)]
    [InlineData("id", "too long")]
    public void ACommand_WithoutAUsableIdentifier_OrWithTooLongAState_IsRefused(string id, string? state)
    {
        PeerDialog caller = Claimed();
        Refused(CommandStatus.InvalidArgument, new AnswerCommand { CommandId = id, CallId = CallId, ClientState = state is null ? null : new string('x', ControlLimits.MaxClientStateChars + 1) });
        Refused(CommandStatus.InvalidArgument, new AnswerCommand { CommandId = new string('i', ControlLimits.MaxCommandIdChars + 1), CallId = CallId });
        Refused(CommandStatus.NotFound, new AnswerCommand { CommandId = "ok", CallId = new string('c', ControlLimits.MaxCallIdChars + 1) });
        Refused(CommandStatus.NotFound, new AnswerCommand { CommandId = "ok", CallId = "ca\u00dfl" });
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void ACommand_WithMoreTargetsThanItMayHave_IsRefused_BeforeANameIsLookedUp()
    {
        DialDestination[] targets = [.. Enumerable.Range(0, ControlLimits.MaxDialTargets + 1).Select(static i => new UriDestination($"sip:bob@host{i}.example"))];
        Refused(CommandStatus.InvalidArgument, new OriginateCommand { CommandId = World.NextCommandId(), CallId = "", Controller = "c", Epoch = Epoch, Targets = targets });
        Refused(CommandStatus.InvalidArgument, new DialCommand { CommandId = World.NextCommandId(), CallId = "none", Targets = targets });
        Refused(CommandStatus.Unavailable, new OriginateCommand { CommandId = World.NextCommandId(), CallId = "", Controller = "c", Epoch = Epoch, Targets = targets[1..] });
    }

    [Fact]
    public async Task ShardsThatTakeNothing_RefuseCommands_AndListNothing()
    {
        PeerDialog caller = Claimed();
        string call = CallId;
        World.Mail.IsFull = true;
        Assert.Equal(CommandStatus.Unavailable, (await World.Control.ExecuteAsync(new HangupCommand { CommandId = "h", CallId = call })).Status);
        Assert.Null(await World.Control.GetCallAsync(call));
        Assert.Empty((await World.Control.ListCallsAsync(CallFilter.All)).Calls);
        World.Mail.IsFull = false;
        Assert.Single((await World.Control.ListCallsAsync(CallFilter.All)).Calls);
        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = call });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Playbacks_AreBounded_AndAHangupIsTakenAllTheSame()
    {
        PeerDialog caller = Answered();
        for (int i = 0; i < ControlLimits.MaxWaitingPlays + 5; i++)
        {
            CommandReply reply = Execute(i == 0
                ? new GatherCommand { CommandId = World.NextCommandId(), CallId = CallId }
                : new PlayCommand { CommandId = World.NextCommandId(), CallId = CallId, Media = [new SilenceMedia(TimeSpan.FromSeconds(1))] });
            Assert.Equal(i <= ControlLimits.MaxWaitingPlays + 1 ? CommandStatus.Accepted : CommandStatus.ResourceExhausted, reply.Status);
        }

        Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.AcceptBye();
    }
}
