using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Benchmarks;

/// <summary>
/// A queue of so many agents, half of whom talk: a caller comes and is given to an agent, who answers, and the talk of whoever was given his caller longest ago ends. Each turn has the decision and all that keeps the next one cheap.
/// </summary>
internal sealed class QueueDecisions
{
    /// <summary>Time between two callers.</summary>
    private const long StepMs = 10;

    private readonly QueueCore _core = new(1);
    private readonly Queue<(Guid Entry, Guid Agent)> _talks = new();
    private readonly JoinRequest _request;
    private readonly int _agents;
    private long _nowMs = 1_800_000_000_000;

    /// <summary>A queue at work.</summary>
    /// <param name="agents">Agents who have signed in.</param>
    /// <param name="strategy">How one is chosen.</param>
    public QueueDecisions(int agents, QueueStrategy strategy)
    {
        _agents = agents;
        var rules = new QueueRules { Id = Guid.NewGuid(), Name = "sales", Strategy = strategy };
        _request = new JoinRequest { Queue = rules.Id, CallId = "0-benchmark", Caller = "", Line = this };
        _core.SetQueue(rules, _nowMs);
        var skills = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var seats = new AgentSeat[agents];
        for (int i = 0; i < agents; i++)
        {
            seats[i] = _core.SetAgent(Guid.NewGuid(), $"agent{i}", skills, 0, _nowMs);
            _core.SetMember(rules.Id, seats[i].Id, 1, 0, false);
        }

        _core.Review(_nowMs);
        foreach (AgentSeat seat in seats)
        {
            _core.SetReachable(seat.Id, true, _nowMs);
            _core.SetPresence(seat.Id, AgentPresence.Ready, "", _nowMs);
        }

        for (int i = 0; i < agents / 2; i++)
        {
            Begin();
        }
    }

    /// <summary>Which agent got the caller of the last turn.</summary>
    public Guid Chosen { get; private set; }

    /// <summary>One turn.</summary>
    public void Turn()
    {
        Begin();
        (Guid entry, _) = _talks.Dequeue();
        _core.EndTalk(entry, _nowMs);
        _core.Effects.Clear();
    }

    /// <summary>Whether the choice is what the strategy says, for two rounds of all agents: with the longest idle and in turn it is who has got no caller for the longest time.</summary>
    public string? FindProblem(QueueStrategy strategy)
    {
        var last = new Dictionary<Guid, int>();
        for (int turn = 0; turn < 2 * _agents; turn++)
        {
            Turn();
            if (strategy is QueueStrategy.LongestIdle or QueueStrategy.RoundRobin && last.TryGetValue(Chosen, out int before) && turn - before != _agents)
            {
                return $"{strategy}: an agent was chosen again after {turn - before} callers; there are {_agents} agents.";
            }

            last[Chosen] = turn;
            if (_talks.Count != _agents / 2 || _core.Find(_request.Queue)!.Available != _agents - (_agents / 2))
            {
                return $"{strategy}: {_talks.Count} of {_agents} agents talk.";
            }
        }

        return strategy is QueueStrategy.LongestIdle or QueueStrategy.RoundRobin && last.Count != _agents ? $"{strategy}: {last.Count} of {_agents} agents got callers." : null;
    }

    private void Begin()
    {
        _nowMs += StepMs;
        if (_core.NextDeadlineMs <= _nowMs)
        {
            _core.Advance(_nowMs);
        }

        if (_core.Join(_request, _nowMs, out Waiter? waiter) != JoinAnswer.Joined || waiter is not { Offers: [{ } seat] } || !_core.Answer(waiter.Id, seat.Id, _nowMs))
        {
            throw new InvalidOperationException("A caller was given to no agent.");
        }

        Chosen = seat.Id;
        _talks.Enqueue((waiter.Id, seat.Id));
        _core.Effects.Clear();
    }
}
