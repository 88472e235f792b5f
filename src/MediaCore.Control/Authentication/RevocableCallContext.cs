using Grpc.Core;

namespace MediaCore.Control.Authentication;

/// <summary>A call with a token of its own for its cancellation; all else is the call's.</summary>
internal sealed class RevocableCallContext(ServerCallContext inner, CancellationToken cancellation) : ServerCallContext
{
    /// <inheritdoc/>
    protected override string MethodCore => inner.Method;

    /// <inheritdoc/>
    protected override string HostCore => inner.Host;

    /// <inheritdoc/>
    protected override string PeerCore => inner.Peer;

    /// <inheritdoc/>
    protected override DateTime DeadlineCore => inner.Deadline;

    /// <inheritdoc/>
    protected override Metadata RequestHeadersCore => inner.RequestHeaders;

    /// <inheritdoc/>
    protected override CancellationToken CancellationTokenCore => cancellation;

    /// <inheritdoc/>
    protected override Metadata ResponseTrailersCore => inner.ResponseTrailers;

    /// <inheritdoc/>
    protected override Status StatusCore
    {
        get => inner.Status;
        set => inner.Status = value;
    }

    /// <inheritdoc/>
    protected override WriteOptions? WriteOptionsCore
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    /// <inheritdoc/>
    protected override AuthContext AuthContextCore => inner.AuthContext;

    /// <inheritdoc/>
    protected override IDictionary<object, object> UserStateCore => inner.UserState;

    /// <inheritdoc/>
    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => inner.WriteResponseHeadersAsync(responseHeaders);

    /// <inheritdoc/>
    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => inner.CreatePropagationToken(options);
}
