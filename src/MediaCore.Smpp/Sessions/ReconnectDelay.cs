using System.Security.Cryptography;

namespace MediaCore.Smpp.Sessions;

/// <summary>How long to wait before a centre is tried again: doubling from <see cref="SmppLimits.MinReconnectDelay"/> to <see cref="SmppLimits.MaxReconnectDelay"/>, each spread by a fifth so that many programs do not come back at once; the longest at once after a bind that was refused.</summary>
public sealed class ReconnectDelay
{
    private TimeSpan _next = SmppLimits.MinReconnectDelay;

    /// <summary>A session was bound: the next wait is the first again.</summary>
    public void Reset() => _next = SmppLimits.MinReconnectDelay;

    /// <summary>The wait after a failure.</summary>
    /// <param name="wasRefused">Whether the centre refused the bind, which will not change in a second.</param>
    public TimeSpan Next(bool wasRefused)
    {
        TimeSpan delay = wasRefused ? SmppLimits.MaxReconnectDelay : _next;
        _next = delay * 2 < SmppLimits.MaxReconnectDelay ? delay * 2 : SmppLimits.MaxReconnectDelay;
        return delay * (RandomNumberGenerator.GetInt32(800, 1_201) / 1_000.0);
    }
}
