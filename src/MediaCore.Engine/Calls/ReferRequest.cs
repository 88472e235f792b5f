using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>A REFER of ours (RFC 3515): a party is asked to call somebody else, and tells by NOTIFY how far it is. Made when a command asks for it.</summary>
internal sealed class ReferRequest : IRequestOwner, ITimerOwner
{
    private readonly BackToBackUserAgent _calls;
    private readonly uint _epoch;

    public ReferRequest(BackToBackUserAgent calls, Leg leg, OpenCommand command)
    {
        _calls = calls;
        Leg = leg;
        _epoch = leg.Epoch;
        Command = command;
        Limit = new OwnedTimer(this);
    }

    /// <summary>Who is asked.</summary>
    public Leg Leg { get; }

    /// <summary>The command that wants it.</summary>
    public OpenCommand Command { get; }

    /// <summary>When its end is no longer waited for.</summary>
    public OwnedTimer Limit { get; }

    /// <summary>The leg is still that of the call that it belongs to.</summary>
    public bool IsCurrent => Leg.Epoch == _epoch;

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200 && IsCurrent)
        {
            _calls.OnReferAnswered(this, response);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (IsCurrent)
        {
            _calls.EndRefer(this, timedOut ? 408 : 503);
        }
    }

    /// <summary>Sent again with credentials, it is the next request of its dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => IsCurrent ? Leg.Dialog.NextLocalCSeq() : transaction.CSeq + 1;

    public void OnEnded(ClientTransaction transaction)
    {
        if (IsCurrent)
        {
            _calls.OnCommandedRequestEnded(Leg);
        }
    }

    public void OnTimer(OwnedTimer timer)
    {
        if (IsCurrent)
        {
            _calls.EndRefer(this, 408);
        }
    }
}
