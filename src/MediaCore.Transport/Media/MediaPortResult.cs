namespace MediaCore.Transport.Media;

/// <summary>Whether there was a port for a stream. The three ways of having none call for three different actions, so they stay apart.</summary>
public enum MediaPortResult
{
    /// <summary>There was.</summary>
    Ok = 0,

    /// <summary>Every port of the range is in use: widen the range, or calls are not being released.</summary>
    Exhausted,

    /// <summary>None is free, but some are resting and will be within <see cref="MediaPortOptions.RestPeriod"/>: the call rate is too high for the range.</summary>
    AllResting,

    /// <summary>
    /// None is free and those that are not in use can't be bound: see <see cref="MediaPortPool.LastBindError"/> (another process holds
    /// them, the address is gone, or there are no descriptors).
    /// </summary>
    BindFailed,
}
