namespace MediaCore.Smpp.Sessions;

/// <summary>When the next message may go: a rate with bursts of a tenth of a second, and a pause that doubles while the peer throttles. Of one thread at a time.</summary>
/// <param name="perSecond">Messages a second; 0 for any.</param>
/// <param name="time">The clock.</param>
public sealed class SendPace(int perSecond, TimeProvider time)
{
    private readonly double _burst = Math.Max(1, perSecond / 10.0);
    private double _tokens = Math.Max(1, perSecond / 10.0);
    private long _filledAt = time.GetTimestamp();
    private long _pausedAt;
    private TimeSpan _pause;
    private TimeSpan _nextPause = SmppLimits.MinThrottlePause;

    /// <summary>Takes leave to send one message.</summary>
    /// <returns>Zero when it may go; otherwise how long to wait before asking again.</returns>
    public TimeSpan TryTake()
    {
        if (_pause > TimeSpan.Zero)
        {
            TimeSpan left = _pause - time.GetElapsedTime(_pausedAt);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            _pause = TimeSpan.Zero;
        }

        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        long now = time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;
        if (_tokens >= 1)
        {
            _tokens--;
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
    }

    /// <summary>The peer has throttled.</summary>
    /// <returns>How long nothing goes.</returns>
    public TimeSpan Throttle()
    {
        // The answers of one window are one throttling.
        if (_pause > TimeSpan.Zero && time.GetElapsedTime(_pausedAt) < _pause)
        {
            return _pause - time.GetElapsedTime(_pausedAt);
        }

        _pause = _nextPause;
        _pausedAt = time.GetTimestamp();
        _nextPause = _nextPause * 2 < SmppLimits.MaxThrottlePause ? _nextPause * 2 : SmppLimits.MaxThrottlePause;
        return _pause;
    }

    /// <summary>The peer has taken a message: the next pause is the shortest again.</summary>
    public void Accept() => _nextPause = SmppLimits.MinThrottlePause;
}
