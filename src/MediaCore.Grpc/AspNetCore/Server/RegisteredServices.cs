using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>What the host registered, so that a service's lifetime can be seen.</summary>
internal sealed class RegisteredServices(IServiceCollection services)
{
    public ServiceDescriptor? Find(Type type) => services.LastOrDefault(d => d.ServiceType == type && !d.IsKeyedService);
}
