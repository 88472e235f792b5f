namespace MediaCore.Numbers.Queues;

/// <summary>
/// The agents whose phones ring for one caller, by their legs, and those who are to ring next. Who is to do something about it is the call's activity (<see cref="QueueActivity"/>); this only knows. Used in the call's own turns.
/// </summary>
internal sealed class AgentRing
{
    private readonly List<OfferedAgent> _ringing = [];
    private readonly List<OfferedAgent> _next = [];
    private readonly Dictionary<string, OfferedAgent> _legs = new(StringComparer.Ordinal);

    /// <summary>Who is dialled now.</summary>
    public IReadOnlyList<OfferedAgent> Ringing => _ringing;

    /// <summary>The legs that ring, an agent's several phones each by its own.</summary>
    public IReadOnlyCollection<string> Legs => _legs.Keys;

    /// <summary>Whether somebody is to be rung who does not ring yet.</summary>
    public bool HasNext => _next.Count > 0;

    /// <summary>Agents are offered, to be rung by the next dial.</summary>
    public void Add(IEnumerable<OfferedAgent> agents) => _next.AddRange(agents);

    /// <summary>All who were offered are dialled.</summary>
    public void Begin()
    {
        _ringing.AddRange(_next);
        _next.Clear();
    }

    /// <summary>They are rung again by the next dial, before those who were added.</summary>
    public void BeginAnew()
    {
        _next.InsertRange(0, _ringing);
        _ringing.Clear();
    }

    /// <summary>The dial is over: nobody rings any more.</summary>
    public void Clear()
    {
        _ringing.Clear();
        _legs.Clear();
    }

    /// <summary>A leg has been dialled to an account.</summary>
    public void NoteLeg(string leg, string? account)
    {
        int at = _ringing.FindIndex(agent => agent.Account == account);
        if (at >= 0)
        {
            _legs[leg] = _ringing[at];
        }
    }

    /// <summary>A leg has ended while others ring.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="says">Whether its end says something of the agent; a phone that another was faster than has a status of its own that means nothing.</param>
    /// <param name="over">The agent who does not ring any more.</param>
    /// <returns>Whether this was the agent's last phone, others ring on, and he is the queue's again.</returns>
    public bool EndLeg(string leg, bool says, out OfferedAgent over)
    {
        if (!_legs.Remove(leg, out over) || _ringing.Count <= 1 || _legs.ContainsValue(over) || !_ringing.Remove(over))
        {
            return false;
        }

        if (!says)
        {
            _ringing.Add(over);
        }

        return says;
    }

    /// <summary>Who has answered: the agent of the leg, else of the account, else the first; nobody rings any more.</summary>
    public OfferedAgent Answer(string? leg, string? account)
    {
        OfferedAgent talker = leg is not null && _legs.TryGetValue(leg, out OfferedAgent known) ? known : _ringing.Find(agent => agent.Account == account) is { Account: not null } found ? found : _ringing.FirstOrDefault();
        Clear();
        return talker;
    }

    /// <summary>An agent is not to be rung.</summary>
    public void RemoveNext(Guid agent) => _next.RemoveAll(offered => offered.Id == agent);

    /// <summary>An agent who rings is taken back; gives the legs that are to be hung up.</summary>
    public IReadOnlyList<string> TakeBack(Guid agent)
        => _ringing.RemoveAll(offered => offered.Id == agent) > 0 ? [.. _legs.Where(leg => leg.Value.Id == agent).Select(static leg => leg.Key)] : [];
}
