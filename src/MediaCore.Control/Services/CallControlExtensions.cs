using MediaCore.Control.Controllers;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control;
using MediaCore.Engine.Relaying;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MediaCore.Control.Services;

/// <summary>Puts the call services into a host.</summary>
public static class CallControlExtensions
{
    /// <summary>Adds what CallControl, Events, AudioStreams and MediaRelay need. The host adds gRPC, the engine's <see cref="ICallControl"/>, <see cref="IPeerStates"/>, <see cref="IStreamControl"/> and <see cref="IMediaRelay"/>, and the <see cref="EventHub"/> that the engine was started with.</summary>
    public static IServiceCollection AddCallControl(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ControllerRegistry>();
        services.TryAddSingleton(static provider => new CommandMemory(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<CommandGate>();
        services.TryAddSingleton<CallControlService>();
        services.TryAddSingleton<EventsService>();
        services.TryAddSingleton<AudioStreamsService>();
        services.TryAddSingleton<MediaRelayService>();
        return services;
    }

    /// <summary>Serves CallControl, Events, AudioStreams and MediaRelay.</summary>
    public static IEndpointRouteBuilder MapCallControl(this IEndpointRouteBuilder endpoints)
    {
        ControlMetrics.Publish();
        CommandGate.PublishMetrics();
        endpoints.MapGrpcService<CallControlService>();
        endpoints.MapGrpcService<EventsService>();
        endpoints.MapGrpcService<AudioStreamsService>();
        endpoints.MapGrpcService<MediaRelayService>();
        return endpoints;
    }
}
