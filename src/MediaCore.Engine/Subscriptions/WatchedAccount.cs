using MediaCore.Primitives;

namespace MediaCore.Engine.Subscriptions;

/// <summary>An account's state that this shard has subscriptions to: who they are and, for calls, what is known of them. Owned by its shard.</summary>
internal sealed class WatchedAccount(EventPackage package, string account)
{
    private readonly List<(DialogView View, long Change)> _dialogs = [];
    private long _change;

    public EventPackage Package { get; } = package;

    public string Account { get; } = account;

    public List<Subscription> Subscriptions { get; } = [];

    /// <summary>Shards that have not yet said which calls they have.</summary>
    public int Awaited { get; set; }

    /// <summary>When the shards were asked last.</summary>
    public Timestamp AskedAt { get; set; }

    /// <summary>Counts changes of the dialogs.</summary>
    public long Change => _change;

    /// <summary>Takes a dialog's new state; false when it says nothing new.</summary>
    public bool Take(DialogView view)
    {
        int index = _dialogs.FindIndex(d => d.View.Id == view.Id);
        if (index < 0)
        {
            if (view.Phase == DialogPhase.Terminated || !MakeRoom())
            {
                return false;
            }

            _dialogs.Add((view, ++_change));
            return true;
        }

        // What was asked for may arrive behind a change that came by itself: no dialog goes back.
        DialogView known = _dialogs[index].View;
        if (view.Phase < known.Phase || (view.Phase == known.Phase && IsSame(view, known)))
        {
            return false;
        }

        _dialogs[index] = (view, ++_change);
        return true;
    }

    /// <summary>Takes all dialogs that one shard has; what it does not name is over, the message that said so was lost.</summary>
    public void TakeAll(int shard, IReadOnlyList<DialogView> views)
    {
        for (int i = 0; i < _dialogs.Count; i++)
        {
            DialogView known = _dialogs[i].View;
            if (known.Shard == shard && known.Phase != DialogPhase.Terminated && !views.Any(v => v.Id == known.Id))
            {
                _dialogs[i] = (known with { Phase = DialogPhase.Terminated }, ++_change);
            }
        }

        foreach (DialogView view in views)
        {
            Take(view);
        }
    }

    /// <summary>The dialogs to tell a subscriber who knows of everything up to <paramref name="known"/>: all that live, and those that have ended since.</summary>
    public IEnumerable<DialogView> GetDialogs(long known)
    {
        foreach ((DialogView view, long change) in _dialogs)
        {
            if (view.Phase != DialogPhase.Terminated || change > known)
            {
                yield return view;
            }
        }
    }

    /// <summary>Forgets what has ended and every subscriber knows of.</summary>
    public void Prune()
    {
        long known = long.MaxValue;
        foreach (Subscription subscription in Subscriptions)
        {
            known = Math.Min(known, subscription.KnownChange);
        }

        _dialogs.RemoveAll(d => d.View.Phase == DialogPhase.Terminated && d.Change <= known);
    }

    private bool MakeRoom()
    {
        if (_dialogs.Count < SubscriptionLimits.MaxDialogs)
        {
            return true;
        }

        int over = _dialogs.FindIndex(static d => d.View.Phase == DialogPhase.Terminated);
        if (over >= 0)
        {
            _dialogs.RemoveAt(over);
        }

        return over >= 0;
    }

    private static bool IsSame(DialogView left, DialogView right) =>
        left.RemoteUri.AsSpan().SequenceEqual(right.RemoteUri) && left.RemoteName.AsSpan().SequenceEqual(right.RemoteName) && left.IsInitiator == right.IsInitiator;
}
