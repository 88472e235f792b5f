using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues.Matching;

/// <summary>
/// All queues of one tenant, which share their agents: callers, agents and offers go in, effects come out (<see cref="Effects"/>). Opens nothing, reads no clock, starts nothing; used by one thread at a time. After every input holds:
/// <list type="bullet">
/// <item>an agent rings for or talks with at most one caller, and a caller talks with at most one agent;</item>
/// <item>who waits and may be given to an agent who is ready has an offer: there is no round that looks for pairs, each input makes those that it makes possible;</item>
/// <item>of several callers whom an agent could take, in whichever queues, the first in the one order of all callers gets him (<see cref="Waiter.Rank"/>).</item>
/// </list>
/// No input but a change of the configuration looks at all agents.
/// </summary>
internal sealed partial class QueueCore(ulong seed)
{
    private readonly Dictionary<Guid, QueueState> _queues = [];
    private readonly Dictionary<string, QueueState> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Guid, AgentSeat> _seats = [];
    private readonly Dictionary<(Guid Queue, Guid Agent), Member> _members = [];
    private readonly Dictionary<Guid, Waiter> _waiters = [];
    private readonly HashSet<QueueState> _reviews = [];
    private readonly Deadlines _deadlines = new();
    private readonly Lot _lot = new(seed);
    private long _lastSequence;

    /// <summary>What the inputs since the last clearing want done, in their order.</summary>
    public List<QueueEffect> Effects { get; } = [];

    /// <summary>When to call <see cref="Advance"/>, milliseconds of Unix time.</summary>
    public long NextDeadlineMs => _deadlines.NextMs;

    /// <summary>Callers on the line, callbacks and those who talk.</summary>
    public IReadOnlyDictionary<Guid, Waiter> Waiters => _waiters;

    public IReadOnlyDictionary<Guid, AgentSeat> Seats => _seats;

    public IEnumerable<QueueState> Queues => _queues.Values;

    public QueueState? Find(Guid queue) => _queues.GetValueOrDefault(queue);

    public QueueState? Find(string queue) => _byName.GetValueOrDefault(queue);

    public AgentSeat? FindSeat(Guid agent) => _seats.GetValueOrDefault(agent);

    /// <summary>A queue is there, or its rules have changed. What waits goes on by the new ones.</summary>
    public void SetQueue(QueueRules rules, long nowMs)
    {
        if (!_queues.TryGetValue(rules.Id, out QueueState? queue))
        {
            queue = new QueueState(rules);
            _queues.Add(rules.Id, queue);
        }
        else
        {
            _byName.Remove(queue.Rules.Name);
            queue.SetRules(rules);
            foreach (Waiter waiter in queue.Waiters.ToArray())
            {
                // The steps may be others now.
                waiter.RelaxSteps = Math.Min(waiter.RelaxSteps, rules.Relax.Count);
                SetDemand(waiter);
            }
        }

        _byName[rules.Name] = queue;
        _reviews.Add(queue);
        Review(nowMs);
    }

    /// <summary>A queue is gone: nobody comes in, and who waits is led out.</summary>
    public void RemoveQueue(Guid id, long nowMs)
    {
        if (!_queues.Remove(id, out QueueState? queue))
        {
            return;
        }

        _byName.Remove(queue.Rules.Name);
        queue.IsClosed = true;
        foreach (Waiter waiter in queue.Waiters.ToArray())
        {
            Leave(waiter, QueueEntryState.Overflowed, nowMs);
            Effects.Add(new QueueEffect(waiter.Line is null ? QueueEffectKind.CallbackOver : QueueEffectKind.Closed, waiter));
        }

        foreach (Member member in queue.Members.ToArray())
        {
            _members.Remove((id, member.Seat.Id));
            member.Seat.Members.Remove(member);
        }

        Review(nowMs);
    }

    /// <summary>An agent is there, or is different. The presence comes by <see cref="SetPresence"/>.</summary>
    public AgentSeat SetAgent(Guid id, string account, IReadOnlyDictionary<string, int> skills, int maxNoAnswer, long nowMs)
    {
        if (!_seats.TryGetValue(id, out AgentSeat? seat))
        {
            seat = new AgentSeat(id) { IdleSinceMs = nowMs, StateSinceMs = nowMs, SignedInAtMs = nowMs };
            _seats.Add(id, seat);
        }

        bool differs = seat.Skills.Count != skills.Count || seat.Skills.Any(pair => !skills.TryGetValue(pair.Key, out int level) || level != pair.Value);
        (seat.Account, seat.Skills, seat.MaxNoAnswer) = (account, skills, maxNoAnswer);
        if (differs)
        {
            foreach (Member member in seat.Members)
            {
                member.Queue.Change();
                _reviews.Add(member.Queue);
            }
        }

        return seat;
    }

    /// <summary>An agent is no longer one. A talk goes on; an offer is taken back.</summary>
    public void RemoveAgent(Guid id, long nowMs)
    {
        if (!_seats.TryGetValue(id, out AgentSeat? seat))
        {
            return;
        }

        SetPresence(id, AgentPresence.SignedOut, "", nowMs);
        foreach (Member member in seat.Members.ToArray())
        {
            RemoveMember(member.Queue.Rules.Id, id);
        }

        _seats.Remove(id);
        Review(nowMs);
    }

    /// <summary>An agent belongs to a queue, or otherwise than before. Takes effect with <see cref="Review"/>.</summary>
    public void SetMember(Guid queueId, Guid agent, int tier, int penalty, bool isPaused)
    {
        if (!_queues.TryGetValue(queueId, out QueueState? queue) || !_seats.TryGetValue(agent, out AgentSeat? seat))
        {
            return;
        }

        if (!_members.TryGetValue((queueId, agent), out Member? member))
        {
            member = new Member(queue, seat, ++_lastSequence) { Tier = tier, Penalty = penalty, IsPaused = isPaused };
            _members.Add((queueId, agent), member);
            queue.Add(member);
            seat.Members.Add(member);
        }
        else if (member.Tier != tier || member.Penalty != penalty)
        {
            (member.Tier, member.Penalty, member.IsPaused) = (tier, penalty, isPaused);
            queue.Change();
        }
        else if (member.IsPaused != isPaused)
        {
            // Of a list that is in its order only this one is taken out or put in.
            if (queue.Build())
            {
                _reviews.Add(queue);
            }

            queue.Count(member, isPaused ? seat.Counted : SeatFlags.None, isPaused ? SeatFlags.None : seat.Counted);
            member.IsPaused = isPaused;
        }
        else
        {
            return;
        }

        _reviews.Add(queue);
    }

    /// <summary>An agent does not belong to a queue any more. Takes effect with <see cref="Review"/>.</summary>
    public void RemoveMember(Guid queueId, Guid agent)
    {
        if (_members.Remove((queueId, agent), out Member? member))
        {
            member.Queue.Remove(member);
            member.Seat.Members.Remove(member);
            _reviews.Add(member.Queue);
        }
    }

    /// <summary>After changes of the configuration: looks again at all who wait in the queues that they concern.</summary>
    public void Review(long nowMs)
    {
        // What is done for one queue may concern another: callers move. Each move is one of few that a caller may make, so this ends.
        while (_reviews.Count > 0)
        {
            QueueState queue = _reviews.First();
            _reviews.Remove(queue);
            queue.Build();
            foreach (Waiter waiter in queue.Waiters.ToArray())
            {
                Refresh(waiter, nowMs);
            }
        }
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long nowMs)
    {
        while (_deadlines.Take(nowMs) is { } due)
        {
            switch (due)
            {
                case Waiter waiter:
                    Refresh(waiter, nowMs);
                    break;
                case AgentSeat { State: SeatState.Offered, Waiter: { } offered } seat:
                    // Whoever rings the phone should have said what came of it long ago: the reservation does not outlive that.
                    Effects.Add(new QueueEffect(QueueEffectKind.Cancel, offered, seat));
                    EndOffer(offered.Id, seat.Id, OfferEnd.Failed, nowMs);
                    break;
                case AgentSeat { State: SeatState.WrapUp or SeatState.Resting } seat:
                    Free(seat, nowMs);
                    break;
                default:
                    break;
            }
        }

        Review(nowMs);
    }

    private void SetDemand(Waiter waiter)
    {
        QueueRules rules = waiter.Queue.Rules;
        int step = Math.Min(waiter.RelaxSteps, rules.Relax.Count);
        SkillExpression expression = step == 0 ? rules.Skills : rules.Relax[step - 1].Skills;
        if (waiter.CallSkills.Count > 0 && (step == 0 || rules.Relax[step - 1].KeepsCallSkills))
        {
            expression = expression.With(waiter.CallSkills);
        }

        waiter.Queue.Build();
        Demand demand = waiter.Queue.GetDemand(expression);
        if (ReferenceEquals(demand, waiter.Demand))
        {
            return;
        }

        if (waiter.Demand is { } former)
        {
            former.Users--;
            former.Remove(waiter);
        }

        demand.Users++;
        waiter.Demand = demand;
        if (waiter.State == WaiterState.Waiting && waiter.Queue.Waiters.Contains(waiter))
        {
            demand.Add(waiter);
        }
    }
}
