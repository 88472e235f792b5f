using System.Net;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Primitives;
using MediaCore.Server.Http;
using MediaCore.Server.Metrics;
using MediaCore.Tests;
using MediaCore.Transport.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Server.Tests.Http;

public sealed class HttpEndpointTests : IAsyncLifetime
{
    private readonly Health _health = new();
    private readonly PrometheusExporter _metrics = new(static _ => false);
    private readonly HttpClient _client = new();
    private HttpEndpoint _endpoint = null!;

    public async Task InitializeAsync()
    {
        _endpoint = await HttpEndpoint.StartAsync(NetworkEndpoint.From(IPAddress.Loopback, 0), _health, static () => "[]\n", _metrics, NullLoggerFactory.Instance, CancellationToken.None);
        _client.BaseAddress = new Uri($"http://{_endpoint.LocalEndpoint}");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _endpoint.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Tls_ShowsTheCertificateOfTheConfiguration_AndTheNextOneAfterAReload()
    {
        using TestAuthority authority = new();
        using TestAuthority other = new(name: "somebody else");
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(
            NetworkEndpoint.From(IPAddress.Loopback, 0), _health, static () => "[]\n", _metrics, NullLoggerFactory.Instance, CancellationToken.None, Issue(authority));
        Assert.Equal("ok\n", await AskAsync(authority));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(other));
        endpoint.UpdateTls(Issue(other));
        Assert.Equal("ok\n", await AskAsync(other));

        static TlsCertificate Issue(TestAuthority by)
        {
            (string certificate, string key) = by.Issue("server", ["127.0.0.1"]);
            return TlsCertificate.Load(certificate, key);
        }

        async Task<string> AskAsync(TestAuthority trusted)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(TlsCertificate.LoadAuthorities(trusted.File));
            using SocketsHttpHandler handler = new() { SslOptions = { CertificateChainPolicy = policy } };
            using HttpClient client = new(handler);
            return await client.GetStringAsync(new Uri($"https://{endpoint.LocalEndpoint}/healthz"));
        }
    }

    [Theory]
    [InlineData("/healthz", null, null, 200, "ok\n")]
    [InlineData("/healthz", null, "draining", 200, "ok\n")]
    [InlineData("/healthz", "a shard has stopped", null, 503, "a shard has stopped\n")]
    [InlineData("/readyz", null, null, 200, "ready\n")]
    [InlineData("/readyz", null, "draining", 503, "draining\n")]
    [InlineData("/readyz", "a shard has stopped", null, 503, "a shard has stopped\n")]
    [InlineData("/trunks", null, null, 200, "[]\n")]
    [InlineData("/nothing", null, null, 404, "There is /healthz, /readyz, /metrics and /trunks, and the number service's API below /v1.\n")]
    public async Task Get(string path, string? failure, string? unreadiness, int status, string body)
    {
        _health.Failure = failure;
        _health.Unreadiness = unreadiness;

        using HttpResponseMessage response = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task Metrics_HaveTheirContentType()
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("process_cpu_seconds_total", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IsNotAllowed()
    {
        using HttpResponseMessage response = await _client.PostAsync(new Uri("/metrics", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Head_HasNoBody()
    {
        using HttpRequestMessage request = new(HttpMethod.Head, new Uri("/healthz", UriKind.Relative));
        using HttpResponseMessage response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task TakenPort_IsAnIOException()
    {
        await Assert.ThrowsAnyAsync<IOException>(() =>
            HttpEndpoint.StartAsync(_endpoint.LocalEndpoint, _health, static () => "[]\n", _metrics, NullLoggerFactory.Instance, CancellationToken.None));
    }

    private sealed class Health : IServerHealth
    {
        public string? Failure { get; set; }

        public string? Unreadiness { get; set; }

        public Task<string?> GetFailureAsync(CancellationToken cancellation) => Task.FromResult(Failure);

        public string? GetUnreadiness() => Unreadiness;
    }
}
