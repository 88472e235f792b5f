using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What agents do.</summary>
internal sealed partial class QueueCore
{
    /// <summary>An agent signs in or out, is ready or not. Who rings is not rung any more when that ends it.</summary>
    public void SetPresence(Guid agent, AgentPresence presence, string reason, long nowMs)
    {
        if (!_seats.TryGetValue(agent, out AgentSeat? seat) || (seat.Presence == presence && seat.Reason == reason))
        {
            return;
        }

        if (seat.Presence == AgentPresence.SignedOut)
        {
            (seat.SignedInAtMs, seat.BusyMs, seat.TalkMs, seat.Calls, seat.IdleSinceMs) = (nowMs, 0, 0, 0, nowMs);
        }

        if (presence == AgentPresence.Ready)
        {
            // Who says so has come back: neither counts what was not answered before, nor is there any rest.
            seat.NoAnswers = 0;
            if (seat.State == SeatState.Resting)
            {
                SetState(seat, SeatState.Idle, nowMs);
            }
        }

        (seat.Presence, seat.Reason) = (presence, reason);
        if (presence != AgentPresence.Ready && seat is { State: SeatState.Offered, Waiter: { } waiter })
        {
            TakeBack(waiter, seat, nowMs);
            Settle(seat, nowMs);
            GoOn(waiter, nowMs);
        }

        Settle(seat, nowMs);
        Review(nowMs);
    }

    /// <summary>A phone of an agent is registered, or none is any more. A phone that rings goes on ringing: its dial says what becomes of it.</summary>
    public void SetReachable(Guid agent, bool isReachable, long nowMs)
    {
        if (_seats.TryGetValue(agent, out AgentSeat? seat) && seat.IsReachable != isReachable)
        {
            seat.IsReachable = isReachable;
            Settle(seat, nowMs);
            Review(nowMs);
        }
    }

    /// <summary>An agent is done with what comes after a call; false when there was nothing to end.</summary>
    public bool EndWrapUp(Guid agent, long nowMs)
    {
        if (!_seats.TryGetValue(agent, out AgentSeat? seat) || seat.State != SeatState.WrapUp)
        {
            return false;
        }

        Free(seat, nowMs);
        Review(nowMs);
        return true;
    }

    /// <summary>The talk of a caller, or of a callback, is over.</summary>
    public void EndTalk(Guid entry, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || waiter is not { State: WaiterState.Connected, Agent: { } seat })
        {
            return;
        }

        _waiters.Remove(entry);
        waiter.State = WaiterState.Left;
        waiter.Queue.Talking--;
        long talkMs = nowMs - waiter.AnsweredAtMs;
        seat.TalkMs += talkMs;
        seat.BusyMs += talkMs;
        seat.Waiter = null;
        TimeSpan wrapUp = waiter.Queue.Rules.WrapUp;
        waiter.Queue.Counters.Handle(talkMs + (long)wrapUp.TotalMilliseconds);
        if (wrapUp > TimeSpan.Zero)
        {
            SetState(seat, SeatState.WrapUp, nowMs);
            _deadlines.Set(seat, nowMs + (long)wrapUp.TotalMilliseconds);
        }
        else
        {
            Free(seat, nowMs);
        }

        Review(nowMs);
    }

    /// <summary>An agent has nothing to do any more.</summary>
    private void Free(AgentSeat seat, long nowMs)
    {
        if (seat.State == SeatState.WrapUp)
        {
            seat.BusyMs += nowMs - seat.StateSinceMs;
        }

        if (seat.State is SeatState.WrapUp or SeatState.Talking)
        {
            seat.IdleSinceMs = nowMs;
            Effects.Add(new QueueEffect(QueueEffectKind.Released, Seat: seat));
        }

        seat.DueMs = long.MaxValue;
        SetState(seat, SeatState.Idle, nowMs);
        Settle(seat, nowMs);
    }

    private static void SetState(AgentSeat seat, SeatState state, long nowMs)
    {
        seat.State = state;
        seat.StateSinceMs = nowMs;
    }

    /// <summary>Counts an agent in the queues as he is now, and gives him a caller if he is ready.</summary>
    private void Settle(AgentSeat seat, long nowMs)
    {
        Count(seat);
        GiveCaller(seat, nowMs);
    }

    private void Count(AgentSeat seat)
    {
        SeatFlags before = seat.Counted;
        SeatFlags after = seat.Flags;
        if (before != after)
        {
            foreach (Member member in seat.Members)
            {
                if (member.Queue.Build())
                {
                    _reviews.Add(member.Queue);
                }

                if (!member.IsPaused && member.Queue.Count(member, before, after))
                {
                    _reviews.Add(member.Queue);
                }
            }

            seat.Counted = after;
        }
    }

    private void GiveCaller(AgentSeat seat, long nowMs)
    {
        // Each turn gives a caller away or makes him wait otherwise, so this ends.
        while (seat.Counted.HasFlag(SeatFlags.Available) && FindFor(seat) is { } waiter && TryOffer(waiter, null, nowMs))
        {
        }
    }

    /// <summary>The first of all callers whom an agent can take.</summary>
    private static Waiter? FindFor(AgentSeat seat)
    {
        Waiter? first = null;
        foreach (Member member in seat.Members)
        {
            if (member.IsPaused)
            {
                continue;
            }

            foreach (Demand demand in member.Queue.Demands)
            {
                if (demand.Users > 0 && demand.FindFor(member) is { } waiter && (first is null || WaiterOrder.Instance.Compare(waiter, first) < 0))
                {
                    first = waiter;
                }
            }
        }

        return first;
    }
}
