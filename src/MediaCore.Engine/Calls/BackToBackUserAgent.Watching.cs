using MediaCore.Engine.Subscriptions;

namespace MediaCore.Engine.Calls;

/// <summary>Tells those who watch an account (RFC 4235) of its calls. Where nobody watches, a change costs one comparison.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>This shard's subscriptions; null where there are no accounts.</summary>
    internal Notifier? Watcher { get; set; }

    /// <summary>The dialogs of an account on this shard, at most as many as are told; in a call as long as the calls are many, asked once per subscription.</summary>
    internal List<DialogView> FindDialogs(string account)
    {
        var found = new List<DialogView>();
        for (int slot = 0; slot < _calls.HighWater && found.Count < SubscriptionLimits.MaxDialogs; slot++)
        {
            if (_calls.TryGetAt(slot, out Call? call) && call.State != CallState.Ended)
            {
                Collect(call.Caller, account, found);
                foreach (Leg leg in call.Callees)
                {
                    Collect(leg, account, found);
                }
            }
        }

        return found;
    }

    private void Collect(Leg leg, string account, List<DialogView> found)
    {
        if (IsWatchable(leg) && leg.Peer == account && leg.State is LegState.Inviting or LegState.Answered && found.Count < SubscriptionLimits.MaxDialogs)
        {
            found.Add(View(leg, account));
        }
    }

    /// <summary>A leg as its watchers are told of it, with the name to pick it up by while it rings.</summary>
    private DialogView View(Leg leg, string account)
    {
        bool mayBePickedUp = leg is { State: LegState.Inviting, IsInbound: false } && leg.Call.State != CallState.Ended && _context.Options.AccountTransfers != Policies.TransferPolicy.Refuse;
        return DialogView.Of(leg, account, _context.Index, mayBePickedUp ? PickUpName.Create(leg, _context.HashKey) : "");
    }

    /// <summary>A fork of a leg has its leg's place, and a call of ours with ourselves is not an account's.</summary>
    private static bool IsWatchable(Leg leg) => leg is { PeerIsTrunk: false, Peer: not null, IsFork: false } && leg.Flow.Stream is not Signalling.LoopbackFlow;

    /// <summary>A leg has come further, or is over.</summary>
    private void NoteDialog(Leg leg)
    {
        NoteLeg(leg);
        if (_context.Services.Subscriptions.WatchesDialogs)
        {
            Tell(leg);
        }
    }

    /// <summary>A call is over, and so are all of its legs.</summary>
    private void NoteDialogs(Call call)
    {
        NoteLegs(call);
        if (_context.Services.Subscriptions.WatchesDialogs)
        {
            Tell(call.Caller);
            foreach (Leg leg in call.Callees)
            {
                Tell(leg);
            }
        }
    }

    private void Tell(Leg leg)
    {
        if (!IsWatchable(leg))
        {
            return;
        }

        System.Collections.Immutable.ImmutableArray<int> watchers = _context.Services.Subscriptions.GetWatchers(EventPackage.Dialog, leg.Peer!);
        if (watchers.IsEmpty)
        {
            return;
        }

        DialogView view = View(leg, leg.Peer!);
        foreach (int shard in watchers)
        {
            if (shard == _context.Index)
            {
                Watcher?.OnDialogChanged(view);
            }
            else if (!_context.Output.Post(shard, new SubscriptionItem.DialogChanged(view)))
            {
                _context.Statistics.HandOverDropped++;
            }
        }
    }
}
