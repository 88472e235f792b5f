using System.Collections.Concurrent;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Publishing;

/// <summary>The calls that events were seen of: those in progress, and the last ones that are over. Bounded by the calls of the engine and <see cref="ControlServiceLimits.MaxEndedCalls"/>.</summary>
internal sealed class CallBook
{
    private readonly ConcurrentDictionary<string, CallFacts> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _ended = new();

    /// <summary>Calls that are known.</summary>
    public int Count => _calls.Count;

    /// <summary>What is known of a call; null for nothing.</summary>
    public CallFacts? Find(string callId) => _calls.GetValueOrDefault(callId);

    /// <summary>What is known of a call, from now on.</summary>
    public CallFacts Get(string callId) => _calls.TryGetValue(callId, out CallFacts? facts) ? facts : _calls.GetOrAdd(callId, static id => new CallFacts(id));

    /// <summary>There is no such call: what a claim had reserved of it goes.</summary>
    public void Forget(string callId) => _calls.TryRemove(callId, out _);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _calls.Clear();
        _ended.Clear();
    }

    /// <summary>Calls that a controller has, or is about to have.</summary>
    public IReadOnlyList<(string CallId, CallHold Hold)> GetHeldBy(string controller)
    {
        List<(string, CallHold)> held = [];
        foreach ((string callId, CallFacts facts) in _calls)
        {
            if (!facts.IsEnded && facts.Hold is { } hold && hold.Controller == controller)
            {
                held.Add((callId, hold));
            }
        }

        held.Sort(static (a, b) => string.CompareOrdinal(a.Item1, b.Item1));
        return held;
    }

    /// <summary>A call that was in progress before anybody listened: what events would have said of it. Those that have come meanwhile know better.</summary>
    public void Learn(CallSnapshot call)
    {
        CallFacts facts = Get(call.CallId);
        facts.AddPeer(call.Account, isTrunk: false);
        facts.AddPeer(call.InboundTrunk, isTrunk: true);
        foreach (LegSnapshot leg in call.Legs)
        {
            facts.AddPeer(leg.Peer, leg.PeerIsTrunk);
        }

        facts.Application ??= call.Application;
        if (call.Controller is { } controller && facts.TrySetHold(new CallHold(controller, call.Epoch, isConfirmed: true), former: null))
        {
            facts.Follower ??= controller;
        }
    }

    /// <summary>An event passes, on its call's shard: what is known of the call changes, and the entry says who gets it.</summary>
    public EventEntry Note(CallEvent callEvent)
    {
        if (callEvent is RegistrationChanged or TrunkChanged)
        {
            return new EventEntry(callEvent, CallFacts.OfPeer(callEvent));
        }

        if (callEvent is CommandEnded { CallId: "" } ended)
        {
            return new EventEntry(callEvent, new CallFacts("")) { Follower = ended.Controller };
        }

        CallFacts facts = Get(callEvent.CallId);
        if (facts.Offer is not null && callEvent.At > facts.OfferDeadline)
        {
            facts.Offer = null;
        }

        switch (callEvent)
        {
            case CallCreated created:
                facts.AddPeer(created.Account, isTrunk: false);
                facts.AddPeer(created.InboundTrunk, isTrunk: true);
                if (created.Controller is { } maker)
                {
                    facts.Follower = maker;
                }

                break;
            case CallOffered offered:
                facts.Application = offered.Application;
                facts.Offer = offered.Application;
                facts.OfferDeadline = offered.Deadline;
                break;
            case LegChanged { Peer: { } peer } leg:
                facts.AddPeer(peer, leg.PeerIsTrunk);
                break;
            case ControlChanged { Controller: { } controller } changed:
                facts.SetHold(new CallHold(controller, changed.Epoch, isConfirmed: true));
                facts.Follower = controller;
                facts.IsLost = false;
                break;
        }

        EventEntry entry = new(callEvent, facts) { Follower = facts.Follower, Offer = facts.Offer };
        switch (callEvent)
        {
            case ControlChanged { Controller: null }:
                facts.SetHold(null);
                facts.Follower = facts.IsLost ? facts.Follower : null;
                break;
            case ControlChanged:
                // Those who were offered it, too, have heard who has it.
                facts.Offer = null;
                break;
            case CallEnded:
                End(facts);
                break;
        }

        return entry;
    }

    private void End(CallFacts facts)
    {
        facts.IsEnded = true;
        facts.Offer = null;
        facts.SetHold(null);
        _ended.Enqueue(facts.CallId);
        while (_ended.Count > ControlServiceLimits.MaxEndedCalls && _ended.TryDequeue(out string? oldest))
        {
            _calls.TryRemove(oldest, out _);
        }
    }
}
