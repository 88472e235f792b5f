using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MediaCore.Grpc.Tests.Server;

/// <summary>A real server on a port of the system's choice, with the services that a test wants, and what it logged.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestServer(WebApplication application, RecordingLogger logs, Uri address)
    {
        _application = application;
        Logs = logs;
        Address = address;
    }

    public Uri Address { get; }

    public int Port => Address.Port;

    public RecordingLogger Logs { get; }

    public IServiceProvider Services => _application.Services;

    public static async Task<TestServer> StartAsync(
        Action<IEndpointRouteBuilder> map,
        Action<GrpcServiceOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<ListenOptions>? listen = null,
        HttpProtocols protocols = HttpProtocols.Http2)
    {
        RecordingLogger logs = new();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerProvider>(logs);
        builder.Services.AddGrpc(options ?? (static _ => { }));
        services?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.SetGrpcLimits();
            kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = protocols;
                listen?.Invoke(endpoint);
            });
        });
        WebApplication application = builder.Build();
        application.UseRouting();
        map(application);
        await application.StartAsync();
        string address = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new TestServer(application, logs, new Uri(address));
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions());

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }
}
