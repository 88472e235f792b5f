using System.Net;

namespace MediaCore.Control.Authentication;

/// <summary>
/// Counts failures by source address, so that one that goes on guessing is neither listened to nor logged each time. A right token is taken from any source at any time: with
/// 256 random bits guesses are no danger, only noise. Thread-safe.
/// </summary>
internal sealed class FailureGate(TimeProvider time)
{
    /// <summary>Failures of a source within a <see cref="Window"/> before it is told to wait.</summary>
    public const int MaxFailures = 20;

    /// <summary>Sources that are remembered at once; beyond them all are forgotten, which costs log lines and nothing else.</summary>
    public const int MaxSources = 4096;

    /// <summary>How long failures count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<IPAddress, (long Since, int Count)> _sources = [];
    private readonly Lock _gate = new();

    /// <summary>Counts a failure; false when the source has had too many of late.</summary>
    public bool TryCount(IPAddress? source)
    {
        IPAddress key = source ?? IPAddress.None;
        long now = time.GetTimestamp();
        lock (_gate)
        {
            (long since, int count) = _sources.GetValueOrDefault(key, (now, 0));
            if (time.GetElapsedTime(since, now) >= Window)
            {
                (since, count) = (now, 0);
            }

            if (_sources.Count >= MaxSources && !_sources.ContainsKey(key))
            {
                _sources.Clear();
            }

            _sources[key] = (since, Math.Min(count + 1, MaxFailures + 1));
            return count < MaxFailures;
        }
    }
}
