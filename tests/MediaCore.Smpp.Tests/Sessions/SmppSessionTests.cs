using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;

namespace MediaCore.Smpp.Tests.Sessions;

public sealed class SmppSessionTests
{
    private static readonly SmppAddress A = new("1");
    private static readonly SessionOptions Options = new() { Window = 2, PeerWindow = 2 };
    private readonly ManualTime _time = new();
    private readonly RecordingSink _sink = new();

    [Theory]
    [InlineData(CommandId.BindTransmitter, SessionState.BoundTransmitter, true)]
    [InlineData(CommandId.BindReceiver, SessionState.BoundReceiver, false)]
    [InlineData(CommandId.BindTransceiver, SessionState.BoundTransceiver, true)]
    public void Program_Binds_AndMaySendAsItIsBound(CommandId bind, SessionState state, bool maySend)
    {
        SmppSession session = BoundProgram(bind);
        Assert.Equal([state], _sink.Bounds);
        Assert.Equal(maySend, session.CanSend);
        session.HandlePdu(Deliver(1));
        Assert.Equal(bind != CommandId.BindTransmitter, _sink.Received.Count == 1);
        Assert.True(bind != CommandId.BindTransmitter || _sink.Last is { Command: CommandId.DeliverSmResponse, Status: CommandStatus.InvalidBindStatus });
    }

    [Theory]
    [InlineData(CommandId.BindTransmitter, false, true)]
    [InlineData(CommandId.BindReceiver, true, false)]
    [InlineData(CommandId.BindTransceiver, true, true)]
    public void Centre_SendsAndTakesAsItIsBound(CommandId bind, bool maySend, bool mayReceive)
    {
        SmppSession session = BoundCentre(bind);
        Assert.Equal(maySend, session.CanSend);
        session.HandlePdu(Submit(9));
        Assert.Equal(mayReceive, _sink.Received.Count == 1);
        Assert.True(mayReceive || _sink.Last is { Command: CommandId.SubmitSmResponse, Status: CommandStatus.InvalidBindStatus, Sequence: 9 });
    }

    [Fact]
    public void BindThatIsRefused_EndsTheSession_WithTheStatus()
    {
        var session = new SmppSession(false, Options, _sink, _time);
        session.Bind(new BindPdu(CommandId.BindTransceiver, "a", "b"));
        session.HandlePdu(new BindResponsePdu(CommandId.BindTransceiverResponse, "") { Sequence = 1, Status = CommandStatus.InvalidPassword });
        Assert.Equal((SessionEnd.Refused, CommandStatus.InvalidPassword), _sink.Ended);
    }

    [Fact]
    public void BindThatIsNotAnswered_EndsTheSession_AtItsTime()
    {
        var session = new SmppSession(false, Options, _sink, _time);
        session.Bind(new BindPdu(CommandId.BindTransceiver, "a", "b"));
        _time.Advance(session.UntilDeadline!.Value - TimeSpan.FromTicks(1));
        session.HandleDeadline();
        Assert.Null(_sink.Ended);
        _time.Advance(TimeSpan.FromTicks(1));
        session.HandleDeadline();
        Assert.Equal(SessionEnd.Silent, _sink.Ended?.End);
        Assert.Null(session.UntilDeadline);
    }

    [Fact]
    public void WhoConnectsAndDoesNotBind_IsPutOut()
    {
        var session = new SmppSession(true, Options, _sink, _time);
        Assert.Equal(SmppLimits.BindTime, session.UntilDeadline);
        _time.Advance(SmppLimits.BindTime);
        session.HandleDeadline();
        Assert.Equal(SessionEnd.NotBound, _sink.Ended?.End);
    }

    [Fact]
    public void BindWithAWrongPassword_IsAnswered_AndTheSessionEnds()
    {
        var session = new SmppSession(true, Options, _sink, _time);
        session.HandlePdu(new BindPdu(CommandId.BindTransmitter, "a", "wrong") { Sequence = 3 });
        Assert.Equal("wrong", _sink.BindRequest?.Password);
        session.RefuseBind(CommandStatus.InvalidPassword);
        Assert.True(_sink.Last is { Command: CommandId.BindTransmitterResponse, Status: CommandStatus.InvalidPassword, Sequence: 3 });
        Assert.Equal((SessionEnd.Refused, CommandStatus.InvalidPassword), _sink.Ended);
    }

    [Fact]
    public void SecondBind_IsAlreadyBound_AndBeforeTheBindNothingIsTaken()
    {
        var session = new SmppSession(true, Options, _sink, _time);
        session.HandlePdu(Submit(1));
        Assert.Equal(CommandStatus.InvalidBindStatus, _sink.Last.Status);
        session.HandlePdu(new BindPdu(CommandId.BindTransceiver, "a", "b") { Sequence = 2 });
        session.AcceptBind("centre");
        Assert.Equal(0x34u, _sink.Last.Find(SmppTag.ScInterfaceVersion)?.Number);
        session.HandlePdu(new BindPdu(CommandId.BindReceiver, "a", "b") { Sequence = 3 });
        Assert.True(_sink.Last is { Command: CommandId.BindReceiverResponse, Status: CommandStatus.AlreadyBound, Sequence: 3 });
        Assert.Equal(SessionState.BoundTransceiver, session.State);
    }

    [Fact]
    public void Window_IsNotPassed_AndEachAnswerMakesRoom()
    {
        SmppSession session = BoundProgram(CommandId.BindTransceiver);
        uint first = session.Request(Submit(0));
        uint second = session.Request(Submit(0));
        Assert.NotEqual(first, second);
        Assert.False(session.CanSend);
        Assert.Throws<InvalidOperationException>(() => session.Request(Submit(0)));
        session.HandlePdu(new MessageResponsePdu(CommandId.SubmitSmResponse, "id") { Sequence = second });
        Assert.True(session.CanSend);
        Assert.Equal((second, "id"), (_sink.Answers[0].Sequence, ((MessageResponsePdu)_sink.Answers[0].Response!).MessageId));

        // Once more the same answer, an answer of another kind, and one to nothing.
        session.HandlePdu(new MessageResponsePdu(CommandId.SubmitSmResponse, "id") { Sequence = second });
        session.HandlePdu(new MessageResponsePdu(CommandId.DataSmResponse, "id") { Sequence = first });
        session.HandlePdu(new PlainPdu(CommandId.EnquireLinkResponse) { Sequence = 4711 });
        Assert.Single(_sink.Answers);
        session.HandlePdu(new PlainPdu(CommandId.GenericNack) { Sequence = first, Status = CommandStatus.InvalidCommandId });
        Assert.Equal(CommandStatus.InvalidCommandId, _sink.Answers[1].Response?.Status);
        Assert.Equal(0, session.Outstanding);
    }

    [Fact]
    public void RequestWithoutAnAnswer_IsGivenUp_AndManyEndTheSession()
    {
        SmppSession session = BoundProgram(CommandId.BindTransceiver);
        session.Request(Submit(0));
        _time.Advance(SmppLimits.ResponseTime);
        session.HandleDeadline();
        Assert.Equal((2u, null), _sink.Answers[0]);
        Assert.Null(_sink.Ended);
        session.Request(Submit(0));
        _time.Advance(SmppLimits.ResponseTime);
        session.HandleDeadline();
        Assert.Equal(SessionEnd.Silent, _sink.Ended?.End);
    }

    [Fact]
    public void SilentPeer_IsAsked_AndWithoutAnAnswerTheSessionEnds()
    {
        SmppSession session = BoundProgram(CommandId.BindTransceiver);
        _time.Advance(SmppLimits.EnquireLinkInterval - TimeSpan.FromSeconds(1));
        session.HandlePdu(new PlainPdu(CommandId.EnquireLink) { Sequence = 5 });
        Assert.True(_sink.Last is { Command: CommandId.EnquireLinkResponse, Sequence: 5 });
        Assert.Equal(SmppLimits.EnquireLinkInterval, session.UntilDeadline);
        _time.Advance(SmppLimits.EnquireLinkInterval);
        session.HandleDeadline();
        Assert.Equal(CommandId.EnquireLink, _sink.Last.Command);
        Assert.Equal(SmppLimits.ResponseTime, session.UntilDeadline);
        session.HandlePdu(new PlainPdu(CommandId.EnquireLinkResponse) { Sequence = _sink.Last.Sequence });
        _time.Advance(SmppLimits.EnquireLinkInterval);
        session.HandleDeadline();
        Assert.Null(_sink.Ended);
        _time.Advance(SmppLimits.ResponseTime);
        session.HandleDeadline();
        Assert.Equal(SessionEnd.Silent, _sink.Ended?.End);
    }

    [Fact]
    public void Unbind_OfEitherSide_EndsPolitely()
    {
        SmppSession session = BoundProgram(CommandId.BindTransceiver);
        session.Request(Submit(0));
        session.Unbind();
        Assert.Equal(CommandId.Unbind, _sink.Last.Command);
        Assert.False(session.CanSend);
        session.HandlePdu(new PlainPdu(CommandId.UnbindResponse) { Sequence = _sink.Last.Sequence });
        Assert.Equal(SessionEnd.Unbound, _sink.Ended?.End);
        Assert.Null(Assert.Single(_sink.Answers).Response);

        var other = new RecordingSink();
        var centre = new SmppSession(true, Options, other, _time);
        centre.HandlePdu(new PlainPdu(CommandId.Unbind) { Sequence = 8 });
        Assert.True(other.Last is { Command: CommandId.UnbindResponse, Sequence: 8 });
        Assert.Equal(SessionEnd.Unbound, other.Ended?.End);
    }

    [Fact]
    public void PeerThatAsksMoreThanItsWindow_IsThrottled_AndEachIsAnsweredOnce()
    {
        SmppSession session = BoundCentre(CommandId.BindTransceiver);
        for (uint i = 1; i <= 3; i++)
        {
            session.HandlePdu(Submit(i));
        }

        Assert.Equal(2, _sink.Received.Count);
        Assert.True(_sink.Last is { Command: CommandId.SubmitSmResponse, Status: CommandStatus.Throttled, Sequence: 3 });
        int sent = _sink.Sent.Count;
        session.Respond(_sink.Received[0], new MessageResponsePdu(CommandId.SubmitSmResponse, "x"));
        session.Respond(_sink.Received[0], new MessageResponsePdu(CommandId.SubmitSmResponse, "x"));
        Assert.Equal(sent + 1, _sink.Sent.Count);
        session.HandlePdu(Submit(2));
        Assert.Equal(CommandStatus.SystemError, _sink.Last.Status);
        session.HandlePdu(Submit(4));
        Assert.Equal(3, _sink.Received.Count);
    }

    [Fact]
    public void WhatCannotBeRead_IsAnswered()
    {
        SmppSession session = BoundCentre(CommandId.BindTransceiver);
        session.HandleProblem(new PduProblem((CommandId)0xFF, 5, CommandStatus.InvalidCommandId));
        Assert.True(_sink.Last is { Command: CommandId.GenericNack, Status: CommandStatus.InvalidCommandId, Sequence: 5 });
        session.HandleProblem(new PduProblem(CommandId.SubmitSm, 6, CommandStatus.InvalidMessageLength));
        Assert.True(_sink.Last is { Command: CommandId.SubmitSmResponse, Status: CommandStatus.InvalidMessageLength, Sequence: 6 });
        session.HandlePdu(new SubmitMultiPdu { Sequence = 7 });
        Assert.True(_sink.Last is { Command: CommandId.SubmitMultiResponse, Status: CommandStatus.InvalidCommandId, Sequence: 7 });
        session.HandlePdu(Deliver(8));
        Assert.True(_sink.Last is { Command: CommandId.DeliverSmResponse, Status: CommandStatus.InvalidCommandId });
        int sent = _sink.Sent.Count;
        session.HandlePdu(new AlertNotificationPdu(A, A) { Sequence = 9 });
        session.HandlePdu(new OutbindPdu("x", "y") { Sequence = 10 });
        Assert.Equal(sent, _sink.Sent.Count);
        session.HandleMalformed();
        Assert.True(_sink.Last is { Command: CommandId.GenericNack, Status: CommandStatus.InvalidCommandLength, Sequence: 0 });
        Assert.Equal(SessionEnd.Malformed, _sink.Ended?.End);
        session.HandlePdu(Submit(11));
        Assert.Empty(_sink.Received);
    }

    [Fact]
    public void ReconnectDelay_Doubles_ToItsMost_AndIsLongAfterARefusal()
    {
        var delay = new ReconnectDelay();
        double[] seconds = [.. Enumerable.Range(0, 9).Select(_ => delay.Next(false).TotalSeconds)];
        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        Assert.All(seconds.Zip(expected), pair => Assert.InRange(pair.First, pair.Second * 0.8, pair.Second * 1.2));
        delay.Reset();
        Assert.InRange(delay.Next(false).TotalSeconds, 0.8, 1.2);
        Assert.InRange(delay.Next(true).TotalSeconds, 48, 72);
    }

    [Fact]
    public void SendPace_KeepsTheRate_AndPausesLongerEachTimeThePeerThrottles()
    {
        var pace = new SendPace(2, _time);
        Assert.Equal(TimeSpan.Zero, pace.TryTake());
        Assert.Equal(TimeSpan.FromSeconds(0.5), pace.TryTake());
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, pace.TryTake());
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Throttle());
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Throttle());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pace.TryTake());
        Assert.Equal(TimeSpan.FromSeconds(2), pace.Throttle());
        Assert.Equal(TimeSpan.FromSeconds(2), pace.TryTake());
        pace.Accept();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SmppLimits.MinThrottlePause, pace.Throttle());
    }

    private static ShortMessagePdu Submit(uint sequence) => new(CommandId.SubmitSm, A, A) { Sequence = sequence };

    private static ShortMessagePdu Deliver(uint sequence) => new(CommandId.DeliverSm, A, A) { Sequence = sequence };

    private SmppSession BoundProgram(CommandId bind)
    {
        var session = new SmppSession(false, Options, _sink, _time);
        session.Bind(new BindPdu(bind, "a", "b"));
        session.HandlePdu(new BindResponsePdu(SmppPdu.ResponseOf(bind), "centre") { Sequence = 1 });
        return session;
    }

    private SmppSession BoundCentre(CommandId bind)
    {
        var session = new SmppSession(true, Options, _sink, _time);
        session.HandlePdu(new BindPdu(bind, "a", "b") { Sequence = 1 });
        session.AcceptBind("centre");
        return session;
    }
}
