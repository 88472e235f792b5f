using MediaCore.Grpc.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>Our server with the interoperability suite's service, compressing what a client takes compressed.</summary>
public sealed class InteropServerFixture : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync(
        static endpoints => endpoints.MapGrpcService<InteropService>(),
        static options => options.ResponseCompressionAlgorithm = "gzip",
        static services => services.AddSingleton<InteropService>());

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
