using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core.Interceptors;

/// <summary>The call that a client interceptor is asked about.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="method">What is called.</param>
/// <param name="host">Another authority than the channel's, or null.</param>
/// <param name="options">What the caller said.</param>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "The official type has neither.")]
public struct ClientInterceptorContext<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    where TRequest : class
    where TResponse : class
{
    /// <summary>What is called.</summary>
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>Another authority, or null.</summary>
    public string? Host { get; } = host;

    /// <summary>What the caller said.</summary>
    public CallOptions Options { get; } = options;
}
