using System.Collections.Concurrent;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Tests.Control;

/// <summary>A DNS that answers when it is told to.</summary>
internal sealed class HeldDns : IDnsLookup
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentQueue<string> Asked { get; } = new();

    public void Answer(string name) => Get(name).TrySetResult();

    /// <summary>A name that it breaks at.</summary>
    public void Fail(string name) => Get(name).TrySetException(new InvalidOperationException("a defect"));

    public async Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        Asked.Enqueue(question.Name);
        await Get(question.Name).Task.WaitAsync(cancellationToken);
        return question.Type == DnsRecordType.A
            ? new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeSpan.FromMinutes(10), Addresses = [System.Net.IPAddress.Parse("192.0.2.9")] }
            : DnsAnswer.Nothing(TimeSpan.FromMinutes(10));
    }

    private TaskCompletionSource Get(string name) => _held.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
