namespace Grpc.Core;

/// <summary>The call that credentials are wanted for.</summary>
/// <param name="serviceUrl">The service, as <c>https://host/package.Service</c>.</param>
/// <param name="methodName">The method's name.</param>
/// <param name="cancellationToken">Cancelled when the call does not need them any longer.</param>
public class AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken)
{
    /// <summary>A context that is never cancelled.</summary>
    public AuthInterceptorContext(string serviceUrl, string methodName)
        : this(serviceUrl, methodName, CancellationToken.None)
    {
    }

    /// <summary>The service.</summary>
    public string ServiceUrl { get; } = serviceUrl;

    /// <summary>The method.</summary>
    public string MethodName { get; } = methodName;

    /// <summary>The call's token.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
