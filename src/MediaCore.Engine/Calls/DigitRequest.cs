using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>An INFO of ours with a digit. The next digit waits for its answer, so that they come in order also over UDP. Made for each and dropped.</summary>
internal sealed class DigitRequest(BackToBackUserAgent calls, Leg leg) : IRequestOwner
{
    private readonly uint _epoch = leg.Epoch;
    private bool _isAnswered;

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200)
        {
            OnAnswered();
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut) => OnAnswered();

    /// <summary>Sent again with credentials, it is the next request of its dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => leg.Epoch == _epoch ? leg.Dialog.NextLocalCSeq() : transaction.CSeq + 1;

    public void OnEnded(ClientTransaction transaction)
    {
        if (leg.Epoch == _epoch)
        {
            calls.OnDigitRequestEnded(leg);
        }
    }

    /// <summary>Whatever the answer is: the digit was sent, and nobody would want it later.</summary>
    private void OnAnswered()
    {
        if (!_isAnswered && leg.Epoch == _epoch)
        {
            _isAnswered = true;
            leg.Media.Digits?.OnInfoSent();
        }
    }
}
