using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>An INFO or MESSAGE of ours within a call, sent because a command says so; its answer ends the command.</summary>
internal sealed class PartyRequest(BackToBackUserAgent calls, Leg leg, OpenCommand command) : IRequestOwner
{
    private readonly uint _epoch = leg.Epoch;

    /// <summary>Who is asked.</summary>
    public Leg Leg { get; } = leg;

    /// <summary>The command that wants it.</summary>
    public OpenCommand Command { get; } = command;

    /// <summary>The leg is still that of the call that it belongs to.</summary>
    public bool IsCurrent => Leg.Epoch == _epoch;

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200 && IsCurrent)
        {
            calls.OnPartyAnswered(this, response.StatusCode);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (IsCurrent)
        {
            calls.OnPartyAnswered(this, timedOut ? 408 : 503);
        }
    }

    /// <summary>Sent again with credentials, it is the next request of its dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => IsCurrent ? Leg.Dialog.NextLocalCSeq() : transaction.CSeq + 1;

    public void OnEnded(ClientTransaction transaction)
    {
        if (IsCurrent)
        {
            calls.OnCommandedRequestEnded(Leg);
        }
    }
}
