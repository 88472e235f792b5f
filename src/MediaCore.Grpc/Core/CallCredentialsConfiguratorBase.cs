namespace Grpc.Core;

/// <summary>Is told of what call credentials are made.</summary>
public abstract class CallCredentialsConfiguratorBase
{
    /// <summary>Several, one after the other.</summary>
    public abstract void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials);

    /// <summary>A function.</summary>
    public abstract void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor);
}
