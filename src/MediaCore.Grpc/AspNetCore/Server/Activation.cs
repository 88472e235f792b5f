using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Where the objects that serve calls come from: a singleton of the host is taken once; anything else it registers is asked for with each call; what it
/// does not know is made for each call and disposed after it.
/// </summary>
internal sealed class Activation
{
    private readonly ObjectFactory? _factory;
    private readonly Type _type;
    private readonly object[] _arguments;
    private readonly Lazy<object>? _shared;

    public Activation([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments, IServiceProvider root)
    {
        _type = type;
        _arguments = arguments;
        ServiceDescriptor? descriptor = arguments.Length > 0 ? null : root.GetRequiredService<RegisteredServices>().Find(type);
        if (descriptor is null)
        {
            _factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(static a => a.GetType())]);
        }
        else if (descriptor.Lifetime == ServiceLifetime.Singleton)
        {
            _shared = new Lazy<object>(() => root.GetRequiredService(type));
        }
    }

    /// <summary>The one object for all calls, or null when each call has its own.</summary>
    public object? Shared => _shared?.Value;

    /// <summary>An object for a call. <paramref name="isOurs"/>: it is to be released after it.</summary>
    public object Get(HttpContext http, out bool isOurs)
    {
        isOurs = _factory is not null;
        return _factory is not null ? _factory(http.RequestServices, _arguments) : _shared?.Value ?? http.RequestServices.GetRequiredService(_type);
    }

    public static ValueTask ReleaseAsync(object instance)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable:
                return disposable.DisposeAsync();
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }

        return ValueTask.CompletedTask;
    }
}
