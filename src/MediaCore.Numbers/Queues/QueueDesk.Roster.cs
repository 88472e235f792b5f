using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Queues;

/// <summary>What the database says of queues and agents, and what is told of them.</summary>
internal sealed partial class QueueDesk
{
    private readonly Dictionary<Guid, CallQueue> _rows = [];
    private readonly Dictionary<Guid, (Guid Queue, Guid Agent)> _members = [];

    // Those that have changed since the start: callers bring the configuration along that was in force when they came.
    private readonly Dictionary<Guid, Schedule> _schedules = [];
    private readonly ConcurrentDictionary<string, (QueueFigures Figures, long FirstMs)> _glances = new(StringComparer.OrdinalIgnoreCase);
    private volatile FrozenDictionary<string, CallQueue> _configured = FrozenDictionary<string, CallQueue>.Empty;

    /// <summary>The queues by name, for calls that the desk makes itself.</summary>
    public FrozenDictionary<string, CallQueue> Configured => _configured;

    /// <summary>A queue as it was after the last input.</summary>
    public QueueFigures? Glance(string queue) => _glances.TryGetValue(queue, out (QueueFigures Figures, long FirstMs) noted)
        ? noted.Figures with { LongestWaitSeconds = noted.Figures.Waiting == 0 ? 0 : (int)Math.Clamp((NowMs - noted.FirstMs) / 1_000, 0, int.MaxValue) }
        : null;

    /// <summary>Takes a change of the configuration over.</summary>
    public void Apply(RosterChange change, long now)
    {
        foreach (Guid gone in change.GoneMembers)
        {
            if (_members.Remove(gone, out (Guid Queue, Guid Agent) member))
            {
                Core.RemoveMember(member.Queue, member.Agent);
            }
        }

        foreach (Guid gone in change.GoneAgents)
        {
            Core.RemoveAgent(gone, now);
        }

        foreach (Guid gone in change.GoneQueues)
        {
            if (_rows.Remove(gone, out CallQueue? queue))
            {
                _glances.TryRemove(queue.Name, out _);
                Core.RemoveQueue(gone, now);
            }
        }

        foreach (CallQueue queue in change.Queues)
        {
            if (_rows.TryGetValue(queue.Id, out CallQueue? former) && former.Name != queue.Name)
            {
                _glances.TryRemove(former.Name, out _);
            }

            _rows[queue.Id] = queue;
            Core.SetQueue(QueueSettings.Read(queue), now);
        }

        // First all of them, then who is ready: what is put into its order is so once.
        foreach (RosterAgent agent in change.Agents)
        {
            Core.SetAgent(agent.Row.Id, agent.Account, ReadSkills(agent.Row.Skills), agent.Row.MaxNoAnswer, now);
        }

        foreach (QueueMembership member in change.Members)
        {
            if (_members.TryGetValue(member.Id, out (Guid Queue, Guid Agent) former) && former != (member.QueueId, member.AgentId))
            {
                Core.RemoveMember(former.Queue, former.Agent);
            }

            _members[member.Id] = (member.QueueId, member.AgentId);
            Core.SetMember(member.QueueId, member.AgentId, member.Tier, member.Penalty, member.Paused);
        }

        Core.Review(now);
        foreach (RosterAgent agent in change.Agents)
        {
            Core.SetReachable(agent.Row.Id, _desks.IsReachable(agent.Account), now);
            SetPresence(agent.Row.Id, agent.Row.Presence, agent.Row.Reason, agent.Row.PresenceSinceMs, now);
        }

        foreach (Schedule schedule in change.Schedules)
        {
            _schedules[schedule.Id] = schedule;
            foreach (Waiter waiter in Core.Waiters.Values)
            {
                Tell(waiter, new QueueHours(schedule));
            }
        }

        _configured = _rows.Values.ToFrozenDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What an agent has said; what is older than what is known already says nothing.</summary>
    public void SetPresence(Guid agent, AgentPresence presence, string reason, long sinceMs, long now)
    {
        if (sinceMs >= _presenceSince.GetValueOrDefault(agent))
        {
            _presenceSince[agent] = sinceMs;
            Core.SetPresence(agent, presence, reason, now);
        }
    }

    /// <summary>Gives those who waited before a restart their places.</summary>
    public void Restore(IReadOnlyList<QueueEntry> rows, long now)
    {
        foreach (QueueEntry row in rows)
        {
            var place = new KeptPlace(row.Id, row.EnqueuedAtMs, row.CreditMs, row.Priority);
            if (row.State == QueueEntryState.Callback)
            {
                Core.RestoreCallback(row.QueueId, row.Id, row.Caller, place, now);
            }
            else if (row.Caller.Length > 0 && Core.Find(row.QueueId) is { } queue && queue.Kept.TryAdd(row.Caller, place))
            {
                continue;
            }
            else
            {
                Abandon(row, now);
            }
        }

        // One timer for all: by then who wanted to come back has.
        ITimer? timer = null;
        timer = _desks.Time.CreateTimer(_ =>
        {
            timer?.Dispose();
            Post(DropPlaces);
        }, null, QueueLimits.PlaceKept, Timeout.InfiniteTimeSpan);

        void DropPlaces(long then)
        {
            foreach (QueueEntry row in rows)
            {
                if (Core.Find(row.QueueId) is { } queue && queue.Kept.TryGetValue(row.Caller, out KeptPlace place) && place.Id == row.Id)
                {
                    queue.Kept.Remove(row.Caller);
                    Abandon(row, then);
                }
            }
        }
    }

    /// <summary>A caller comes.</summary>
    public void Join(JoinRequest request, QueueTicket ticket, ICallLine line, long now)
    {
        ticket.Line = line;
        JoinAnswer answer = Core.Join(request with { Line = ticket }, now, out Waiter? waiter);
        if (waiter is not null)
        {
            // Before what the queue has done with him by now. A call that is over by now leaves by itself, behind this.
            ticket.Entry = waiter.Id;
            line.Post(new QueueJoined(QueueCore.GetPosition(waiter)));
            foreach (Schedule schedule in _schedules.Values)
            {
                line.Post(new QueueHours(schedule));
            }

            return;
        }

        line.Post(answer switch
        {
            JoinAnswer.Full => new QueueOver(ActivityOutcome.Full, "the queue is full"),
            JoinAnswer.TooLong => new QueueOver(ActivityOutcome.Full, "the wait would be too long"),
            JoinAnswer.Empty => new QueueOver(ActivityOutcome.Unreachable, "no agent is there"),
            _ => new QueueOver(ActivityOutcome.Failed, "there is no such queue"),
        });
    }

    /// <summary>A queue as it is.</summary>
    public QueueReport? Describe(string name, long now)
    {
        if (Core.Find(name) is not { } queue)
        {
            return null;
        }

        QueueCounters counters = queue.Counters;
        long expected = QueueCore.Expect(queue, queue.Waiters.Count + 1, now);
        return new QueueReport
        {
            Queue = queue.Rules.Name,
            Waiting = queue.Waiters.Count,
            WaitingCallbacks = queue.Callbacks.Count,
            LongestWait = LongestWait(queue, now),
            Talking = queue.Talking,
            SignedIn = queue.SignedIn,
            Staffed = queue.Staffed,
            Ready = queue.Available,
            Expected = expected < 0 ? null : TimeSpan.FromMilliseconds(expected),
            ServiceLevelBound = queue.Rules.ServiceLevel,
            ShortAbandonBound = queue.Rules.ShortAbandon,
            Offered = counters.Offered,
            Answered = counters.Answered,
            AnsweredInTime = counters.AnsweredInTime,
            Abandoned = counters.Abandoned,
            AbandonedInTime = counters.AbandonedInTime,
            AbandonedShort = counters.AbandonedShort,
            Overflowed = counters.Overflowed,
            TimedOut = counters.TimedOut,
            Exited = counters.Exited,
            Refused = counters.Refused,
            Emptied = counters.Emptied,
            Closed = counters.Closed,
            Callbacks = counters.Callbacks,
            CallbacksReached = counters.CallbacksReached,
            RingNoAnswer = counters.RingNoAnswer,
            MeanWait = Mean(counters.WaitMs, counters.Answered),
            MaxWait = TimeSpan.FromMilliseconds(counters.MaxWaitMs),
            Wait90 = TimeSpan.FromMilliseconds(counters.GetPercentile(0.9)),
            MeanHandling = Mean(counters.HandleMs, counters.Talks),
        };
    }

    /// <summary>Queues and agents together.</summary>
    public LiveReport DescribeAll(string? name, long now)
    {
        QueueState[] queues = [.. Core.Queues.Where(queue => !queue.IsClosed && (name is null || string.Equals(queue.Rules.Name, name, StringComparison.OrdinalIgnoreCase))).OrderBy(static queue => queue.Rules.Name, StringComparer.OrdinalIgnoreCase)];
        return new LiveReport(
            [.. queues.Select(queue => Describe(queue.Rules.Name, now)!)],
            DescribeAgents(now, name is null ? Core.Seats.Values : queues.SelectMany(static queue => queue.Members.ToArray()).Select(static member => member.Seat)));
    }

    /// <summary>The agents as they are.</summary>
    public List<AgentReport> DescribeAgents(long now) => DescribeAgents(now, Core.Seats.Values);

    private static List<AgentReport> DescribeAgents(long now, IEnumerable<AgentSeat> seats) =>
    [
        .. seats.Select(seat =>
        {
            long busy = seat.BusyMs + (seat.State == SeatState.WrapUp ? now - seat.StateSinceMs : seat.State == SeatState.Talking ? now - seat.StateSinceMs : 0);
            return new AgentReport(
                seat.Id, seat.Presence, seat.Reason, seat.State, DateTimeOffset.FromUnixTimeMilliseconds(seat.StateSinceMs), seat.IsReachable, seat.Calls,
                TimeSpan.FromMilliseconds(seat.TalkMs), TimeSpan.FromMilliseconds(busy), now > seat.SignedInAtMs ? busy / (double)(now - seat.SignedInAtMs) : 0);
        }),
    ];

    private static TimeSpan LongestWait(QueueState queue, long now) => queue.Waiters.Min is { } first ? TimeSpan.FromMilliseconds(now - first.JoinedAtMs) : TimeSpan.Zero;

    private void NoteGlances()
    {
        foreach (QueueState queue in Core.Queues)
        {
            _glances[queue.Rules.Name] = (new QueueFigures(queue.Waiters.Count, 0, queue.Available), queue.Waiters.Min?.JoinedAtMs ?? 0);
        }
    }

    private static TimeSpan Mean(long sum, long count) => count == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(sum / (double)count);

    /// <summary>Skills as the agent's row has them; what is no level counts as none.</summary>
    private static Dictionary<string, int> ReadSkills(string json)
    {
        var skills = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty skill in document.RootElement.EnumerateObject())
                {
                    if (skill.Value.ValueKind == JsonValueKind.Number && skill.Value.TryGetInt32(out int level))
                    {
                        skills[skill.Name] = Math.Clamp(level, 0, 100);
                    }
                }
            }
        }
        catch (JsonException)
        {
            return [];
        }

        return skills;
    }

    private void Abandon(QueueEntry row, long now)
    {
        (row.State, row.LeftAtMs) = (QueueEntryState.Abandoned, now);
        _desks.Keep(row);
    }
}
