using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What callers do, and what becomes of those who wait.</summary>
internal sealed partial class QueueCore
{
    /// <summary>How often steps that depend on more than the clock are looked at.</summary>
    private const long LookEveryMs = 5_000;

    /// <summary>A caller comes.</summary>
    /// <param name="request">Who, and what for.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="waiter">His entry; null where he is not let in.</param>
    public JoinAnswer Join(JoinRequest request, long nowMs, out Waiter? waiter)
    {
        waiter = null;
        if (Find(request.Queue) is not { } queue)
        {
            return JoinAnswer.Unknown;
        }

        queue.Counters.Offered++;
        if (queue.Build())
        {
            _reviews.Add(queue);
        }

        if (FindRefusal(queue, nowMs) is { } refusal)
        {
            queue.Counters.Refused++;
            Review(nowMs);
            return refusal;
        }

        waiter = Enter(queue, request, nowMs);
        Review(nowMs);
        return JoinAnswer.Joined;
    }

    /// <summary>The queue has closed while somebody waited: he is led out, and is not one who gave up.</summary>
    public void Close(Guid entry, long nowMs)
    {
        if (_waiters.TryGetValue(entry, out Waiter? waiter) && waiter.State != WaiterState.Connected)
        {
            waiter.Queue.Counters.Closed++;
            Leave(waiter, QueueEntryState.Overflowed, nowMs);
        }
    }

    /// <summary>A caller is gone: hung up, or left by a key.</summary>
    public void Leave(Guid entry, bool byKey, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter))
        {
            return;
        }

        if (waiter.State == WaiterState.Connected)
        {
            EndTalk(entry, nowMs);
            return;
        }

        QueueCounters counters = waiter.Queue.Counters;
        long waited = nowMs - waiter.JoinedAtMs;
        if (byKey)
        {
            counters.Exited++;
        }
        else if (waited < (long)waiter.Queue.Rules.ShortAbandon.TotalMilliseconds)
        {
            counters.AbandonedShort++;
        }
        else
        {
            counters.Abandoned++;
            counters.AbandonedInTime += waited <= (long)waiter.Queue.Rules.ServiceLevel.TotalMilliseconds ? 1 : 0;
        }

        Leave(waiter, byKey ? QueueEntryState.Exited : QueueEntryState.Abandoned, nowMs);
        Review(nowMs);
    }

    /// <summary>A caller wants to be called back and hangs up: his place is kept. False when he is being answered, or the queue calls nobody back.</summary>
    public bool BecomeCallback(Guid entry, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || waiter.State is not (WaiterState.Waiting or WaiterState.Offering) || waiter.Callback is not null
            || waiter.Queue.Rules.Callback is not { } rules || waiter.Caller.Length == 0)
        {
            return false;
        }

        AgentSeat[] rung = [.. waiter.Offers];
        foreach (AgentSeat seat in rung)
        {
            TakeBack(waiter, seat, nowMs);
        }

        if (waiter.State == WaiterState.Offering)
        {
            waiter.State = WaiterState.Waiting;
            waiter.Demand.Add(waiter);
        }

        if (waiter.Queue.Callbacks.TryGetValue(waiter.Caller, out Waiter? former))
        {
            Leave(former, QueueEntryState.Exited, nowMs);
        }

        MakeCallback(waiter, nowMs + (long)rules.Expires.TotalMilliseconds);
        waiter.Queue.Counters.Callbacks++;
        Effects.Add(new QueueEffect(QueueEffectKind.Row, waiter, Value: (int)QueueEntryState.Callback));

        // Who rang is ready again, for the callback as for others.
        foreach (AgentSeat seat in rung)
        {
            Settle(seat, nowMs);
        }

        Refresh(waiter, nowMs);
        Review(nowMs);
        return true;
    }

    /// <summary>A callback that was there before a restart.</summary>
    public void RestoreCallback(Guid queueId, Guid entry, string caller, KeptPlace place, long nowMs)
    {
        if (Find(queueId) is not { Rules.Callback: { } rules } queue || queue.Callbacks.ContainsKey(caller))
        {
            return;
        }

        Waiter waiter = Add(queue, new JoinRequest { Queue = queueId, Caller = caller, Priority = place.Priority }, place, entry, nowMs);
        MakeCallback(waiter, place.EnqueuedAtMs + (long)rules.Expires.TotalMilliseconds);
        Refresh(waiter, nowMs);
        Review(nowMs);
    }

    /// <summary>A callback's customer was not reached: it is tried again later, or given up.</summary>
    public void FailCallback(Guid entry, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || waiter is not { Callback: { } callback, State: WaiterState.Offering or WaiterState.Calling })
        {
            return;
        }

        // The agent who was to have him is ready again.
        CancelOffers(waiter, nowMs);
        Park(waiter, callback, nowMs);
        Review(nowMs);
    }

    /// <summary>A callback's customer has answered and is in the queue again, at his place.</summary>
    /// <returns>His entry; null when the callback is over.</returns>
    public Waiter? Return(Guid entry, string callId, object line, long nowMs)
    {
        if (!_waiters.TryGetValue(entry, out Waiter? waiter) || waiter is not { State: WaiterState.Calling, Callback: not null })
        {
            return null;
        }

        waiter.Queue.Callbacks.Remove(waiter.Caller);
        waiter.Queue.Counters.CallbacksReached++;
        (waiter.Callback, waiter.CallId, waiter.Line) = (null, callId, line);
        waiter.State = WaiterState.Waiting;
        waiter.Demand.Add(waiter);
        Effects.Add(new QueueEffect(QueueEffectKind.Row, waiter, Value: (int)QueueEntryState.Waiting));
        Refresh(waiter, nowMs);
        Review(nowMs);
        return waiter;
    }

    /// <summary>Position of a caller, from 1.</summary>
    public static int GetPosition(Waiter waiter)
    {
        int position = 1;
        foreach (Waiter other in waiter.Queue.Waiters)
        {
            if (ReferenceEquals(other, waiter))
            {
                return position;
            }

            position++;
        }

        return position;
    }

    /// <summary>
    /// How long a caller at a position has to wait, in ms; -1 while nothing is known. What the agents can do (position × handling time ÷ agents) and what callers have lately waited are weighed by how lately that was;
    /// the longest wait of those who wait now counts as such a figure, so that it does not stand still when nobody answers.
    /// </summary>
    public static long Expect(QueueState queue, int position, long nowMs)
    {
        QueueCounters counters = queue.Counters;
        double capacity = counters.RecentHandleMs < 0 ? -1 : position * counters.RecentHandleMs / Math.Max(1, queue.Staffed);
        if (counters.RecentWaitMs < 0)
        {
            return (long)capacity;
        }

        double oldest = queue.Waiters.Min is { } first ? nowMs - first.JoinedAtMs : 0;
        double recent = Math.Max(counters.RecentWaitMs, oldest) * Math.Min(1, position / (double)Math.Max(1, queue.Waiters.Count));
        if (capacity < 0)
        {
            return (long)recent;
        }

        double weight = Math.Exp(-Math.Max(0, nowMs - counters.LastAnswerMs) / 600_000d);
        return (long)((weight * recent) + ((1 - weight) * capacity));
    }

    private static JoinAnswer? FindRefusal(QueueState queue, long nowMs)
    {
        QueueRules rules = queue.Rules;
        int waiting = queue.Waiters.Count;
        return queue.IsClosed ? JoinAnswer.Unknown
            : waiting >= rules.MaxEntries ? JoinAnswer.Full
            : queue.IsEmpty(rules.JoinEmpty) ? JoinAnswer.Empty
            : waiting == 0 ? null
            : rules.MaxExpected > TimeSpan.Zero && Expect(queue, waiting + 1, nowMs) > (long)rules.MaxExpected.TotalMilliseconds ? JoinAnswer.TooLong
            : rules.MaxPerAgent > 0 && (waiting + 1) > rules.MaxPerAgent * queue.SignedIn ? JoinAnswer.TooLong
            : null;
    }

    private Waiter Enter(QueueState queue, JoinRequest request, long nowMs)
    {
        Guid id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        KeptPlace place = new(id, nowMs - Math.Max(0, request.WaitedMs), request.CreditMs, request.Priority ?? queue.Rules.Priority);
        if (request.Caller.Length > 0 && queue.Kept.Remove(request.Caller, out KeptPlace kept))
        {
            place = kept;
        }
        else if (request.Caller.Length > 0 && queue.Callbacks.TryGetValue(request.Caller, out Waiter? callback) && callback.State is WaiterState.Waiting or WaiterState.Parked)
        {
            // Who calls by himself needs no callback any more, and has kept his place.
            Leave(callback, QueueEntryState.Exited, nowMs);
            Effects.Add(new QueueEffect(QueueEffectKind.CallbackOver, callback));
            place = place with { EnqueuedAtMs = callback.EnqueuedAtMs, CreditMs = callback.CreditMs, Priority = Math.Max(callback.Priority, place.Priority) };
        }

        Waiter waiter = Add(queue, request, place, place.Id, nowMs);
        waiter.Line = request.Line;
        AnnouncementRules announcements = queue.Rules.Announcements;
        if (announcements.Position || announcements.Wait || announcements.Prompts.Count > 0)
        {
            waiter.AnnounceAtMs = nowMs;
        }

        Effects.Add(new QueueEffect(QueueEffectKind.Row, waiter, Value: (int)QueueEntryState.Waiting));
        Refresh(waiter, nowMs);
        return waiter;
    }

    private Waiter Add(QueueState queue, JoinRequest request, KeptPlace place, Guid id, long nowMs)
    {
        var waiter = new Waiter(id, queue)
        {
            CallId = request.CallId,
            Caller = request.Caller,
            Priority = place.Priority,
            EnqueuedAtMs = place.EnqueuedAtMs,
            CreditMs = place.CreditMs,
            JoinedAtMs = nowMs,
            Rank = place.EnqueuedAtMs - place.CreditMs - (place.Priority * (long)QueueLimits.PriorityWorth.TotalMilliseconds),
            Sequence = ++_lastSequence,
            CallSkills = request.Skills,
            Former = request.Former,
        };
        SetDemand(waiter);
        _waiters.Add(waiter.Id, waiter);
        queue.Waiters.Add(waiter);
        waiter.Demand.Add(waiter);
        return waiter;
    }

    private static void MakeCallback(Waiter waiter, long expiresAtMs)
    {
        waiter.Callback = new Callback { ExpiresAtMs = expiresAtMs };
        waiter.Line = null;
        waiter.CallId = "";
        waiter.AnnounceAtMs = long.MaxValue;
        waiter.Queue.Callbacks[waiter.Caller] = waiter;
    }

    private void Park(Waiter waiter, Callback callback, long nowMs)
    {
        CallbackRules rules = waiter.Queue.Rules.Callback ?? new CallbackRules();
        if (++callback.Attempts >= rules.Attempts)
        {
            Leave(waiter, QueueEntryState.Abandoned, nowMs);
            Effects.Add(new QueueEffect(QueueEffectKind.CallbackOver, waiter));
            return;
        }

        waiter.State = WaiterState.Parked;
        callback.ParkedUntilMs = nowMs + (long)rules.Between.TotalMilliseconds;
        Schedule(waiter, nowMs);
    }

    /// <summary>Takes a caller out, whatever he is.</summary>
    private void Leave(Waiter waiter, QueueEntryState state, long nowMs)
    {
        RemoveFromQueue(waiter);
        _waiters.Remove(waiter.Id);
        waiter.State = WaiterState.Left;
        waiter.DueMs = long.MaxValue;
        CancelOffers(waiter, nowMs);
        Effects.Add(new QueueEffect(QueueEffectKind.Row, waiter, Value: (int)state));
    }

    private static void RemoveFromQueue(Waiter waiter)
    {
        waiter.Demand.Remove(waiter);
        waiter.Demand.Users--;
        waiter.LeftAtPosition = GetPosition(waiter);
        waiter.Queue.Waiters.Remove(waiter);
        if (waiter.Callback is not null && waiter.Queue.Callbacks.GetValueOrDefault(waiter.Caller) == waiter)
        {
            waiter.Queue.Callbacks.Remove(waiter.Caller);
        }
    }

    /// <summary>Looks at a caller again: what the clock and the queue's state want done for him.</summary>
    private void Refresh(Waiter waiter, long nowMs)
    {
        if (waiter.State is WaiterState.Left or WaiterState.Connected)
        {
            return;
        }

        if (waiter.Callback is { } callback)
        {
            if (callback.ExpiresAtMs <= nowMs && waiter.State is WaiterState.Waiting or WaiterState.Parked)
            {
                Leave(waiter, QueueEntryState.TimedOut, nowMs);
                Effects.Add(new QueueEffect(QueueEffectKind.CallbackOver, waiter));
                return;
            }

            if (waiter.State == WaiterState.Calling)
            {
                if (waiter.DueMs == long.MaxValue)
                {
                    // The watchdog: whoever calls the customer has not said what came of it.
                    Park(waiter, callback, nowMs);
                }

                return;
            }

            if (waiter.State == WaiterState.Parked && callback.ParkedUntilMs <= nowMs)
            {
                waiter.State = WaiterState.Waiting;
                waiter.Demand.Add(waiter);
            }
        }
        else if (waiter.State == WaiterState.Waiting && TryLeadOut(waiter, nowMs))
        {
            return;
        }

        Widen(waiter, nowMs);
        if (waiter.State == WaiterState.Waiting)
        {
            OfferInTurn(waiter, nowMs);
        }
        else if (waiter is { State: WaiterState.Offering, Callback: null } && waiter.Queue.Rules.Strategy == QueueStrategy.RingProgressive)
        {
            AddProgressively(waiter, nowMs);
        }

        if (waiter.Callback is null && waiter.AnnounceAtMs <= nowMs && waiter.State is WaiterState.Waiting or WaiterState.Offering)
        {
            Announce(waiter, nowMs);
        }

        Schedule(waiter, nowMs);
    }

    /// <summary>The longest wait, a queue without agents, overflow.</summary>
    private bool TryLeadOut(Waiter waiter, long nowMs)
    {
        QueueState queue = waiter.Queue;
        QueueRules rules = queue.Rules;
        long waited = nowMs - waiter.JoinedAtMs;
        for (int i = 0; i < rules.Overflow.Count; i++)
        {
            OverflowStep step = rules.Overflow[i];
            if ((waiter.OverflowDone & (1 << i)) != 0 || waited < (long)step.After.TotalMilliseconds || queue.Waiters.Count < step.Waiting
                || (step.Expected > TimeSpan.Zero && Expect(queue, queue.Waiters.Count, nowMs) <= (long)step.Expected.TotalMilliseconds)
                || (step.Empty != EmptyPolicy.Never && !queue.IsEmpty(step.Empty)))
            {
                continue;
            }

            waiter.OverflowDone |= 1 << i;
            if (step.Relax)
            {
                waiter.RelaxSteps = Math.Min(waiter.RelaxSteps + 1, rules.Relax.Count);
                SetDemand(waiter);
            }
            else if (step.OpenTier)
            {
                waiter.ExtraTiers++;
            }
            else if (step.Queue is { } name)
            {
                if (TryMove(waiter, name, nowMs))
                {
                    return true;
                }
            }
            else
            {
                queue.Counters.Overflowed++;
                Leave(waiter, QueueEntryState.Overflowed, nowMs);
                Effects.Add(new QueueEffect(QueueEffectKind.Overflow, waiter, Value: i));
                return true;
            }
        }

        if (rules.MaxWait > TimeSpan.Zero && waited >= (long)rules.MaxWait.TotalMilliseconds)
        {
            queue.Counters.TimedOut++;
            Leave(waiter, QueueEntryState.TimedOut, nowMs);
            Effects.Add(new QueueEffect(QueueEffectKind.TimedOut, waiter));
            return true;
        }

        if (queue.IsEmpty(rules.LeaveEmpty))
        {
            queue.Counters.Emptied++;
            Leave(waiter, QueueEntryState.Overflowed, nowMs);
            Effects.Add(new QueueEffect(QueueEffectKind.Emptied, waiter));
            return true;
        }

        return false;
    }

    /// <summary>Leads a caller to another queue; he brings his waiting along. False when he has been there or it does not let him in: he stays.</summary>
    private bool TryMove(Waiter waiter, string name, long nowMs)
    {
        if (Find(name) is not { } other || other == waiter.Queue || waiter.Former.Count >= QueueLimits.MaxMoves || waiter.Former.Contains(other.Rules.Id))
        {
            return false;
        }

        other.Counters.Offered++;
        if (other.Build())
        {
            _reviews.Add(other);
        }

        if (FindRefusal(other, nowMs) is not null)
        {
            other.Counters.Refused++;
            return false;
        }

        waiter.Queue.Counters.Overflowed++;
        Leave(waiter, QueueEntryState.Overflowed, nowMs);
        Waiter moved = Enter(other, new JoinRequest
        {
            Queue = other.Rules.Id,
            CallId = waiter.CallId,
            Caller = waiter.Caller,
            Priority = waiter.Priority,
            CreditMs = waiter.WaitedMs(nowMs),
            Skills = waiter.CallSkills,
            Former = [.. waiter.Former, waiter.Queue.Rules.Id],
            Line = waiter.Line,
        }, nowMs);

        // Before what the new queue has done with him by now.
        Effects.Insert(Effects.FindIndex(effect => ReferenceEquals(effect.Waiter, moved)), new QueueEffect(QueueEffectKind.Moved, waiter, Other: moved));
        return true;
    }

    /// <summary>Asks less of agents, and asks more of them, as the wait grows.</summary>
    private void Widen(Waiter waiter, long nowMs)
    {
        QueueState queue = waiter.Queue;
        QueueRules rules = queue.Rules;
        long waited = nowMs - waiter.JoinedAtMs;
        while (waiter.RelaxSteps < rules.Relax.Count && (waited >= (long)rules.Relax[waiter.RelaxSteps].After.TotalMilliseconds || waiter.Demand.SignedIn == 0))
        {
            waiter.RelaxSteps++;
            SetDemand(waiter);
        }

        int steps = rules.TierWait == TimeSpan.Zero ? int.MaxValue : 1 + waiter.ExtraTiers + (int)(waited / (long)rules.TierWait.TotalMilliseconds);
        int open = queue.GetOpenTiers(steps);
        if (open != waiter.OpenTiers)
        {
            bool isIn = waiter.State == WaiterState.Waiting;
            waiter.Demand.Remove(waiter);
            waiter.OpenTiers = open;
            if (isIn)
            {
                waiter.Demand.Add(waiter);
            }
        }
    }

    private void AddProgressively(Waiter waiter, long nowMs)
    {
        long every = (long)waiter.Queue.Rules.ProgressEvery.TotalMilliseconds;
        int wanted = (int)Math.Min(QueueLimits.MaxRingAtOnce, 1 + ((nowMs - waiter.OfferedAtMs) / every));
        while (waiter.Offers.Count < wanted && waiter.Demand.Choose(waiter, waiter.Queue.Members, _lot) is { } next)
        {
            Reserve(waiter, next, nowMs);
        }
    }

    private void Announce(Waiter waiter, long nowMs)
    {
        AnnouncementRules rules = waiter.Queue.Rules.Announcements;
        int position = GetPosition(waiter);
        int minutes = 0;
        if (rules.Wait && Expect(waiter.Queue, position, nowMs) is >= 0 and var expected)
        {
            minutes = expected > (long)rules.MaxWait.TotalMilliseconds ? -1 : (int)Math.Max(1, (expected + 59_999) / 60_000);

            // A figure that is no better than the last one says nothing that a caller wants to hear.
            int rank = minutes < 0 ? int.MaxValue - 1 : minutes;
            if (rank >= waiter.SaidMinutes)
            {
                minutes = 0;
            }
            else
            {
                waiter.SaidMinutes = rank;
            }
        }

        waiter.AnnounceAtMs = nowMs + (long)(rules.Every > rules.MinGap ? rules.Every : rules.MinGap).TotalMilliseconds;
        Effects.Add(new QueueEffect(QueueEffectKind.Announce, waiter, Value: rules.Position && position <= rules.MaxPosition ? position : 0, Minutes: minutes));
        waiter.Announced++;
    }

    /// <summary>When to look at a caller again.</summary>
    private void Schedule(Waiter waiter, long nowMs)
    {
        if (waiter.State is WaiterState.Left or WaiterState.Connected or WaiterState.Calling)
        {
            return;
        }

        if (waiter.Callback is { } callback)
        {
            _deadlines.Set(waiter, waiter.State == WaiterState.Parked ? Math.Min(callback.ParkedUntilMs, callback.ExpiresAtMs) : callback.ExpiresAtMs > nowMs ? callback.ExpiresAtMs : nowMs + LookEveryMs);
            return;
        }

        QueueRules rules = waiter.Queue.Rules;
        long due = long.MaxValue;
        void By(long at) => due = at > nowMs && at < due ? at : due;

        By(waiter.AnnounceAtMs);
        if (waiter.RelaxSteps < rules.Relax.Count)
        {
            By(waiter.JoinedAtMs + (long)rules.Relax[waiter.RelaxSteps].After.TotalMilliseconds);
        }

        if (rules.TierWait > TimeSpan.Zero && waiter.OpenTiers < waiter.Queue.TierCount)
        {
            long wait = (long)rules.TierWait.TotalMilliseconds;
            By(waiter.JoinedAtMs + (((nowMs - waiter.JoinedAtMs) / wait) + 1) * wait);
        }

        if (rules.MaxWait > TimeSpan.Zero)
        {
            By(waiter.JoinedAtMs + (long)rules.MaxWait.TotalMilliseconds);
        }

        if (waiter.State == WaiterState.Offering && rules.Strategy == QueueStrategy.RingProgressive && waiter.Offers.Count < QueueLimits.MaxRingAtOnce)
        {
            long every = (long)rules.ProgressEvery.TotalMilliseconds;
            By(waiter.OfferedAtMs + (((nowMs - waiter.OfferedAtMs) / every) + 1) * every);
        }

        for (int i = 0; i < rules.Overflow.Count; i++)
        {
            if ((waiter.OverflowDone & (1 << i)) == 0)
            {
                By(waiter.JoinedAtMs + (long)rules.Overflow[i].After.TotalMilliseconds);
                if (!rules.Overflow[i].IsByTime)
                {
                    By(nowMs + LookEveryMs);
                }
            }
        }

        _deadlines.Set(waiter, due);
    }
}
