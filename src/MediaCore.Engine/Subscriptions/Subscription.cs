using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Dialogs;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>Why a subscription ends (RFC 6665 §4.1.3).</summary>
internal enum SubscriptionEnd : byte
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It ran out, was ended by the subscriber, or was for one look only.</summary>
    Timeout,

    /// <summary>We stop: the subscriber is to subscribe again, where it finds another server.</summary>
    Deactivated,

    /// <summary>The account is no more.</summary>
    NoResource,
}

/// <summary>One subscription (RFC 6665 §4.2): plain data for <see cref="Notifier"/>. Owned by its shard.</summary>
internal sealed class Subscription : IRequestOwner, ITimerOwner
{
    private readonly Notifier _notifier;

    public Subscription(Notifier notifier, WatchedAccount watched, string subscriber, in Flow flow)
    {
        _notifier = notifier;
        Watched = watched;
        Subscriber = subscriber;
        Source = flow.Remote;
        Flow = flow;
        SendTimer = new OwnedTimer(this);
        ExpiryTimer = new OwnedTimer(this);
    }

    public WatchedAccount Watched { get; }

    /// <summary>The account that subscribed.</summary>
    public string Subscriber { get; }

    /// <summary>The address that it is counted under.</summary>
    public NetworkEndpoint Source { get; }

    public Dialog Dialog { get; } = new();

    public SessionKey Key { get; set; }

    /// <summary>Where notifications go.</summary>
    public Flow Flow { get; set; }

    /// <summary>Instance of the phone (RFC 5626 §4.1), by which its new connection is known; empty when it named none.</summary>
    public byte[] Instance { get; set; } = [];

    /// <summary>id of the Event; empty without one.</summary>
    public byte[] EventId { get; set; } = [];

    /// <summary>URI of what is watched, as our bodies name it.</summary>
    public byte[] Entity { get; set; } = [];

    public Timestamp ExpiresAt { get; set; }

    public SubscriptionEnd End { get; set; }

    /// <summary>The notification under way; there is one at most.</summary>
    public ClientTransaction? Transaction { get; set; }

    /// <summary>There is something to tell.</summary>
    public bool IsDue { get; set; }

    /// <summary>No notification before this time.</summary>
    public Timestamp NotBefore { get; set; }

    /// <summary>Since when there is no connection to it; default while there is one.</summary>
    public Timestamp? LostAt { get; set; }

    /// <summary>Version of the last dialog-info document (RFC 4235 §4.1), -1 before the first.</summary>
    public long Version { get; set; } = -1;

    /// <summary>Changes of the dialogs that it has been told.</summary>
    public long KnownChange { get; set; }

    public OwnedTimer SendTimer { get; }

    public OwnedTimer ExpiryTimer { get; }

    public void OnTimer(OwnedTimer timer)
    {
        if (ReferenceEquals(timer, SendTimer))
        {
            _notifier.TrySend(this);
        }
        else
        {
            _notifier.Finish(this, SubscriptionEnd.Timeout);
        }
    }

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (ReferenceEquals(transaction, Transaction) && response.StatusCode >= 200)
        {
            Transaction = null;
            _notifier.OnAnswered(this, response.StatusCode);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (ReferenceEquals(transaction, Transaction))
        {
            Transaction = null;
            _notifier.OnFailed(this, timedOut);
        }
    }

    public uint NextCSeq(ClientTransaction transaction) => Dialog.NextLocalCSeq();

    public void OnEnded(ClientTransaction transaction)
    {
        if (ReferenceEquals(transaction, Transaction))
        {
            Transaction = null;
        }
    }
}
