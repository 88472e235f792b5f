using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>A REFER of a party whose call has a controller, or that the control plane is asked about, until that one decides or the time for it is over. It is answered then; meanwhile its repetitions are absorbed by its transaction.</summary>
internal sealed class TransferRequest : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public TransferRequest(BackToBackUserAgent calls, Leg leg, ServerTransaction transaction, byte[] message, in Flow flow)
    {
        _calls = calls;
        Leg = leg;
        Transaction = transaction;
        Message = message;
        Flow = flow;
        Limit = new OwnedTimer(this);
    }

    /// <summary>Who wants to transfer.</summary>
    public Leg Leg { get; }

    /// <summary>Its transaction.</summary>
    public ServerTransaction Transaction { get; }

    /// <summary>The REFER as it came.</summary>
    public byte[] Message { get; }

    /// <summary>Where it came from.</summary>
    public Flow Flow { get; }

    /// <summary>The control plane is asked; null where a controller is.</summary>
    public IDisposable? Asked { get; set; }

    /// <summary>When the policy decides.</summary>
    public OwnedTimer Limit { get; }

    public void OnTimer(OwnedTimer timer) => _calls.OnTransferUndecided(this);
}
