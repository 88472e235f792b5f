using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A request that passes through a call: what one party asked, and the request of ours that asks the other. Made when one comes and dropped when it is
/// answered, so calls without such requests pay nothing for it.
/// </summary>
internal sealed class RelayedRequest : IRequestOwner, ITimerOwner
{
    private readonly BackToBackUserAgent _calls;
    private readonly uint _fromEpoch;
    private readonly uint _toEpoch;

    public RelayedRequest(BackToBackUserAgent calls, Leg from, Leg to, ServerTransaction asked, SipMethod method)
    {
        _calls = calls;
        From = from;
        To = to;
        _fromEpoch = from.Epoch;
        _toEpoch = to.Epoch;
        Asked = asked;
        Method = method;
        Deadline = new OwnedTimer(this);
    }

    /// <summary>Who asked.</summary>
    public Leg From { get; }

    /// <summary>What is asked.</summary>
    public SipMethod Method { get; }

    /// <summary>Who is asked.</summary>
    public Leg To { get; }

    /// <summary>The asking party's transaction; null once it is answered.</summary>
    public ServerTransaction? Asked { get; set; }

    /// <summary>When the asking party is answered without the other's answer.</summary>
    public OwnedTimer Deadline { get; }

    /// <summary>Both legs are still those of the call that it belongs to.</summary>
    public bool IsCurrent => From.Epoch == _fromEpoch && To.Epoch == _toEpoch;

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200)
        {
            _calls.OnRelayAnswered(this, response, response.StatusCode);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut) => _calls.OnRelayAnswered(this, null, timedOut ? 504 : 500);

    /// <summary>Sent again with credentials, it is the next request of its dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => IsCurrent ? To.Dialog.NextLocalCSeq() : transaction.CSeq + 1;

    public void OnEnded(ClientTransaction transaction) => _calls.OnRelayEnded(this);

    public void OnTimer(OwnedTimer timer) => _calls.OnRelayAnswered(this, null, 504);
}
