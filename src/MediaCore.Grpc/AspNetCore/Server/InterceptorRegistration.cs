using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor's type, and what its constructor gets beside services.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;

    internal InterceptorRegistration([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(arguments);
        Core.Utils.GrpcPreconditions.CheckArgument(typeof(Interceptor).IsAssignableFrom(type), $"{type} is no interceptor.");
        Type = type;
        _arguments = arguments;
    }

    /// <summary>The interceptor.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type Type { get; }

    /// <summary>What its constructor gets beside services.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    internal object[] RawArguments => _arguments;
}
