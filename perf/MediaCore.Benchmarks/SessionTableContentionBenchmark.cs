using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;

namespace MediaCore.Benchmarks;

/// <summary>
/// The session table beside <see cref="ConcurrentDictionary{TKey, TValue}"/> while all processors are at it, as shards are: nine look-ups for each session that is added and removed, every thread with
/// keys of its own to change and everybody's to look up. 100 000 sessions are there all the time. The figure is wall time of one operation of each thread.
/// </summary>
[MemoryDiagnoser]
public class SessionTableContentionBenchmark
{
    private const int Sessions = 100_000;
    private const int OperationsPerInvoke = 50_000;
    private const int LookupsPerChange = 9;

    private readonly SessionTable _table = new(131_072);
    private readonly ConcurrentDictionary<SessionKey, SessionHandle> _dictionary = new(Environment.ProcessorCount, 131_072);
    private readonly SessionKey[] _keys = new SessionKey[Sessions];

    [GlobalSetup]
    public void Fill()
    {
        for (int i = 0; i < Sessions; i++)
        {
            _keys[i] = SessionTableBenchmark.Key(i);
            SessionHandle handle = new(0, i, 1);
            if (_table.TryAdd(_keys[i], handle) != SessionAddResult.Added || !_dictionary.TryAdd(_keys[i], handle))
            {
                throw new InvalidOperationException($"Only {i} of {Sessions} sessions found a place.");
            }
        }
    }

    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public int Table() => OnAllProcessors(static (benchmark, thread) => benchmark.WorkOnTable(thread));

    [Benchmark(Baseline = true, OperationsPerInvoke = OperationsPerInvoke)]
    public int Dictionary() => OnAllProcessors(static (benchmark, thread) => benchmark.WorkOnDictionary(thread));

    /// <summary>Every thread finds all that it looks for: anything else is a defect and not a figure.</summary>
    private int OnAllProcessors(Func<SessionTableContentionBenchmark, int, int> work)
    {
        int found = 0;
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(thread => new Thread(() => Interlocked.Add(ref found, work(this, thread))))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        return found == threads.Length * OperationsPerInvoke ? found : throw new InvalidOperationException($"{found} of {threads.Length * OperationsPerInvoke} operations went right.");
    }

    private int WorkOnTable(int thread)
    {
        int right = 0;
        for (int i = 0, at = thread * 31; i < OperationsPerInvoke; i++)
        {
            at = (at + 7919) % Sessions;
            if (i % (LookupsPerChange + 1) != 0)
            {
                right += _table.TryGet(_keys[at], out SessionHandle handle) && handle.Slot == at ? 1 : 0;
                continue;
            }

            SessionKey own = OwnKey(at, thread);
            SessionHandle added = new(0, at, 1);
            right += _table.TryAdd(own, added) == SessionAddResult.Added && _table.TryRemove(own, added) ? 1 : 0;
        }

        return right;
    }

    private int WorkOnDictionary(int thread)
    {
        int right = 0;
        for (int i = 0, at = thread * 31; i < OperationsPerInvoke; i++)
        {
            at = (at + 7919) % Sessions;
            if (i % (LookupsPerChange + 1) != 0)
            {
                right += _dictionary.TryGetValue(_keys[at], out SessionHandle handle) && handle.Slot == at ? 1 : 0;
                continue;
            }

            SessionKey own = OwnKey(at, thread);
            right += _dictionary.TryAdd(own, new SessionHandle(0, at, 1)) && _dictionary.TryRemove(own, out _) ? 1 : 0;
        }

        return right;
    }

    private SessionKey OwnKey(int at, int thread) => new(_keys[at].Low + (ulong)thread + 1, ~_keys[at].High);
}
