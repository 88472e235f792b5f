using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// The namespace that the official package has it in, where every host looks for it.
#pragma warning disable IDE0130
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>Maps gRPC services.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves the calls of a service: of a class that derives from a generated base class.</summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> is missing, or the class is no service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceProvider services = builder.ServiceProvider;
        MappedServices mapped = services.GetService<MappedServices>() ?? throw new InvalidOperationException("Call services.AddGrpc() before mapping gRPC services.");
        GrpcServiceOptions all = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        ServiceSettings settings = new(
            all,
            services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("MediaCore.Grpc"),
            services.GetService<TimeProvider>() ?? TimeProvider.System);
        List<IEndpointConventionBuilder> endpoints = [];
        object[] attributes = [.. typeof(TService).GetCustomAttributes(inherit: true)];
        ServiceBinder<TService> binder = new(settings, services, (method, bindType, handler) =>
        {
            mapped.Add(method.ServiceName, bindType);
            IEndpointConventionBuilder endpoint = builder.Map(method.FullName, handler).WithDisplayName($"gRPC - {method.FullName}");
            endpoint.WithMetadata([.. attributes, .. MethodAttributes<TService>(method), new GrpcMethodMetadata(typeof(TService), method)]);
            endpoints.Add(endpoint);
        });
        binder.Bind();
        if (!mapped.HasFallback)
        {
            mapped.HasFallback = true;
            new UnknownMethod(mapped, all.IgnoreUnknownServices ?? false).Map(builder);
        }

        return new GrpcServiceEndpointConventionBuilder(endpoints);
    }

    /// <summary>Serves reflection, <c>grpc.reflection.v1</c> and <c>v1alpha</c>; after the services that it tells of.</summary>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        GrpcServiceEndpointConventionBuilder older = builder.MapGrpcService<Grpc.Reflection.ReflectionServiceImpl>();
        return new GrpcServiceEndpointConventionBuilder([older, builder.MapGrpcService<Grpc.Reflection.ReflectionV1ServiceImpl>()]);
    }

    private static object[] MethodAttributes<TService>(IMethod method) =>
        [.. typeof(TService).GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == method.Name).SelectMany(static m => m.GetCustomAttributes(inherit: true))];
}
