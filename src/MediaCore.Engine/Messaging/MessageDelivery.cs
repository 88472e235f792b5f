using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Messaging;

/// <summary>
/// One MESSAGE on its way: what is sent on of it, how far its plan has been followed, and who has not answered. Dropped with the last transaction of its
/// own; nothing of it is kept for later.
/// </summary>
internal sealed class MessageDelivery : IRequestOwner, ITimerOwner
{
    private readonly MessageCore _core;

    public MessageDelivery(MessageCore core, ServerTransaction? asked, RoutePlan plan)
    {
        _core = core;
        Asked = asked;
        Plan = plan;
        Deadline = new OwnedTimer(this);
        Attempt = new OwnedTimer(this);
    }

    /// <summary>The sender's transaction; null once it is answered, and where the sender is no peer.</summary>
    public ServerTransaction? Asked { get; set; }

    /// <summary>The sender, where it is no peer; null once it was told.</summary>
    public IMessageSender? Sends { get; set; }

    /// <summary>Whether the sender waits.</summary>
    public bool IsOpen => Asked is not null || Sends is not null;

    /// <summary>Whose place among the messages under way it takes.</summary>
    public MessageSender From { get; set; }

    /// <summary>Where it goes.</summary>
    public RoutePlan Plan { get; }

    /// <summary>User part of the Request-URI, as the inbound trunk's rewrite left it.</summary>
    public required byte[] Called { get; init; }

    /// <summary>User part of From, as the inbound trunk's rewrite left it; empty for none.</summary>
    public required byte[] Sender { get; init; }

    /// <summary>Display name of From, its quotes kept; empty for none.</summary>
    public required byte[] SenderName { get; init; }

    /// <summary>Rows that say how the body is to be read, and what the content is about.</summary>
    public required byte[] Rows { get; init; }

    /// <summary>Rows that the inbound trunk lets pass (<see cref="Policies.Headers.TrunkHeaders"/>).</summary>
    public byte[] Carried { get; init; } = [];

    /// <summary>Value of Content-Type; empty when there is no body.</summary>
    public required byte[] ContentType { get; init; }

    /// <summary>The body, passed on byte for byte.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Whom a trusted trunk or our own digest asserts, and what the sender wants to keep to itself; null for nothing of the kind.</summary>
    public CallIdentities? Identities { get; init; }

    /// <summary>Max-Forwards of what is sent.</summary>
    public int MaxForwards { get; init; }

    /// <summary>See <see cref="Signalling.LoopToken"/>.</summary>
    public uint LoopToken { get; init; }

    /// <summary>When the sender is answered although somebody is still silent.</summary>
    public OwnedTimer Deadline { get; }

    /// <summary>The control plane has not said what is to be done with it.</summary>
    public bool IsUndecided { get; set; }

    /// <summary>When a target of a step that tries one after the other is passed over; before that, when the control plane's answer is not waited for any longer.</summary>
    public OwnedTimer Attempt { get; }

    /// <summary>Step of the plan; -1 before the first.</summary>
    public int StepIndex { get; set; } = -1;

    /// <summary>Target of the step, one after the other; -1 when the next is to be picked.</summary>
    public int TargetIndex { get; set; } = -1;

    /// <summary>Targets of the step that were picked, a bit each.</summary>
    public ulong TargetsTried { get; set; }

    /// <summary>Next address of that target.</summary>
    public int HopIndex { get; set; }

    /// <summary>Requests sent so far.</summary>
    public int Sent { get; set; }

    /// <summary>The request that the plan waits with; null when several are asked at once, or the last was passed over.</summary>
    public ClientTransaction? Current { get; set; }

    /// <summary>Statuses upon which <see cref="Current"/> gives way to the next target.</summary>
    public TrunkFailover Failover { get; set; } = TrunkFailover.Default;

    /// <summary>A request is being sent; should that fail, there is something else to do than to answer the sender.</summary>
    public bool IsSending { get; set; }

    /// <summary>Requests that have not been answered.</summary>
    public int Waiting { get; set; }

    /// <summary>Best failure so far; 0 for none.</summary>
    public int Best { get; private set; }

    /// <summary>Notes a failure: 6xx over all, else the lowest class, of that the first (RFC 3261 §16.7, step 6).</summary>
    public void NoteFailure(int status)
    {
        int rank = status >= 600 ? 0 : status / 100;
        int best = Best == 0 ? int.MaxValue : Best >= 600 ? 0 : Best / 100;
        Best = rank < best ? status : Best;
    }

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 200 && !transaction.HasFinal)
        {
            transaction.HasFinal = true;
            _core.OnAnswered(this, transaction, response.StatusCode);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (!transaction.HasFinal)
        {
            transaction.HasFinal = true;
            _core.OnAnswered(this, transaction, 408);
        }
    }

    public void OnRepeated(ClientTransaction transaction, ClientTransaction repetition)
    {
        if (ReferenceEquals(Current, transaction))
        {
            Current = repetition;
        }
    }

    public void OnEnded(ClientTransaction transaction)
    {
        if (ReferenceEquals(Current, transaction))
        {
            Current = null;
        }
    }

    public void OnTimer(OwnedTimer timer)
    {
        if (ReferenceEquals(timer, Attempt))
        {
            _core.OnSilence(this);
        }
        else
        {
            _core.OnDeadline(this);
        }
    }
}
