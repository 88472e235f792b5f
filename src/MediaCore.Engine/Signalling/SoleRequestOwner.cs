using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>An owner that has one request under way at the most.</summary>
internal abstract class SoleRequestOwner : IRequestOwner
{
    /// <summary>The transaction of that request; null while none is under way, or when its outcome no longer matters.</summary>
    protected ClientTransaction? Pending { get; set; }

    /// <inheritdoc/>
    public abstract void OnResponse(ClientTransaction transaction, SipMessage response);

    /// <inheritdoc/>
    public abstract void OnFailure(ClientTransaction transaction, bool timedOut);

    /// <inheritdoc/>
    public void OnEnded(ClientTransaction transaction)
    {
        if (ReferenceEquals(transaction, Pending))
        {
            Pending = null;
        }
    }

    /// <inheritdoc/>
    public virtual void OnRepeated(ClientTransaction transaction, ClientTransaction repetition)
    {
        if (ReferenceEquals(transaction, Pending))
        {
            Pending = repetition;
        }
    }
}
