using System.Collections.Concurrent;

namespace MediaCore.Numbers.Calls;

/// <summary>How many calls each number has now. Thread-safe; numbers without calls take no place.</summary>
public sealed class NumberLoad
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>Calls of a number.</summary>
    public int Count(string number) => _calls.GetValueOrDefault(number);

    internal void Enter(string number) => _calls.AddOrUpdate(number, 1, static (_, count) => count + 1);

    internal void Leave(string number)
    {
        while (_calls.TryGetValue(number, out int count))
        {
            if (count > 1 ? _calls.TryUpdate(number, count - 1, count) : _calls.TryRemove(KeyValuePair.Create(number, count)))
            {
                return;
            }
        }
    }
}
