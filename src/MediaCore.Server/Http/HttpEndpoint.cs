using System.Net.Security;
using System.Runtime.CompilerServices;
using MediaCore.Control.NumberServices;
using MediaCore.Primitives;
using MediaCore.Server.Metrics;
using MediaCore.Transport.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Http;

/// <summary>
/// <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c> and <c>/trunks</c> on Kestrel, which change nothing and ask for no credentials; they tell how
/// busy the server is, so it listens on loopback until told otherwise. Below <c>/v1</c> is the number service's API (<see cref="RestApi"/>), which does.
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    /// <summary>Connections at once: a few scrapers and probes; more is a mistake or an attack.</summary>
    private const int MaxConnections = 100;

    private readonly WebApplication _application;

    private readonly StrongBox<RestApi?> _api;
    private readonly StrongBox<SslServerAuthenticationOptions?> _tls;

    private readonly StrongBox<CarrierApi?> _carriers;

    private HttpEndpoint(WebApplication application, NetworkEndpoint localEndpoint, StrongBox<RestApi?> api, StrongBox<CarrierApi?> carriers, StrongBox<SslServerAuthenticationOptions?> tls)
    {
        _application = application;
        _tls = tls;
        _api = api;
        _carriers = carriers;
        LocalEndpoint = localEndpoint;
    }

    /// <summary>The number service's API, once it is there; until then it is not ready.</summary>
    public RestApi? Api
    {
        get => Volatile.Read(ref _api.Value);
        set => Volatile.Write(ref _api.Value, value);
    }

    /// <summary>Where providers bring messages, once it is there.</summary>
    public CarrierApi? Carriers
    {
        get => Volatile.Read(ref _carriers.Value);
        set => Volatile.Write(ref _carriers.Value, value);
    }

    /// <summary>Where it listens; with the real port when it was asked for port 0.</summary>
    public NetworkEndpoint LocalEndpoint { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<HttpEndpoint> StartAsync(NetworkEndpoint listen, IServerHealth health, Func<string> listTrunks, PrometheusExporter metrics, ILoggerFactory loggers, CancellationToken cancellation, TlsCertificate? certificate = null)
    {
        StrongBox<SslServerAuthenticationOptions?> tls = new(certificate is null ? null : CreateTls(certificate));
        // The empty builder reads no environment and no files: what the server does is said in one configuration only.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
            kestrel.Listen(listen.ToIPEndPoint(), options =>
            {
                if (certificate is not null)
                {
                    options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Volatile.Read(ref tls.Value)!) });
                }
            });
        });
        WebApplication application = builder.Build();
        StrongBox<RestApi?> api = new();
        StrongBox<CarrierApi?> carriers = new();
        application.UseRouting();
        foreach (ApiMethod method in ApiMethods.All)
        {
            application.MapMethods(method.Path, [method.Verb], context => Volatile.Read(ref api.Value) is { } rest
                ? rest.HandleAsync(context, method)
                : RestApi.WriteProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "The number service is not there: it starts, or numbers.enabled is off."));
        }

        application.MapMethods(CarrierApi.Path, ["POST"], context => Volatile.Read(ref carriers.Value) is { } providers
            ? providers.HandleAsync(context)
            : RestApi.WriteProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "The number service is not there: it starts, or numbers.enabled is off."));
        application.Map("{**path}", context => HandleAsync(context, health, listTrunks, metrics));
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        ushort port = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? (ushort)uri.Port : listen.Port;
        return new HttpEndpoint(application, listen.WithPort(port), api, carriers, tls);
    }

    /// <summary>The certificate for connections from now on. Where there is none any more (the configuration waits for a restart with another listener), that of before stays.</summary>
    public void UpdateTls(TlsCertificate? certificate)
    {
        if (certificate is not null && _tls.Value is not null)
        {
            Volatile.Write(ref _tls.Value, CreateTls(certificate));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A scraper that holds its connection must not hold the stop.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    private static SslServerAuthenticationOptions CreateTls(TlsCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Context,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    private static async Task HandleAsync(HttpContext context, IServerHealth health, Func<string> listTrunks, PrometheusExporter metrics)
    {
        HttpResponse response = context.Response;
        if (context.Request.Path.StartsWithSegments("/v1") && context.Request.Path != RestApi.OpenApiPath)
        {
            await RestApi.WriteProblemAsync(context, StatusCodes.Status404NotFound, $"There is no such path, or not for this method; {RestApi.OpenApiPath} says which there are.");
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        string body;
        string contentType = "text/plain; charset=utf-8";
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                string? failure = await health.GetFailureAsync(context.RequestAborted);
                response.StatusCode = failure is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                body = (failure ?? "ok") + "\n";
                break;
            case "/readyz":
                string? reason = await health.GetFailureAsync(context.RequestAborted) ?? health.GetUnreadiness();
                response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                body = (reason ?? "ready") + "\n";
                break;
            case "/metrics":
                body = metrics.Scrape();
                contentType = PrometheusExporter.ContentType;
                break;
            case "/trunks":
                body = listTrunks();
                contentType = "application/json";
                break;
            case RestApi.OpenApiPath:
                body = OpenApiDocument.Text;
                contentType = "application/json";
                break;
            case "/":
                body = "MediaCore: /healthz /readyz /metrics /trunks /v1\n";
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                body = "There is /healthz, /readyz, /metrics and /trunks, and the number service's API below /v1.\n";
                break;
        }

        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(body);
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
