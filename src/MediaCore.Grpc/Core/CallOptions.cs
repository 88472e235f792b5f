using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>What a client may say of a call.</summary>
/// <param name="headers">Metadata to send.</param>
/// <param name="deadline">When it stops to wait, UTC; null for ever.</param>
/// <param name="cancellationToken">Cancels the call.</param>
/// <param name="writeOptions">How requests are written.</param>
/// <param name="propagationToken">The server call that this one is made for: its deadline and cancellation hold too.</param>
/// <param name="credentials">Credentials for this call.</param>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "The official type has neither.")]
public struct CallOptions(
    Metadata? headers = null,
    DateTime? deadline = null,
    CancellationToken cancellationToken = default,
    WriteOptions? writeOptions = null,
    ContextPropagationToken? propagationToken = null,
    CallCredentials? credentials = null)
{
    /// <summary>Metadata to send.</summary>
    public Metadata? Headers { get; private set; } = headers;

    /// <summary>When it stops to wait.</summary>
    public DateTime? Deadline { get; private set; } = deadline;

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; private set; } = cancellationToken;

    /// <summary>How requests are written.</summary>
    public WriteOptions? WriteOptions { get; private set; } = writeOptions;

    /// <summary>The server call that this one is made for.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; } = propagationToken;

    /// <summary>Credentials for this call.</summary>
    public CallCredentials? Credentials { get; private set; } = credentials;

    /// <summary>Whether the call waits for a server that cannot be reached yet, until its deadline.</summary>
    public bool IsWaitForReady { get; private set; }

    /// <summary>The same with other metadata.</summary>
    public readonly CallOptions WithHeaders(Metadata headers)
    {
        CallOptions changed = this;
        changed.Headers = headers;
        return changed;
    }

    /// <summary>The same with another deadline.</summary>
    public readonly CallOptions WithDeadline(DateTime deadline)
    {
        CallOptions changed = this;
        changed.Deadline = deadline;
        return changed;
    }

    /// <summary>The same with another token.</summary>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken)
    {
        CallOptions changed = this;
        changed.CancellationToken = cancellationToken;
        return changed;
    }

    /// <summary>The same with other write options.</summary>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions)
    {
        CallOptions changed = this;
        changed.WriteOptions = writeOptions;
        return changed;
    }

    /// <summary>The same, made for a server call.</summary>
    public readonly CallOptions WithPropagationToken(ContextPropagationToken propagationToken)
    {
        CallOptions changed = this;
        changed.PropagationToken = propagationToken;
        return changed;
    }

    /// <summary>The same with other credentials.</summary>
    public readonly CallOptions WithCredentials(CallCredentials credentials)
    {
        CallOptions changed = this;
        changed.Credentials = credentials;
        return changed;
    }

    /// <summary>The same, waiting for the server or not.</summary>
    public readonly CallOptions WithWaitForReady(bool waitForReady = true)
    {
        CallOptions changed = this;
        changed.IsWaitForReady = waitForReady;
        return changed;
    }
}
