using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using MediaCore.Control.Authentication;
using MediaCore.Control.Publishing;
using MediaCore.Control.Services;
using MediaCore.Engine;
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

    private GrpcEndpoint(WebApplication application, IReadOnlyList<string> addresses)
    {
        _application = application;
        Addresses = addresses;
    }

    /// <summary>Where it listens, with the real ports.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address cannot be listened on, or the tokens cannot be read.</exception>
    public static async Task<GrpcEndpoint> StartAsync(GrpcSettings settings, SipEngine engine, EventHub events, INodeControl node, ILoggerFactory loggers, CancellationToken cancellation)
    {
        TokenStore tokens = new(settings.TokensFile, TimeProvider.System, loggers.CreateLogger("MediaCore.Control"));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => engine);
        builder.Services.AddSingleton(_ => node);
        builder.Services.AddSingleton(_ => engine.Control);
        builder.Services.AddSingleton(_ => engine.Streams);
        builder.Services.AddSingleton(_ => engine.Relay);
        builder.Services.AddSingleton(_ => events);
        builder.Services.AddCallControl();
        builder.Services.AddSingleton<AdminService>();
        HealthServiceImpl health = new();
        builder.Services.AddSingleton(health);
        builder.Services.AddSingleton<AuditInterceptor>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = settings.MaxReceiveBytes;
            options.Interceptors.Add<AuditInterceptor>();
        });
        builder.Services.AddGrpcReflection();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings));
        WebApplication application = builder.Build();
        ControlAuthentication authentication = new(tokens, allowsAnonymous: !settings.RequireToken, TimeProvider.System, loggers.CreateLogger("MediaCore.Control"));
        application.Use(next => http => authentication.InvokeAsync(http, next));
        application.UseRouting();
        application.MapCallControl();
        application.MapGrpcService<AdminService>();
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

        return new GrpcEndpoint(application, [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(s_stopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, GrpcSettings settings)
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
                    SslServerAuthenticationOptions tls = CreateTls(settings);
                    options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls) });
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
