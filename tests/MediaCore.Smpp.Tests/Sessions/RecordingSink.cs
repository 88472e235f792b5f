using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;

namespace MediaCore.Smpp.Tests.Sessions;

/// <summary>Keeps what a session does.</summary>
internal sealed class RecordingSink : ISessionSink
{
    public List<SmppPdu> Sent { get; } = [];

    public List<SmppPdu> Received { get; } = [];

    public List<(uint Sequence, SmppPdu? Response)> Answers { get; } = [];

    public List<SessionState> Bounds { get; } = [];

    public BindPdu? BindRequest { get; private set; }

    public (SessionEnd End, CommandStatus Status)? Ended { get; private set; }

    public SmppPdu Last => Sent[^1];

    public void Send(SmppPdu pdu) => Sent.Add(pdu);

    public void Bound(SessionState state) => Bounds.Add(state);

    public void Binding(BindPdu bind) => BindRequest = bind;

    public void Receive(SmppPdu request) => Received.Add(request);

    public void Answered(uint sequence, SmppPdu? response) => Answers.Add((sequence, response));

    public void Close(SessionEnd end, CommandStatus status)
    {
        Assert.Null(Ended);
        Ended = (end, status);
    }
}
