using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Tests.Queues;

/// <summary>Queues, agents and callers by short names, and a clock that is moved by hand. After every input the invariants are looked at by walking everything.</summary>
internal sealed class QueueWorld
{
    private readonly Dictionary<string, Guid> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _connected = [];
    private readonly HashSet<(Guid Waiter, Guid Agent)> _waitedFor = [];

    public QueueWorld(ulong seed = 1) => Core = new QueueCore(seed);

    public QueueCore Core { get; }

    public long Now { get; private set; } = 1_800_000_000_000;

    /// <summary>Effects of the last input.</summary>
    public List<QueueEffect> Last { get; private set; } = [];

    public Guid Id(string name)
    {
        if (!_ids.TryGetValue(name, out Guid id))
        {
            _ids.Add(name, id = Guid.NewGuid());
        }

        return id;
    }

    public string Name(Guid id) => _ids.First(pair => pair.Value == id).Key;

    public void Queue(string name, Func<QueueRules, QueueRules>? rules = null)
    {
        var plain = new QueueRules { Id = Id(name), Name = name };
        Core.SetQueue(rules?.Invoke(plain) ?? plain, Now);
        Check();
    }

    /// <summary>Agents in their order, who belong to a queue and are ready.</summary>
    public void Agents(string queue, params string[] names)
    {
        foreach (string name in names)
        {
            Agent(name);
            Member(queue, name);
        }
    }

    public void Agent(string name, string skills = "", int maxNoAnswer = 3, bool isReady = true)
    {
        Dictionary<string, int> levels = new(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in skills.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            levels[pair.Split('=')[0].Trim()] = int.Parse(pair.Split('=')[1]);
        }

        Core.SetAgent(Id(name), name, levels, maxNoAnswer, Now);
        Core.Review(Now);
        Core.SetReachable(Id(name), true, Now);
        if (isReady)
        {
            Core.SetPresence(Id(name), AgentPresence.Ready, "", Now);
        }

        Check();
    }

    public void Member(string queue, string agent, int tier = 1, int penalty = 0, bool paused = false)
    {
        Core.SetMember(Id(queue), Id(agent), tier, penalty, paused);
        Core.Review(Now);
        Check();
    }

    public void Presence(string agent, AgentPresence presence, string reason = "")
    {
        Core.SetPresence(Id(agent), presence, reason, Now);
        Check();
    }

    public JoinAnswer Join(string queue, string caller, int? priority = null, params (string Skill, int Level)[] skills)
    {
        JoinAnswer answer = Core.Join(
            new JoinRequest
            {
                Queue = Id(queue),
                Caller = caller,
                CallId = caller,
                Priority = priority,
                Line = caller,
                Skills = skills.ToDictionary(static skill => skill.Skill, static skill => skill.Level, StringComparer.OrdinalIgnoreCase),
            },
            Now,
            out Waiter? waiter);
        if (waiter is not null)
        {
            _ids[caller] = waiter.Id;
        }

        Check();
        return answer;
    }

    public void Answer(string caller, string agent)
    {
        Assert.True(Core.Answer(Id(caller), Id(agent), Now));
        Assert.True(_connected.Add(Id(caller)));
        Check();
    }

    public void EndOffer(string caller, string agent, OfferEnd end = OfferEnd.NoAnswer)
    {
        Core.EndOffer(Id(caller), Id(agent), end, Now);
        Check();
    }

    public void EndTalk(string caller)
    {
        Core.EndTalk(Id(caller), Now);
        Check();
    }

    public void Leave(string caller, bool byKey = false)
    {
        Core.Leave(Id(caller), byKey, Now);
        Check();
    }

    /// <summary>Moves the clock from one deadline to the next.</summary>
    public void Advance(double seconds)
    {
        long until = Now + (long)(seconds * 1000);
        var all = new List<QueueEffect>();
        while (Core.NextDeadlineMs <= until)
        {
            Now = Math.Max(Now, Core.NextDeadlineMs);
            Core.Advance(Now);
            Check();
            all.AddRange(Last);
        }

        Now = until;
        Core.Advance(Now);
        Check();
        Last = [.. all, .. Last];
    }

    public WaiterState StateOf(string caller) => Core.Waiters.TryGetValue(Id(caller), out Waiter? waiter) ? waiter.State : WaiterState.Left;

    /// <summary>Who rings for a caller, in the order in which they were chosen.</summary>
    public string Ringing(string caller) => Core.Waiters.TryGetValue(Id(caller), out Waiter? waiter) ? string.Join(' ', waiter.Offers.Select(seat => seat.Account)) : "";

    public bool Has(QueueEffectKind kind, string? caller = null) => Last.Exists(effect => effect.Kind == kind && (caller is null || effect.Waiter?.Id == Id(caller)));

    /// <summary>Takes the effects and looks at the invariants.</summary>
    public void Check()
    {
        Last = [.. Core.Effects];
        Core.Effects.Clear();
        var held = new Dictionary<AgentSeat, SeatState>();
        foreach (Waiter waiter in Core.Waiters.Values)
        {
            foreach (AgentSeat seat in waiter.Offers)
            {
                Assert.True(held.TryAdd(seat, SeatState.Offered) && ReferenceEquals(seat.Waiter, waiter), $"{seat.Account} rings for two.");
            }

            if (waiter.Agent is { } agent)
            {
                Assert.True(held.TryAdd(agent, SeatState.Talking), $"{agent.Account} is with two.");
            }
        }

        foreach (AgentSeat seat in Core.Seats.Values)
        {
            Assert.Equal(held.GetValueOrDefault(seat), seat.State is SeatState.Offered or SeatState.Talking ? seat.State : SeatState.Idle);
            Assert.Equal(seat.Flags, seat.Counted);
        }

        foreach (QueueState queue in Core.Queues)
        {
            int signedIn = 0, staffed = 0, available = 0;
            foreach (Member member in queue.Members)
            {
                signedIn += !member.IsPaused && member.Seat.Presence != AgentPresence.SignedOut ? 1 : 0;
                staffed += !member.IsPaused && member.Seat.Flags.HasFlag(SeatFlags.Staffed) ? 1 : 0;
                available += !member.IsPaused && member.Seat.Flags.HasFlag(SeatFlags.Available) ? 1 : 0;
            }

            Assert.Equal((signedIn, staffed, available), (queue.SignedIn, queue.Staffed, queue.Available));
        }

        foreach (Waiter waiter in Core.Waiters.Values)
        {
            Assert.Equal(waiter.State is WaiterState.Offering, waiter.Offers.Count > 0);
            Assert.Equal(waiter.State != WaiterState.Connected, waiter.Queue.Waiters.Contains(waiter));
            if (waiter.State == WaiterState.Waiting)
            {
                // Liveness: nobody who is ready is kept from a caller who waits for such as him.
                foreach (Member member in waiter.Queue.Members)
                {
                    Assert.False(CanTake(member, waiter), $"{member.Seat.Account} is ready and nobody rings for {waiter.Caller}.");
                }
            }
        }

        foreach (QueueEffect offer in Last.Where(static effect => effect.Kind == QueueEffectKind.Offer && effect.Waiter!.Offers.Contains(effect.Seat!)))
        {
            // Order: nobody before him has waited for the same agent, and waits still.
            foreach (Waiter before in Core.Waiters.Values.Where(waiter => waiter.State == WaiterState.Waiting && WaiterOrder.Instance.Compare(waiter, offer.Waiter) < 0))
            {
                foreach (Member member in offer.Seat!.Members.Where(member => member.Queue == before.Queue))
                {
                    Assert.False(_waitedFor.Contains((before.Id, offer.Seat.Id)) && IsFor(member, before), $"{offer.Waiter!.Caller} got {offer.Seat.Account} before {before.Caller}.");
                }
            }
        }

        _waitedFor.Clear();
        foreach (Waiter waiter in Core.Waiters.Values.Where(static waiter => waiter.State == WaiterState.Waiting))
        {
            foreach (Member member in waiter.Queue.Members)
            {
                if (IsFor(member, waiter))
                {
                    _waitedFor.Add((waiter.Id, member.Seat.Id));
                }
            }
        }
    }

    private static bool CanTake(Member member, Waiter waiter) => member.Seat.Flags.HasFlag(SeatFlags.Available) && IsFor(member, waiter);

    private static bool IsFor(Member member, Waiter waiter)
        => !member.IsPaused && member.TierIndex < waiter.OpenTiers && waiter.Demand.Expression.Matches(member.Seat.Skills);
}
