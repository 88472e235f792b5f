namespace MediaCore.Transport.Dns;

/// <summary>Somebody who can be asked. Thread-safe.</summary>
public interface IDnsLookup
{
    /// <summary>Asks once. Errors and silence are <see cref="DnsAnswer.Failed"/>; the only exception is that of the cancellation.</summary>
    Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken);
}
