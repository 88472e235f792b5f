using MediaCore.Engine.Control;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>A request of ours to a party that one of another shard has asked over a bridge; its status goes back there, once, with what it needs to be understood.</summary>
internal sealed class BridgedDelivery(BackToBackUserAgent calls, Leg leg, BridgeRequest request) : IRequestOwner
{
    private readonly uint _epoch = leg.Epoch;
    private bool _isTold;

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200)
        {
            Tell(response.StatusCode, response);
            if (response.StatusCode == 481 && IsCurrent)
            {
                calls.OnBridgedDialogGone(leg);
            }
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut) => Tell(timedOut ? 504 : 500);

    /// <summary>Sent again with credentials, it is the next request of its dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => IsCurrent ? leg.Dialog.NextLocalCSeq() : transaction.CSeq + 1;

    public void OnEnded(ClientTransaction transaction)
    {
        Tell(504);
        if (IsCurrent)
        {
            calls.OnCommandedRequestEnded(leg);
        }
    }

    private bool IsCurrent => leg.Epoch == _epoch;

    private void Tell(int status, SipMessage? response = null)
    {
        if (!_isTold)
        {
            _isTold = true;
            calls.TellBridged(request, status, IsCurrent ? leg.Trunk : null, response);
        }
    }
}
