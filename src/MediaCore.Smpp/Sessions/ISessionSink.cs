using MediaCore.Smpp.Pdus;

namespace MediaCore.Smpp.Sessions;

/// <summary>What a session does. Called while the session takes an input; calls back into it are allowed from <see cref="Receive"/> and <see cref="Answered"/>.</summary>
public interface ISessionSink
{
    /// <summary>Sends a PDU to the peer.</summary>
    void Send(SmppPdu pdu);

    /// <summary>The session is bound. With a server: after <see cref="SmppSession.AcceptBind"/>.</summary>
    void Bound(SessionState state);

    /// <summary>Somebody wants to bind; to be answered with <see cref="SmppSession.AcceptBind"/> or <see cref="SmppSession.RefuseBind"/>, at once or later.</summary>
    void Binding(BindPdu bind);

    /// <summary>A request of the peer's that the session does not answer itself; to be answered with <see cref="SmppSession.Respond"/>.</summary>
    void Receive(SmppPdu request);

    /// <summary>How a request of ours ended.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="response">The answer; null where none came in time or the session ended before.</param>
    void Answered(uint sequence, SmppPdu? response);

    /// <summary>The session is over, and the connection to be closed once what was sent is out.</summary>
    void Close(SessionEnd end, CommandStatus status);
}
