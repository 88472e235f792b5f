using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using MediaCore.Control.Authentication;
using MediaCore.Control.NumberServices;
using MediaCore.Control.Publishing;
using MediaCore.Control.Services;
using MediaCore.Engine;
using MediaCore.Engine.Control;
using MediaCore.Server.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Http;

/// <summary>The control interface on Kestrel: HTTP/2 only, behind <see cref="ControlAuthentication"/>, with health and reflection services.</summary>
internal sealed class GrpcEndpoint : IAsyncDisposable
{
    /// <summary>Connections at once: control planes, operators and scrapers; more is a mistake or an attack.</summary>
    private const int MaxConnections = 1000;

    /// <summary>How long streams have to end when the server stops; they are told at once, so what is left then does not read.</summary>
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(2);

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly WebApplication _application;
    private readonly StrongBox<SslServerAuthenticationOptions?> _tls;

    private GrpcEndpoint(WebApplication application, StrongBox<SslServerAuthenticationOptions?> tls, IReadOnlyList<string> addresses)
    {
        _application = application;
        _tls = tls;
        Addresses = addresses;
    }

    /// <summary>Where it listens, with the real ports.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address cannot be listened on, or the tokens cannot be read.</exception>
    public static async Task<GrpcEndpoint> StartAsync(GrpcSettings settings, SipEngine engine, EventHub events, INodeControl node, INodeConfiguration configuration, NumberApi? numbers, ILoggerFactory loggers, CancellationToken cancellation)
    {
        TokenStore tokens = new(settings.TokensFile, TimeProvider.System, loggers.CreateLogger("MediaCore.Control"));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton(node);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(engine.Control);
        builder.Services.AddSingleton(engine.Streams);
        builder.Services.AddSingleton(engine.Relay);
        builder.Services.AddSingleton<IPeerStates>(engine);
        builder.Services.AddSingleton(events);
        builder.Services.AddCallControl();
        builder.Services.AddSingleton<AdminService>();
        builder.Services.AddSingleton<ConfigService>();
        HealthServiceImpl health = new();
        builder.Services.AddSingleton(health);
        builder.Services.AddSingleton<AuditInterceptor>();
        builder.Services.AddSingleton(tokens);
        builder.Services.AddSingleton<RevocationInterceptor>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = settings.MaxReceiveBytes;
            options.Interceptors.Add<RevocationInterceptor>();
            options.Interceptors.Add<AuditInterceptor>();
            if (numbers is not null)
            {
                options.Interceptors.Add<ApiInterceptor>();
            }
        });
        numbers?.AddTo(builder.Services);
        builder.Services.AddGrpcReflection();
        StrongBox<SslServerAuthenticationOptions?> tls = new(settings.Certificate is null ? null : CreateTls(settings));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings, tls));
        WebApplication application = builder.Build();
        ControlAuthentication authentication = new(tokens, allowsAnonymous: !settings.RequireToken, TimeProvider.System, loggers) { Keys = numbers?.Keys };
        application.Use(next => http => authentication.InvokeAsync(http, next));
        application.UseRouting();
        application.MapCallControl();
        application.MapGrpcService<AdminService>();
        application.MapGrpcService<ConfigService>();
        if (numbers is not null)
        {
            NumberApi.MapTo(application);
        }

        application.MapGrpcService<HealthServiceImpl>();
        application.MapGrpcReflectionService();
        health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new GrpcEndpoint(application, tls, [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []]);
    }

    /// <summary>Certificates for connections from now on. Where there are none any more (the configuration waits for a restart with other listeners), those of before stay.</summary>
    public void UpdateTls(GrpcSettings settings)
    {
        if (settings.Certificate is not null)
        {
            Volatile.Write(ref _tls.Value, CreateTls(settings));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(s_stopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, GrpcSettings settings, StrongBox<SslServerAuthenticationOptions?> tls)
    {
        kestrel.SetGrpcLimits();
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = settings.MaxStreams;
        kestrel.Limits.Http2.KeepAlivePingDelay = settings.KeepAlive;
        foreach (GrpcListener listener in settings.Listen)
        {
            kestrel.Listen(listener.Endpoint.ToIPEndPoint(), options =>
            {
                options.Protocols = HttpProtocols.Http2;
                if (listener.IsTls)
                {
                    options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Volatile.Read(ref tls.Value)!) });
                }
            });
        }
    }

    private static SslServerAuthenticationOptions CreateTls(GrpcSettings settings)
    {
        SslServerAuthenticationOptions tls = new()
        {
            ServerCertificateContext = settings.Certificate!.Context,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
        if (settings.ClientAuthorities.Count > 0)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(settings.ClientAuthorities);
            policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = policy;

            // Who shows none may still have a token.
            tls.RemoteCertificateValidationCallback = static (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        }

        return tls;
    }
}
