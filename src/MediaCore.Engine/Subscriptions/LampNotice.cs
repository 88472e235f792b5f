using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>A phone that is being told of its account's messages without having asked: plain data for <see cref="LampNotifier"/>, which has it for as long as something is under way or must wait. Owned by its shard.</summary>
internal sealed class LampNotice : IRequestOwner, ITimerOwner
{
    private readonly LampNotifier _notifier;

    public LampNotice(LampNotifier notifier, string account, in NetworkEndpoint phone)
    {
        _notifier = notifier;
        Account = account;
        Phone = phone;
        Timer = new OwnedTimer(this);
    }

    public string Account { get; }

    /// <summary>Where the phone registered from.</summary>
    public NetworkEndpoint Phone { get; }

    /// <summary>There is something to tell that the request under way does not.</summary>
    public bool IsDue { get; set; }

    /// <summary>No further notification before this time.</summary>
    public Timestamp NotBefore { get; set; }

    /// <summary>The notification under way; there is one at most.</summary>
    public ClientTransaction? Transaction { get; set; }

    public OwnedTimer Timer { get; }

    public void OnTimer(OwnedTimer timer) => _notifier.GoOn(this);

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (ReferenceEquals(transaction, Transaction) && response.StatusCode >= 200)
        {
            Transaction = null;
            _notifier.OnAnswered(this, response.StatusCode < 300 ? NotificationResult.Accepted : NotificationResult.Refused);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (ReferenceEquals(transaction, Transaction))
        {
            Transaction = null;
            _notifier.OnFailed(this, timedOut ? NotificationResult.TimedOut : NotificationResult.Unsent);
        }
    }

    public void OnEnded(ClientTransaction transaction)
    {
        if (ReferenceEquals(transaction, Transaction))
        {
            Transaction = null;
        }
    }
}
