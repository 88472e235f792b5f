using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>Offers of callers to agents, and what comes of them.</summary>
internal sealed partial class QueueCore
{
    /// <summary>An agent has answered: the caller is his. False when it is too late: the offer is over, or another was faster.</summary>
    public bool Answer(Guid entry, Guid agent, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || !_seats.TryGetValue(agent, out AgentSeat? seat) || waiter.State != WaiterState.Offering || !waiter.Offers.Remove(seat))
        {
            return false;
        }

        CancelOffers(waiter, nowMs);
        RemoveFromQueue(waiter);
        waiter.State = WaiterState.Connected;
        waiter.Agent = seat;
        waiter.AnsweredAtMs = nowMs;
        waiter.DueMs = long.MaxValue;
        waiter.Queue.Talking++;
        seat.DueMs = long.MaxValue;
        seat.NoAnswers = 0;
        seat.Calls++;
        SetState(seat, SeatState.Talking, nowMs);
        foreach (Member member in seat.Members)
        {
            if (member.Queue == waiter.Queue)
            {
                member.Calls++;
            }
        }

        QueueCounters counters = waiter.Queue.Counters;
        if (waiter.Callback is null)
        {
            long waited = Math.Max(0, nowMs - waiter.JoinedAtMs);
            counters.Answer(waited, waited <= (long)waiter.Queue.Rules.ServiceLevel.TotalMilliseconds, nowMs);
        }
        else
        {
            counters.CallbacksReached++;
        }

        Effects.Add(new QueueEffect(QueueEffectKind.Row, waiter, seat, (int)QueueEntryState.Connected));
        Review(nowMs);
        return true;
    }

    /// <summary>A callback's agent is on the line, and the customer is being called: the offer lasts longer.</summary>
    public void Extend(Guid entry, Guid agent, TimeSpan by, long nowMs)
    {
        if (_waiters.TryGetValue(entry, out Waiter? waiter) && _seats.TryGetValue(agent, out AgentSeat? seat) && ReferenceEquals(seat.Waiter, waiter) && seat.State == SeatState.Offered)
        {
            _deadlines.Set(seat, nowMs + (long)(by + QueueLimits.OfferGrace).TotalMilliseconds);
        }
    }

    /// <summary>An offer has come to nothing. The caller keeps his place and is offered to the next agent; this one is left alone for a while.</summary>
    public void EndOffer(Guid entry, Guid agent, OfferEnd end, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || !_seats.TryGetValue(agent, out AgentSeat? seat) || !waiter.Offers.Remove(seat))
        {
            return;
        }

        QueueRules rules = waiter.Queue.Rules;
        seat.Waiter = null;
        TimeSpan rest = end switch
        {
            OfferEnd.NoAnswer => rules.DelayNoAnswer,
            OfferEnd.Busy => rules.DelayBusy,
            OfferEnd.Rejected => rules.DelayRejected,
            OfferEnd.Elsewhere => TimeSpan.FromSeconds(2),
            _ => rules.DelayFailed,
        };
        if (end == OfferEnd.NoAnswer)
        {
            waiter.Queue.Counters.RingNoAnswer++;
            if (++seat.NoAnswers >= seat.MaxNoAnswer && seat.MaxNoAnswer > 0 && seat.Presence == AgentPresence.Ready)
            {
                (seat.Presence, seat.Reason, seat.NoAnswers) = (AgentPresence.NotReady, "no-answer", 0);
                Effects.Add(new QueueEffect(QueueEffectKind.SetNotReady, Seat: seat));
                rest = TimeSpan.Zero;
            }
        }

        if (end == OfferEnd.Elsewhere)
        {
            // Another node rings him or has him on a call: he is not idle, whatever this one knows.
            seat.IdleSinceMs = nowMs;
        }
        else
        {
            Effects.Add(new QueueEffect(QueueEffectKind.Released, Seat: seat));
        }

        if (rest > TimeSpan.Zero)
        {
            SetState(seat, SeatState.Resting, nowMs);
            _deadlines.Set(seat, nowMs + (long)rest.TotalMilliseconds);
        }
        else
        {
            seat.DueMs = long.MaxValue;
            SetState(seat, SeatState.Idle, nowMs);
        }

        // The caller first, so that nobody who came later is given to another agent before him; then the agent, who may be the only one for him.
        GoOn(waiter, nowMs);
        Settle(seat, nowMs);
        Review(nowMs);
    }

    /// <summary>Offers a caller to an agent who is ready, unless somebody who comes before him can have that agent: then that one first.</summary>
    private void OfferInTurn(Waiter waiter, long nowMs)
    {
        while (waiter.State == WaiterState.Waiting && waiter.Demand.Choose(waiter, waiter.Queue.Members, _lot) is { } member)
        {
            Waiter first = FindFor(member.Seat) ?? waiter;
            if (!TryOffer(first, ReferenceEquals(first, waiter) ? member : null, nowMs))
            {
                return;
            }
        }
    }

    /// <summary>Offers a caller to the agent who was chosen, or whom the strategy chooses; false when nobody is ready for him.</summary>
    private bool TryOffer(Waiter waiter, Member? chosen, long nowMs)
    {
        if (waiter.State != WaiterState.Waiting || (chosen ?? waiter.Demand.Choose(waiter, waiter.Queue.Members, _lot)) is not { } member)
        {
            return false;
        }

        QueueRules rules = waiter.Queue.Rules;
        waiter.Demand.Remove(waiter);
        if (waiter.Callback is { } && rules.Callback is { Mode: CallbackMode.CustomerFirst } callback)
        {
            waiter.State = WaiterState.Calling;
            _deadlines.Set(waiter, nowMs + (long)(callback.RingTime + QueueLimits.OfferGrace).TotalMilliseconds);
            Effects.Add(new QueueEffect(QueueEffectKind.CallCustomer, waiter));
            return true;
        }

        waiter.State = WaiterState.Offering;
        waiter.OfferedAtMs = nowMs;
        Reserve(waiter, member, nowMs);
        if (rules.Strategy == QueueStrategy.RingAll && waiter.Callback is null)
        {
            while (waiter.Offers.Count < QueueLimits.MaxRingAtOnce && waiter.Demand.Choose(waiter, waiter.Queue.Members, _lot) is { } next)
            {
                Reserve(waiter, next, nowMs);
            }
        }

        Schedule(waiter, nowMs);
        return true;
    }

    private void Reserve(Waiter waiter, Member member, long nowMs)
    {
        AgentSeat seat = member.Seat;
        seat.Waiter = waiter;
        SetState(seat, SeatState.Offered, nowMs);
        waiter.Offers.Add(seat);
        waiter.LastSlot = member.Slot;
        waiter.Demand.NoteChosen(member);
        _deadlines.Set(seat, nowMs + (long)(waiter.Queue.Rules.RingTime + QueueLimits.OfferGrace).TotalMilliseconds);
        Settle(seat, nowMs);
        Effects.Add(new QueueEffect(QueueEffectKind.Offer, waiter, seat));
    }

    /// <summary>A caller who is not rung for any more waits on at his place.</summary>
    private void GoOn(Waiter waiter, long nowMs)
    {
        if (waiter.State != WaiterState.Offering || waiter.Offers.Count > 0)
        {
            return;
        }

        waiter.State = WaiterState.Waiting;
        waiter.Demand.Add(waiter);
        Refresh(waiter, nowMs);
    }

    private void TakeBack(Waiter waiter, AgentSeat seat, long nowMs)
    {
        waiter.Offers.Remove(seat);
        seat.Waiter = null;
        seat.DueMs = long.MaxValue;
        SetState(seat, SeatState.Idle, nowMs);
        Effects.Add(new QueueEffect(QueueEffectKind.Cancel, waiter, seat));
        Effects.Add(new QueueEffect(QueueEffectKind.Released, Seat: seat));
    }

    /// <summary>Nobody is to ring for a caller any more: he is gone, or somebody has answered. Agents are ready again as if nothing had been.</summary>
    private void CancelOffers(Waiter waiter, long nowMs)
    {
        AgentSeat[] rung = [.. waiter.Offers];
        foreach (AgentSeat seat in rung)
        {
            TakeBack(waiter, seat, nowMs);
            Count(seat);
        }

        foreach (AgentSeat seat in rung)
        {
            GiveCaller(seat, nowMs);
        }
    }
}
