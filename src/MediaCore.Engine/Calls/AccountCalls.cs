using System.Collections.Concurrent;

namespace MediaCore.Engine.Calls;

/// <summary>
/// How many calls each account has begun that have not ended; kept only where there is a limit. Shared by all shards without locks. Holds an entry
/// per account with calls, so it is as large as the calls that there are.
/// </summary>
internal sealed class AccountCalls
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>Accounts with calls.</summary>
    public int Count => _calls.Count;

    /// <summary>Counts a call in unless the account has as many as it may.</summary>
    public bool TryEnter(string account, int max)
    {
        while (true)
        {
            if (!_calls.TryGetValue(account, out int calls))
            {
                if (_calls.TryAdd(account, 1))
                {
                    return true;
                }
            }
            else if (calls >= max)
            {
                return false;
            }
            else if (_calls.TryUpdate(account, calls + 1, calls))
            {
                return true;
            }
        }
    }

    /// <summary>A call that was counted in is over.</summary>
    public void Leave(string account)
    {
        while (_calls.TryGetValue(account, out int calls))
        {
            if (calls > 1 ? _calls.TryUpdate(account, calls - 1, calls) : _calls.TryRemove(KeyValuePair.Create(account, calls)))
            {
                return;
            }
        }
    }
}
