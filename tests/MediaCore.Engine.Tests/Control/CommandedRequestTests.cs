using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>INFO and MESSAGE by command, and conferences.</summary>
public sealed class CommandedRequestTests : PartyTest
{
    [Theory]
    [InlineData(200, CommandOutcome.Completed)]
    [InlineData(469, CommandOutcome.Failed)]
    public void SendInfo_GoesToTheParty_AndItsAnswerEndsTheCommand(int status, CommandOutcome outcome)
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string sent = Do(new SendInfoCommand { CommandId = World.NextCommandId(), CallId = callId, ContentType = "application/json", Body = "{}"u8.ToArray(), Package = "x-test" });
        SipText info = Bob.Take("INFO");
        Assert.Equal(("{}", "application/json", "x-test"), (info.Body, info["Content-Type"], info["Info-Package"]));
        Assert.Null(End(sent));
        Bob.Respond(info, status);
        Assert.Equal((outcome, status), (End(sent)!.Outcome, End(sent)!.SipStatus));
        bob.HangUp();
    }

    [Fact]
    public void SendMessage_WithinACall_IsPartOfItsDialog()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string sent = Do(new SendMessageCommand { CommandId = World.NextCommandId(), CallId = callId, Body = "hello"u8.ToArray() });
        SipText message = Bob.Take("MESSAGE");
        Assert.Equal((bob.CallId, "hello"), (message.CallId, message.Body));
        bob.HangUp();
        Bob.Respond(message, 200);
        Assert.Equal(CommandOutcome.HungUp, End(sent)!.Outcome);
    }

    [Fact]
    public void SendMessage_ToASilentParty_FailsWith408()
    {
        (string callId, PeerDialog bob) = Party(Bob);
        string sent = Do(new SendMessageCommand { CommandId = World.NextCommandId(), CallId = callId, Body = "hello"u8.ToArray() });
        World.Advance(33);
        Assert.Equal((CommandOutcome.Failed, 408), (End(sent)!.Outcome, End(sent)!.SipStatus));
        Bob.TakeAll();
        bob.HangUp();
    }

    [Theory]
    [InlineData(200, CommandOutcome.Completed)]
    [InlineData(415, CommandOutcome.Failed)]
    public void SendMessage_OutsideOfCalls_GoesToATrunk(int status, CommandOutcome outcome)
    {
        string sent = Do(new SendMessageCommand { CommandId = World.NextCommandId(), Target = ToBob, CallerNumber = "+12025550100", Body = "hello"u8.ToArray() });
        SipText message = Bob.Take("MESSAGE");
        Assert.Equal("sip:+2001@203.0.113.101", message.Uri);
        Assert.Contains("<sip:+12025550100@", message["From"], StringComparison.Ordinal);
        Bob.Respond(message, status);
        CommandEnded ended = End(sent)!;
        Assert.Equal((outcome, status, "", 0L), (ended.Outcome, ended.SipStatus, ended.CallId, ended.Sequence));
    }

    [Fact]
    public void SendMessage_OutsideOfCalls_GoesToTheContactsOfAnAccount_OrFailsAtOnce()
    {
        World.Accounts.Add("carol", "secret");
        Assert.Equal(480, End(Do(new SendMessageCommand { CommandId = World.NextCommandId(), Target = new AccountDestination("carol"), Body = "hello"u8.ToArray() }))!.SipStatus);
        World.Register(Carol, "carol", "secret");
        string sent = Do(new SendMessageCommand { CommandId = World.NextCommandId(), Target = new AccountDestination("carol"), Body = "hello"u8.ToArray() });
        Carol.Respond(Carol.Take("MESSAGE"), 202);
        Assert.Equal((CommandOutcome.Completed, 202), (End(sent)!.Outcome, End(sent)!.SipStatus));
    }

    [Fact]
    public void Requests_ThatCannotBe_AreRefused()
    {
        Refused(CommandStatus.InvalidArgument, new SendMessageCommand { CommandId = World.NextCommandId(), Body = "x"u8.ToArray() });
        Refused(CommandStatus.InvalidArgument, new SendMessageCommand { CommandId = World.NextCommandId(), Target = ToBob, Body = new byte[1_301] });
        Refused(CommandStatus.InvalidArgument, new SendMessageCommand { CommandId = World.NextCommandId(), Target = ToBob, ContentType = "text/plain\r\nEvil: 1" });
        string callId = Originate(ToBob).CallId;
        PeerDialog bob = PeerDialog.Answering(Bob);
        Refused(CommandStatus.FailedPrecondition, new SendInfoCommand { CommandId = World.NextCommandId(), CallId = callId });
        Refused(CommandStatus.InvalidArgument, new SendInfoCommand { CommandId = World.NextCommandId(), CallId = callId, Package = "a b" });
        bob.Respond(486);
        Bob.Take("ACK");
        Bob.TakeNothing();
    }

    [Fact]
    public async Task Conference_IsJoined_MutedListedAndLeft_ByCommand()
    {
        World.ShardCount = 2;
        (string first, PeerDialog bob) = Party(Bob);
        (string second, PeerDialog carol) = Party(Carol, 51000);
        Refused(CommandStatus.InvalidArgument, new ConferenceJoinCommand { CommandId = World.NextCommandId(), CallId = first, Room = "bridge:1" });
        Refused(CommandStatus.FailedPrecondition, new ConferenceLeaveCommand { CommandId = World.NextCommandId(), CallId = first });
        Do(new ConferenceJoinCommand { CommandId = World.NextCommandId(), CallId = first, Room = "team" });
        Do(new ConferenceJoinCommand { CommandId = World.NextCommandId(), CallId = second, Room = "team", Role = ConferenceRole.Listener });
        Assert.Equal(2, World.Rooms.Find("team")!.Members);
        Refused(CommandStatus.FailedPrecondition, new ConferenceJoinCommand { CommandId = World.NextCommandId(), CallId = first, Room = "team" });
        Do(new ConferenceMuteCommand { CommandId = World.NextCommandId(), CallId = second, Direction = MuteDirection.Both, Role = ConferenceRole.Member, Gain = 2 });
        Refused(CommandStatus.InvalidArgument, new ConferenceMuteCommand { CommandId = World.NextCommandId(), CallId = second, Gain = float.NaN });
        ConferenceMemberSnapshot[] members = [new(first, first + "-1", ConferenceRole.Member, IsMuted: false, IsDeaf: false, Gain: 1), new(second, second + "-1", ConferenceRole.Member, IsMuted: true, IsDeaf: true, Gain: 2)];
        Assert.Equal(members.OrderBy(static m => m.LegId, StringComparer.Ordinal), await World.Control.ListConferenceAsync("team"));
        Assert.Empty(await World.Control.ListConferenceAsync("nobody"));
        Do(new ConferenceLeaveCommand { CommandId = World.NextCommandId(), CallId = first });
        Assert.Equal([true, true, false], World.EventsOf<ConferenceChanged>().Select(static e => e.IsIn));
        Assert.Equal([1, 2, 1], World.EventsOf<ConferenceChanged>().Select(static e => e.Members));
        carol.HangUp();
        Assert.Equal(0, World.Rooms.Members);
        bob.HangUp();
        Assert.All(World.Records, static record => Assert.Equal("team", record.Conference));
    }
}
