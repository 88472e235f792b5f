using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>What happens to calls, for those who want to know. Where nobody does, a change costs one comparison.</summary>
internal sealed partial class BackToBackUserAgent
{
    private readonly List<CallEvent> _heldEvents = [];
    private bool _holdsEvents;

    /// <summary>Whether events are made: somebody wants them, or what they say of media goes into traces.</summary>
    private bool WantsEvents => _context.Trace is not null || IsHeard;

    /// <summary>Whether anybody outside wants events, who might claim a call or decide something.</summary>
    private bool IsHeard => _context.Services.CallEvents is { IsWanted: true };

    /// <summary>Events wait from now on, until the reply to the command that causes them was given.</summary>
    internal void HoldEvents() => _holdsEvents = true;

    /// <summary>Publishes what has waited.</summary>
    internal void ReleaseEvents()
    {
        _holdsEvents = false;
        foreach (CallEvent held in _heldEvents)
        {
            PublishNow(held);
        }

        _heldEvents.Clear();
    }

    /// <summary>Identifier of a leg, as in records.</summary>
    private static string GetLegId(Leg leg) => $"{leg.Call.Id}-{leg.Index}";

    /// <summary>Publishes an event, which its maker has seen to be wanted (<see cref="WantsEvents"/>).</summary>
    private void Publish(Call call, CallEvent callEvent)
    {
        if (call.IsEndTold)
        {
            return;
        }

        call.IsEndTold = callEvent is CallEnded;
        _context.Statistics.CallEvents++;
        callEvent.Stamp(call.Id, ++call.EventSequence, _context.WallClock);
        PublishStamped(callEvent);
    }

    /// <summary>Publishes an event that belongs to no call.</summary>
    private void PublishOutside(CallEvent callEvent)
    {
        callEvent.Stamp("", sequence: 0, _context.WallClock);
        PublishStamped(callEvent);
    }

    private void PublishStamped(CallEvent callEvent)
    {
        if (_holdsEvents)
        {
            _heldEvents.Add(callEvent);
        }
        else
        {
            PublishNow(callEvent);
        }
    }

    private void PublishNow(CallEvent callEvent)
    {
        _context.Trace?.Timeline.Note(callEvent);
        if (IsHeard)
        {
            _context.Services.CallEvents!.Publish(callEvent);
        }
    }

    private void NoteCreated(Call call, string? controller)
    {
        if (WantsEvents)
        {
            Publish(call, new CallCreated
            {
                Caller = call.CallerIdentity,
                Called = call.CalledIdentity,
                Account = call.Account,
                InboundTrunk = call.InboundTrunk?.Name,
                Source = controller is null ? call.Caller.Flow.DescribeRemote() : "",
                SipCallId = controller is null ? Clip(call.Caller.Dialog.CallId) : "",
                Controller = controller,
            });
        }
    }

    /// <summary>A leg may have come further.</summary>
    private void NoteLeg(Leg leg)
    {
        NoteHold(leg);
        if (WantsEvents)
        {
            TellLeg(leg);
        }
    }

    /// <summary>Whether a leg is on hold may have changed. While both are, which an answer to "inactive" says as well, the time is that of the one which was first: together it is the time in which they did not hear each other.</summary>
    private void NoteHold(Leg leg)
    {
        Leg? other = ReferenceEquals(leg, leg.Call.Caller) ? leg.Call.Connected : leg.Call.Caller;
        leg.Hold.Note(IsOnHold(leg) && other is not { Hold.IsHeld: true }, _context.WallClock);
        other?.Hold.Note(IsOnHold(other) && !leg.Hold.IsHeld, _context.WallClock);
    }

    private static bool IsOnHold(Leg leg) => leg.State == LegState.Answered && (IsHeldByPeer(leg) || leg.Ties is { IsHeld: true, Hold: null });

    /// <summary>A call is over, and so are all of its legs.</summary>
    private void NoteLegs(Call call)
    {
        if (WantsEvents)
        {
            TellLeg(call.Caller);
            foreach (Leg leg in call.Callees)
            {
                TellLeg(leg);
            }
        }
    }

    private void NoteEnded(Call call, CallRecord record)
    {
        if (WantsEvents)
        {
            Publish(call, new CallEnded { Record = record });
        }
    }

    /// <summary>How far a leg is. A fork is part of the leg whose INVITE it belongs to until it answers.</summary>
    private static LegPhase GetPhase(Leg leg) => leg.State switch
    {
        _ when leg.Call.State == CallState.Ended => LegPhase.Ended,
        LegState.Answered => LegPhase.Answered,
        LegState.Ended when leg is { IsReplacing: true, AnsweredAt: null, InviteServer.FinalStatus: 0 } => LegPhase.Created,
        LegState.Ended or LegState.Cancelling => LegPhase.Ended,
        _ when leg.RingingAt is null => leg.InviteClient is { HasProvisional: true } ? LegPhase.Trying : LegPhase.Created,
        _ => ReferenceEquals(leg.Call.EarlyMedia, leg) ? LegPhase.Early : LegPhase.Ringing,
    };

    /// <summary>Whether a leg's peer holds us. One that has described nothing yet, since it was answered without an offer, does not.</summary>
    private static bool IsHeldByPeer(Leg leg) => leg.Remote.Formats.Count > 0 && leg.Remote.IsHold;

    private void TellLeg(Leg leg)
    {
        if ((leg.IsFork && leg.AnsweredAt is null) || leg.IsNobody)
        {
            return;
        }

        LegPhase phase = GetPhase(leg);
        bool isHeld = phase == LegPhase.Answered && IsHeldByPeer(leg);
        if (phase <= leg.Told && (isHeld == leg.IsHoldTold || phase != LegPhase.Answered))
        {
            return;
        }

        leg.Told = phase;
        leg.IsHoldTold = isHeld;
        bool isOver = phase == LegPhase.Ended;
        if (phase == LegPhase.Answered)
        {
            TraceMedia(leg);
        }

        Publish(leg.Call, new LegChanged
        {
            LegId = GetLegId(leg),
            Phase = phase,
            IsInbound = leg.IsInbound,
            IsHeld = isHeld,
            Peer = leg.Peer,
            PeerIsTrunk = leg.PeerIsTrunk,
            SipStatus = !isOver ? 0 : leg.SipStatus == 0 ? 487 : leg.SipStatus,
            Q850Cause = !isOver ? 0 : leg.Q850Cause == 0 ? Q850.NormalClearing : leg.Q850Cause,
        });
    }
}
