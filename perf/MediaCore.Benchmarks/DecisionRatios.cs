using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MediaCore.Numbers.Queues;

namespace MediaCore.Benchmarks;

/// <summary>
/// Goal 16: <c>--goal16 SECONDS [FILE]</c>. What a number's look-up and decision cost at ten million numbers beside a plain hash look-up, and what a queue's decision costs with 100,000 agents beside one with 1,000. Subject and peer take turns,
/// processor time counts (whoever shares the machine disturbs wall time more), and the answers are compared before any time is.
/// </summary>
internal static class DecisionRatios
{
    private const int Numbers = 10_000_000;

    /// <summary>More than the processor's caches hold of either table.</summary>
    private const int Asked = 1 << 20;

    private const int FewAgents = 1_000;
    private const int ManyAgents = 100_000;
    private const double NumberBound = 3;
    private const double QueueBound = 2.5;
    private const double Goal = 1.5;
    private const int MinRounds = 11;

    /// <summary>Below this share of the wall time in processor time others were at work.</summary>
    private const double QuietShare = 0.97;

    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(50);
    private static readonly QueueStrategy[] s_strategies = [QueueStrategy.LongestIdle, QueueStrategy.RoundRobin, QueueStrategy.FewestCalls, QueueStrategy.Random];

    /// <summary>Returns 0 within the bounds, 1 beyond one, 2 when an answer is wrong.</summary>
    /// <param name="seconds">How long to measure, without the preparation.</param>
    /// <param name="path">A file for the figures as JSON; null for none.</param>
    /// <param name="output">Where the table goes.</param>
    public static int Run(double seconds, string? path, TextWriter output)
    {
        var pairs = new List<Pair>();

        // The queues first: ten million numbers would be in the collector's way.
        foreach (QueueStrategy strategy in s_strategies)
        {
            var few = new QueueDecisions(FewAgents, strategy);
            var many = new QueueDecisions(ManyAgents, strategy);
            if ((few.FindProblem(strategy) ?? many.FindProblem(strategy)) is { } problem)
            {
                output.WriteLine(problem);
                return 2;
            }

            pairs.Add(Measure(new Pair($"queue, {strategy}: {ManyAgents} agents / {FewAgents}", QueueBound, many.Turn, few.Turn), seconds / 8));
        }

        var world = new NumberDecisions(Numbers, Asked, hasTexts: true);
        if (world.FindProblem() is { } wrong)
        {
            output.WriteLine(wrong);
            return 2;
        }

        int key = 0, keyOfPeer = 0, text = 0, textOfPeer = 0, routed = 0, decided = 0;
        void FindPlainText() => world.ByText.TryGetValue(world.Texts[textOfPeer++ & (Asked - 1)], out _);
        pairs.Add(Measure(new Pair("numbers: look-up / plain table of values", NumberBound, () => world.Find(world.Keys[key++ & (Asked - 1)]), () => world.ByKey.TryGetValue(world.Keys[keyOfPeer++ & (Asked - 1)], out _)), seconds / 8));
        pairs.Add(Measure(new Pair("numbers: look-up by text / plain table of texts", NumberBound, () => world.Find(world.Texts[text++ & (Asked - 1)]), FindPlainText), seconds / 8));
        pairs.Add(Measure(new Pair("numbers: look-up and the engine's plan / plain table of texts", NumberBound, () => world.Route(world.Users[routed++ & (Asked - 1)]), FindPlainText), seconds / 8));

        // What comes behind the engine's decision, on the service's thread: one of 10,000 plans' rules, none of which the caches hold. It has no bound, and is told since it is most of what a call waits.
        pairs.Add(Measure(new Pair("numbers: look-up and a plan's rule / plain table of texts", null, () => world.Decide(world.Texts[decided++ & (Asked - 1)]), FindPlainText), seconds / 8));

        output.WriteLine($"{"pair",-64} {"ratio",6} {"p10",6} {"p90",6} {"bound",6} {"ns",8} {"peer ns",8} {"rounds",7} {"on",5}");
        foreach (Pair pair in pairs)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{pair.Name,-64} {pair.Ratio(0.5),6:F2} {pair.Ratio(0.1),6:F2} {pair.Ratio(0.9),6:F2} {pair.Bound,6} {pair.Nanoseconds,8:F0} {pair.PeerNanoseconds,8:F0} {pair.Rounds,7} {100 * pair.Share,4:F0}%"));
        }

        bool isQuiet = pairs.TrueForAll(static pair => pair.Share >= QuietShare);
        bool isKept = pairs.TrueForAll(static pair => pair.Bound is null || pair.Ratio(0.5) <= pair.Bound);
        output.WriteLine(isQuiet ? "The machine was quiet." : "The machine was NOT quiet: others took processor time, and with it the caches.");
        if (path is not null)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(
                new
                {
                    isQuiet,
                    isKept,
                    pairs = pairs.Select(static pair => new
                    {
                        name = pair.Name, bound = pair.Bound, goal = Goal, ratio = pair.Ratio(0.5), p10 = pair.Ratio(0.1), p90 = pair.Ratio(0.9), nanoseconds = pair.Nanoseconds, peerNanoseconds = pair.PeerNanoseconds, rounds = pair.Rounds, share = pair.Share,
                    }),
                },
                s_json));
        }

        return isKept ? 0 : 1;
    }

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static Pair Measure(Pair pair, double seconds)
    {
        // The first rounds are for the tier-1 compiler and the caches.
        for (int i = 0; i < 6; i++)
        {
            pair.RunRound(counts: false);
        }

        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        while (pair.Rounds < MinRounds || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            pair.RunRound(counts: true);
        }

        return pair;
    }

    /// <summary>A subject, its peer, and what rounds of both in turns have cost.</summary>
    private sealed class Pair(string name, double? bound, Action subject, Action peer)
    {
        private const int RunsBetweenLooks = 256;
        private readonly List<(double Subject, double Peer)> _rounds = [];
        private double _wall;
        private double _cpu;

        public string Name => name;

        /// <summary>What the ratio may be; null for what is only told.</summary>
        public double? Bound => bound;

        public int Rounds => _rounds.Count;

        /// <summary>Processor time of the wall time.</summary>
        public double Share => _cpu / _wall;

        public double Nanoseconds => Quantile(_rounds.Select(static round => round.Subject), 0.5);

        public double PeerNanoseconds => Quantile(_rounds.Select(static round => round.Peer), 0.5);

        public double Ratio(double quantile) => Quantile(_rounds.Select(static round => round.Subject / round.Peer), quantile);

        /// <summary>Both for a while, who was first last time now second.</summary>
        public void RunRound(bool counts)
        {
            bool isPeerFirst = _rounds.Count % 2 == 1;
            double first = Time(isPeerFirst ? peer : subject);
            double second = Time(isPeerFirst ? subject : peer);
            if (counts)
            {
                _rounds.Add(isPeerFirst ? (second, first) : (first, second));
            }
            else
            {
                (_wall, _cpu) = (0, 0);
            }
        }

        private double Time(Action run)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long runs = 0;
            while (Stopwatch.GetElapsedTime(start) < s_round)
            {
                for (int i = 0; i < RunsBetweenLooks; i++)
                {
                    run();
                }

                runs += RunsBetweenLooks;
            }

            TimeSpan cpu = Environment.CpuUsage.TotalTime - before;
            _cpu += cpu.TotalSeconds;
            _wall += Stopwatch.GetElapsedTime(start).TotalSeconds;
            return cpu.TotalNanoseconds / runs;
        }

        private static double Quantile(IEnumerable<double> values, double quantile)
        {
            double[] sorted = [.. values.Order()];
            return sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
        }
    }
}
