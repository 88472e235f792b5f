using System.Net;
using Grpc.Net.Client;
using MediaCore.Control.Publishing;
using MediaCore.Control.Services;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using MediaCore.Engine.Relaying;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>The services behind a Kestrel of their own, our client before them, <see cref="FakeCalls"/> behind.</summary>
internal sealed class ControlHost : IAsyncDisposable
{
    /// <summary>What takes milliseconds may take this long on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private ControlHost(WebApplication app, GrpcChannel channel, EventHub hub, FakeCalls calls, FakeStreams streams, ManualTime time)
    {
        Streams = streams;
        _app = app;
        _channel = channel;
        Hub = hub;
        Calls = calls;
        Time = time;
    }

    public EventHub Hub { get; }

    public FakeCalls Calls { get; }

    public FakeStreams Streams { get; }

    public ManualTime Time { get; }

    public V1.CallControl.CallControlClient Client => new(_channel);

    public AudioStreams.AudioStreamsClient AudioStreams => new(_channel);

    public V1.MediaRelay.MediaRelayClient Relay => new(_channel);

    public V1.Events.EventsClient Events => new(_channel);

    public static async Task<ControlHost> StartAsync(int events = ControlServiceLimits.MaxRetainedEvents, ControlIdentity? identity = null)
    {
        ManualTime time = new();
        EventHub hub = new(events, ControlServiceLimits.MaxRetainedBytes);
        FakeCalls calls = new(hub, time);
        FakeStreams streams = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static o =>
        {
            o.Limits.Http2.MaxStreamsPerConnection = 500;
            o.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton(hub).AddSingleton<ICallControl>(calls).AddSingleton<IPeerStates>(calls).AddSingleton<IStreamControl>(streams).AddSingleton<IMediaRelay, FakeRelay>().AddCallControl();
        WebApplication app = builder.Build();
        app.Use((http, next) =>
        {
            if (identity is not null)
            {
                http.Features.Set(identity);
            }

            return next(http);
        });
        app.MapCallControl();
        await app.StartAsync(CancellationToken.None);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ControlHost(app, GrpcChannel.ForAddress(address), hub, calls, streams, time);
    }

    /// <summary>A session is open.</summary>
    public async Task<SessionClient> OpenAsync(Open open)
    {
        SessionClient session = new(Client.Session(cancellationToken: CancellationToken.None));
        await session.SendAsync(new SessionRequest { Open = open });
        session.Opened = (await session.TakeAsync(SessionResponse.KindOneofCase.Opened)).Opened;
        return session;
    }

    /// <summary>The server begins to stop.</summary>
    public void Stop() => _app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}
