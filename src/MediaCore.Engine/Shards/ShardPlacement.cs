namespace MediaCore.Engine.Shards;

/// <summary>
/// Which shard a new call lives on (<see cref="CallPlacement"/>). Packed, it is that with the most calls of those that are <em>open</em>, and of equal ones the one that the call has come to: open is
/// a shard whose load is below <see cref="FullAt"/>, and that has not been full since it was below <see cref="OpenAt"/>. The load is the greatest of three: how busy it was, with what the calls since then will cost; what its calls will cost once all of them are
/// answered; what share of its places is taken. When no shard is open the one with the least load gets the call.
/// <para>
/// Shared by the shards, without locks: <see cref="Report"/> is called by the shard that it is about, <see cref="Choose"/> by any thread. Nothing is remembered of a call; one lives where it was
/// placed until it ends.
/// </para>
/// </summary>
internal sealed class ShardPlacement
{
    /// <summary>A load at which a shard gets no more calls while another is open. The rest is for what its calls come to cost later, and keeps the wait for a turn short.</summary>
    public const double FullAt = 0.65;

    /// <summary>A load at which a shard that was full gets calls again.</summary>
    public const double OpenAt = 0.5;

    /// <summary>What a call is reckoned with at least, as a share of a processor: 100 packets a second relayed at some 9 µs (docs/adr/0014-gathering-packets.md).</summary>
    public const double LeastCallCost = 0.001;

    /// <summary>And at most: a call that is transcoded takes 0.012.</summary>
    public const double MostCallCost = 0.02;

    /// <summary>With fewer calls over all, what is measured is not theirs.</summary>
    private const int LeastCallsToLearn = 16;

    /// <summary>Weight of a quarter second in the cost of a call: it follows within 16 s, so that setting up many calls at once does not make each of them look dear.</summary>
    private const double Learning = 1.0 / 64;

    /// <summary>With no shard open, a call stays where it arrived within this of the least load: passing its messages on costs too.</summary>
    private const double Slack = 0.05;

    /// <summary>Calls that a shard may have more than the emptiest, and one eighth, before it passes new ones on when they are spread.</summary>
    private const int MinImbalance = 8;

    private readonly CallPlacement _way;
    private readonly State[] _shards;
    private double _callCost = LeastCallCost;

    public ShardPlacement(CallPlacement way, IReadOnlyList<ShardStatistics> shards)
    {
        _way = way;
        _shards = [.. shards.Select(static s => new State(s))];
    }

    /// <summary>What a call costs, as a share of a processor, learned from those there are.</summary>
    public double CallCost => Volatile.Read(ref _callCost);

    /// <summary>The shard for a new call.</summary>
    /// <param name="here">The shard that it arrived at; -1 for none.</param>
    public int Choose(int here)
    {
        if (_shards.Length == 1)
        {
            return 0;
        }

        int chosen = _way == CallPlacement.Spread ? ChooseFewest(here) : ChooseOpen(here);
        Interlocked.Increment(ref _shards[chosen].Placed);
        return chosen;
    }

    /// <summary>A shard tells how it is.</summary>
    public void Report(int shard, in ShardReport report)
    {
        State state = _shards[shard];
        Volatile.Write(ref state.Busy, report.Busy);
        Volatile.Write(ref state.Taken, report.Taken);
        Volatile.Write(ref state.TakenPerCall, report.TakenPerCall);

        // Two quarters back: the busy share has hardly heard of the calls of the last one.
        Volatile.Write(ref state.Mark, state.NextMark);
        state.NextMark = state.Outstanding;
        double load = GetLoad(state);
        if (load >= FullAt)
        {
            state.IsFull = true;
        }
        else if (load < OpenAt)
        {
            state.IsFull = false;
        }

        if (shard == 0)
        {
            Learn();
        }
    }

    /// <summary>What a shard has to do and will have, 1 for all that it can.</summary>
    public double GetLoad(int shard) => GetLoad(_shards[shard]);

    private int ChooseOpen(int here)
    {
        int fullest = -1;
        long mostCalls = -1;
        int least = 0;
        double leastLoad = double.MaxValue;
        double loadHere = double.MaxValue;
        for (int i = 0; i < _shards.Length; i++)
        {
            double load = GetLoad(_shards[i]);
            if (load < FullAt && !_shards[i].IsFull)
            {
                long calls = _shards[i].Calls;
                if (calls > mostCalls || (calls == mostCalls && i == here))
                {
                    (fullest, mostCalls) = (i, calls);
                }

                continue;
            }

            if (load < leastLoad)
            {
                leastLoad = load;
                least = i;
            }

            loadHere = i == here ? load : loadHere;
        }

        return fullest >= 0 ? fullest : loadHere <= leastLoad + Slack && (loadHere < 1 || leastLoad >= 1) ? here : least;
    }

    private int ChooseFewest(int here)
    {
        int fewestAt = Math.Max(here, 0);
        long fewest = _shards[fewestAt].Calls;
        for (int i = 0; i < _shards.Length; i++)
        {
            if (_shards[i].Calls < fewest)
            {
                fewest = _shards[i].Calls;
                fewestAt = i;
            }
        }

        // Within the slack a call stays where its packets arrive, which saves passing every one of its messages on.
        return here >= 0 && _shards[here].Calls <= fewest + Math.Max(MinImbalance, fewest / 8) ? here : fewestAt;
    }

    private double GetLoad(State state)
    {
        if (Volatile.Read(ref state.Statistics.AdmittedPerMille) < 1000)
        {
            // It refuses a part of what comes; at another shard that is not so.
            return 1 + Volatile.Read(ref state.Busy);
        }

        double cost = CallCost;
        long recent = Math.Max(0, state.Outstanding - Volatile.Read(ref state.Mark));
        double expected = Math.Max(Volatile.Read(ref state.Busy) + (recent * cost), state.Calls * cost);
        return Math.Max(expected, Volatile.Read(ref state.Taken) + (recent * Volatile.Read(ref state.TakenPerCall)));
    }

    private void Learn()
    {
        long calls = 0;
        double busy = 0;
        foreach (State state in _shards)
        {
            calls += state.Calls;
            busy += Volatile.Read(ref state.Busy);
        }

        double cost = calls < LeastCallsToLearn ? LeastCallCost : Math.Clamp(busy / calls, LeastCallCost, MostCallCost);
        Volatile.Write(ref _callCost, _callCost + ((cost - _callCost) * Learning));
    }

    private sealed class State(ShardStatistics statistics)
    {
        public readonly ShardStatistics Statistics = statistics;
        public long Placed;
        public long Mark;
        public long NextMark;
        public double Busy;
        public double Taken;
        public double TakenPerCall;
        public volatile bool IsFull;

        public long Calls => Volatile.Read(ref Statistics.ActiveCalls);

        /// <summary>Calls placed here, less those that have ended. It grows by what was refused before it was a call, so only its growth over half a second means anything.</summary>
        public long Outstanding => Interlocked.Read(ref Placed) - (Volatile.Read(ref Statistics.CallsStarted) - Calls);
    }
}
