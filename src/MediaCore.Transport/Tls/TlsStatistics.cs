namespace MediaCore.Transport.Tls;

/// <summary>Handshakes since the start, read from any thread.</summary>
public sealed class TlsStatistics
{
    private readonly long[] _results = new long[(int)TlsHandshakeResult.LimitReached + 1];

    /// <summary>Handshakes that ended so.</summary>
    public long Count(TlsHandshakeResult result) => Volatile.Read(ref _results[(int)result]);

    internal void Add(TlsHandshakeResult result) => Interlocked.Increment(ref _results[(int)result]);
}
