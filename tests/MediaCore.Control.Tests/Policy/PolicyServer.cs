using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Tests.Policy;

/// <summary>A control plane that answers as the test says: over a real connection, with our own gRPC server.</summary>
internal sealed class PolicyServer : V1.Policy.PolicyBase, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Questions about calls, as they came.</summary>
    public ConcurrentQueue<(V1.RouteQuestion Question, string? Authorization, DateTime Deadline)> Routes { get; } = new();

    /// <summary>Answers them.</summary>
    public Func<ServerCallContext, Task<V1.RouteAnswer>> OnRoute { get; set; } = static _ => Task.FromResult(new V1.RouteAnswer { Number = "+1" });

    /// <summary>Answers to the question about calls that are no gRPC; null for the service.</summary>
    public Func<HttpContext, Task>? Raw { get; set; }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<PolicyServer> StartAsync()
    {
        PolicyServer server = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static o => o.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(server);
        WebApplication app = builder.Build();
        app.Use((http, next) => server.Raw is { } raw ? raw(http) : next(http));
        app.MapGrpcService<PolicyServer>();
        await app.StartAsync(CancellationToken.None);
        server._app = app;
        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>The connection of a call breaks, as when the server dies.</summary>
    public static void Break(ServerCallContext context) => context.GetHttpContext().Features.Get<IConnectionLifetimeFeature>()!.Abort();

    public override Task<V1.RouteAnswer> Route(V1.RouteQuestion request, ServerCallContext context)
    {
        Routes.Enqueue((request, context.RequestHeaders.GetValue("authorization"), context.Deadline));
        return OnRoute(context);
    }

    public override Task<V1.AuthenticateAnswer> Authenticate(V1.AuthenticateQuestion request, ServerCallContext context) =>
        Task.FromResult(new V1.AuthenticateAnswer { Digests = { { "MD5", Convert.ToHexString(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes($"{request.Account}:{request.Realm}:open"))) } } });

    public override Task<V1.TransferAnswer> AuthorizeTransfer(V1.TransferQuestion request, ServerCallContext context) => Task.FromResult(new V1.TransferAnswer { Allowed = request.Attended });

    public override Task<V1.MessageAnswer> OnMessage(V1.MessageQuestion request, ServerCallContext context) => Task.FromResult(new V1.MessageAnswer { Reject = 400 + request.Body.Length });

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
