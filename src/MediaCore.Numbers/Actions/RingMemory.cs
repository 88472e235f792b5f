using System.Collections.Concurrent;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// What ring strategies remember from call to call, on this node and until it stops: where round robin stands, and who had a call last. Thread-safe. At <see cref="MaxEntries"/> it begins anew, which costs an order and no call.
/// </summary>
public sealed class RingMemory
{
    /// <summary>Targets and lists that are remembered: some thousand tenants' groups, 10 MB.</summary>
    public const int MaxEntries = 65_536;

    private readonly ConcurrentDictionary<(Guid Tenant, string Target), long> _lastTalk = new();
    private readonly ConcurrentDictionary<(Guid Tenant, string Targets), int> _turns = new();

    /// <summary>Whose turn it is in a list: 0, 1, 2 … by call.</summary>
    public int NextTurn(Guid tenant, string targets, int count)
    {
        Bound(_turns);
        return (int)((uint)_turns.AddOrUpdate((tenant, targets), 0, static (_, turn) => turn + 1) % (uint)count);
    }

    /// <summary>When a target's last talk ended, milliseconds of Unix time; 0 for none.</summary>
    public long LastTalkMs(Guid tenant, string target) => _lastTalk.GetValueOrDefault((tenant, target));

    /// <summary>A target's talk begins or ends.</summary>
    public void NoteTalk(Guid tenant, string target, DateTimeOffset at)
    {
        Bound(_lastTalk);
        _lastTalk[(tenant, target)] = at.ToUnixTimeMilliseconds();
    }

    private static void Bound<TKey, TValue>(ConcurrentDictionary<TKey, TValue> entries)
        where TKey : notnull
    {
        if (entries.Count >= MaxEntries)
        {
            entries.Clear();
        }
    }
}
