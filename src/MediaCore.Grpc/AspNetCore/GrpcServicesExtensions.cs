using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

// The namespace that the official package has it in, where every host looks for it.
#pragma warning disable IDE0130
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds gRPC to a host.</summary>
public static class GrpcServicesExtensions
{
    /// <summary>Adds what services need; map them with <c>MapGrpcService</c>.</summary>
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static d => d.ServiceType == typeof(RegisteredServices)))
        {
            services.AddSingleton(new RegisteredServices(services));
            services.AddSingleton<MappedServices>();
            services.AddRouting();
            services.AddLogging();
            services.AddOptions();
            services.Configure<GrpcServiceOptions>(GrpcServiceOptions.SetDefaults);
        }

        return new GrpcServerBuilder(services);
    }

    /// <summary>The same, with options for all services.</summary>
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
    {
        IGrpcServerBuilder builder = services.AddGrpc();
        services.Configure(configureOptions);
        return builder;
    }

    /// <summary>Options for one service.</summary>
    public static IGrpcServerBuilder AddServiceOptions<TService>(this IGrpcServerBuilder grpcBuilder, Action<GrpcServiceOptions<TService>> configure)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(grpcBuilder);
        grpcBuilder.Services.Configure(configure);
        return grpcBuilder;
    }

    /// <summary>Adds server reflection; map it with <c>MapGrpcReflectionService</c>.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        services.AddGrpc();
        services.TryAddSingleton(static provider => new Grpc.Reflection.ReflectionV1ServiceImpl([.. provider.GetRequiredService<MappedServices>().Descriptors]));
        services.TryAddSingleton(static provider => new Grpc.Reflection.ReflectionServiceImpl([.. provider.GetRequiredService<MappedServices>().Descriptors]));
        return services;
    }
}
