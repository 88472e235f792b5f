using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The implicit subscription of a REFER (RFC 3515 §2.4): by it the transferring party is told how far the transfer is. One NOTIFY at a time, each status once and none backwards; only the end is never left out, and ends it.
/// </summary>
internal sealed class ReferSubscription(BackToBackUserAgent calls, Call call, Leg referrer, uint eventId) : IRequestOwner
{
    private bool _isWanted = true;
    private bool _isUnderWay;
    private int _waiting;
    private int _told;

    /// <summary>The call that it holds while a NOTIFY is under way.</summary>
    public Call Call => call;

    /// <summary>Who is told.</summary>
    public Leg Referrer => referrer;

    /// <summary>CSeq of the REFER: the id of the subscription (§2.4.6).</summary>
    public uint EventId => eventId;

    /// <summary>Tells a status, now or when the NOTIFY under way is answered.</summary>
    public void Tell(int status)
    {
        bool isFinal = status >= 200;
        if (!_isWanted || (!isFinal && status <= _told))
        {
            return;
        }

        if (_isUnderWay && !isFinal)
        {
            _waiting = status;
            return;
        }

        _waiting = 0;
        _told = status;
        bool wasUnderWay = _isUnderWay;
        _isUnderWay = true;
        if (calls.TryNotify(this, status))
        {
            _isWanted &= !isFinal;
        }
        else
        {
            _isUnderWay = wasUnderWay;
        }
    }

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 300)
        {
            // Whoever does not know the subscription does not want it (RFC 6665 §4.2.2).
            _isWanted = false;
        }

        if (response.StatusCode >= 200)
        {
            _isUnderWay = false;
            if (_waiting != 0)
            {
                Tell(_waiting);
            }
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut) => _isWanted = false;

    /// <summary>A NOTIFY sent again with credentials is the next request of the transferring party's dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => referrer.Dialog.NextLocalCSeq();

    public void OnEnded(ClientTransaction transaction) => calls.OnNotifyEnded(this);
}
