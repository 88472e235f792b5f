using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>The public API over REST, as a program of one tenant uses it; the tests' host is trusted over loopback.</summary>
internal sealed class TenantApi(MediaCoreServer server, string tenant) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server.HttpRoot };

    /// <summary>For the operator himself.</summary>
    public static TenantApi OfOperator(MediaCoreServer server) => new(server, "");

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonNode> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body ?? new { });

    public Task<JsonNode> PutAsync(string path, object? body = null) => SendAsync(HttpMethod.Put, path, body ?? new { });

    public Task<JsonNode> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    /// <summary>Puts what is no JSON at a path.</summary>
    public async Task UploadAsync(string path, byte[] data)
    {
        HttpRequestMessage request = Make(HttpMethod.Put, path, null);
        request.Content = new ByteArrayContent(data) { Headers = { ContentType = new("audio/wav") } };
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>What a path gives that is no JSON.</summary>
    public async Task<byte[]> FetchAsync(string path)
    {
        using HttpResponseMessage response = await _http.SendAsync(Make(HttpMethod.Get, path, null));
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode}");
        return await response.Content.ReadAsByteArrayAsync();
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body)
    {
        using HttpResponseMessage response = await _http.SendAsync(Make(method, path, body));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }

    private HttpRequestMessage Make(HttpMethod method, string path, object? body)
    {
        HttpRequestMessage request = new(method, path);
        if (tenant.Length > 0)
        {
            request.Headers.Add("x-mediacore-tenant", tenant);
        }

        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        return request;
    }
}
