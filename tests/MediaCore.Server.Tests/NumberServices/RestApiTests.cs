using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Control.NumberServices;
using MediaCore.Grpc.Tests.Interop;
using MediaCore.Server.Http;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>The API over REST: the same services, seen as HTTP has them.</summary>
public sealed class RestApiTests
{
    [Fact]
    public async Task Scenario_FromATenantToACallableNumber()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonNode tenant = await SendAsync(host, HttpMethod.Post, "/v1/tenants", """{"name": "shop", "time_zone": "Europe/Berlin"}""");
        string id = (string)tenant["id"]!;
        JsonNode key = await SendAsync(host, HttpMethod.Post, "/v1/keys", """{"name": "panel", "scopes": ["numbers:write", "plans:write"]}""", tenant: id);
        string secret = (string)key["secret"]!;
        JsonNode job = await SendAsync(host, HttpMethod.Post, "/v1/number-imports", """{"numbers": [{"number": "+12025550123"}]}""");
        await ApiFlows.FinishAsync(host, new Control.V1.Job { Id = (string)job["id"]!, State = Control.V1.Job.Types.State.Running }, []);
        JsonNode found = await SendAsync(host, HttpMethod.Get, "/v1/available-numbers?country=us&page_size=5&capabilities=CAPABILITY_VOICE_IN", secret: secret);
        Assert.Equal("+12025550123", (string)found["numbers"]![0]!["number"]!);
        Assert.Equal("STATE_OWNED", (string)(await SendAsync(host, HttpMethod.Post, "/v1/numbers/+12025550123/buy", secret: secret))["state"]!);
        await SendAsync(host, HttpMethod.Post, "/v1/plans", """{"name": "main", "document": "{}"}""", secret: secret);
        await SendAsync(host, HttpMethod.Post, "/v1/plans/main/publish", secret: secret);
        JsonNode number = await SendAsync(host, HttpMethod.Post, "/v1/numbers/%2B12025550123/assign", """{"target": "TARGET_ROUTING_PLAN", "target_id": "main"}""", secret: secret);
        Assert.Equal("STATE_ASSIGNED", (string)number["state"]!);
        await SendAsync(host, HttpMethod.Get, "/v1/queues", secret: secret, expected: HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refusals_AreProblems()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonNode missing = await SendAsync(host, HttpMethod.Get, "/v1/queues/nobody", expected: HttpStatusCode.NotFound);
        Assert.Equal(("NotFound", "NOT_FOUND"), ((string)missing["code"]!, (string)missing["reason"]!));
        JsonNode invalid = await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "sales", "ring_seconds": 0}""", expected: HttpStatusCode.BadRequest);
        Assert.Equal("ring_seconds", (string)invalid["problems"]![0]!["path"]!);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "sales", "colour": "red"}""", expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", "[1]", expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", "{", expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "a", "name": "b"}""", expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", string.Concat(Enumerable.Repeat("{\"name\":", 100)), expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Get, "/v1/queues?page_size=many", expected: HttpStatusCode.BadRequest);
        await SendAsync(host, HttpMethod.Get, "/v1/nothing", expected: HttpStatusCode.NotFound);
        await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "sales"}""");
        await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "sales"}""", expected: HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Body_OfTooManyBytes_IsRefusedBeforeItIsSent_WithWhatToDo()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, host.Rest.BaseAddress!.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/number-imports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {RestMethod.MaxBodyBytes + 1}\r\n\r\n"));
        using StreamReader reader = new(connection.GetStream());
        string answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("larger than the 4 MiB that are taken: split it into several requests, as an import into several jobs", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Etags_AreThoseOfHttp()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await SendAsync(host, HttpMethod.Post, "/v1/queues", """{"name": "sales"}""");
        using HttpResponseMessage read = await host.Rest.GetAsync(new Uri("/v1/queues/sales", UriKind.Relative));
        EntityTagHeaderValue etag = read.Headers.ETag!;
        foreach (HttpStatusCode expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.PreconditionFailed])
        {
            using HttpRequestMessage change = new(HttpMethod.Patch, "/v1/queues/sales") { Content = JsonContent.Create(new { wrap_up_seconds = 5 }), Headers = { IfMatch = { etag } } };
            using HttpResponseMessage response = await host.Rest.SendAsync(change);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task IdempotencyKey_HoldsOverRestAsOverGrpc()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/queues") { Content = JsonContent.Create(new { name = "sales" }), Headers = { { "Idempotency-Key", "k" } } };
            using HttpResponseMessage response = await host.Rest.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Single((await host.Queues.ListQueuesAsync(new Control.V1.PageRequest())).Queues);
        await host.Queues.CreateQueueAsync(new Control.V1.QueueChange { Name = "sales" }, new global::Grpc.Core.Metadata { { "idempotency-key", "k" } });
    }

    [Theory]
    [InlineData("Origin", "https://example.com")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("Host", "attacker.example")]
    public async Task WithoutAKey_OnlyThisHost_IsThePlatform(string header, string value)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/tenants");
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await host.Rest.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task TrustedProxy_AlwaysNeedsAKey_AndSpeaksForWhoAsksIt()
    {
        await using ApiHost host = await ApiHost.StartAsync(proxies: [IPNetwork.Parse("127.0.0.0/8")]);
        string secret = (await host.Tenants.CreateKeyAsync(new Control.V1.CreateKeyRequest { Name = "panel", Scopes = { "queues:*" }, Networks = { "198.51.100.0/24" } })).Secret;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(null, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(null, "127.0.0.1"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(secret, "127.0.0.1, 198.51.100.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(secret, "198.51.100.7, 192.0.2.1"));

        async Task<HttpStatusCode> AskAsync(string? key, string? forwarded)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/v1/queues");
            if (key is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            if (forwarded is not null)
            {
                request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
            }

            using HttpResponseMessage response = await host.Rest.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Prompt_IsUploaded_AndFetched()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        byte[] sound = [.. "RIFF"u8, .. new byte[200_000]];
        using ByteArrayContent content = new(sound) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } };
        using HttpResponseMessage uploaded = await host.Rest.PutAsync(new Uri("/v1/prompts/welcome/sound?language=de&text=Guten%20Tag", UriKind.Relative), content);
        JsonNode prompt = JsonNode.Parse(await uploaded.Content.ReadAsStringAsync())!;
        Assert.Equal(("welcome", "de", "ORIGIN_UPLOAD", "Guten Tag"), ((string)prompt["name"]!, (string)prompt["language"]!, (string)prompt["origin"]!, (string)prompt["text"]!));
        using HttpResponseMessage fetched = await host.Rest.GetAsync(new Uri("/v1/prompts/welcome/sound", UriKind.Relative));
        Assert.Equal("audio/wav", fetched.Content.Headers.ContentType?.MediaType);
        Assert.Equal(sound, await fetched.Content.ReadAsByteArrayAsync());
        using ByteArrayContent nothing = new([1, 2, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } };
        using HttpResponseMessage refused = await host.Rest.PutAsync(new Uri("/v1/prompts/other/sound", UriKind.Relative), nothing);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task OpenApi_IsValid_AndHasEveryMethodWithItsComment()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string text = await host.Rest.GetStringAsync(new Uri("/v1/openapi.json", UriKind.Relative));
        string file = Path.Combine(host.Folder, "openapi.json");
        await File.WriteAllTextAsync(file, text);
        ProcessStartInfo start = new(NodeModules.Program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in NodeModules.Run("validate-openapi.mjs", file))
        {
            start.ArgumentList.Add(argument);
        }

        using Process node = Process.Start(start)!;
        string said = await node.StandardOutput.ReadToEndAsync() + await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, said);

        JsonNode document = JsonNode.Parse(text)!;
        foreach (ApiMethod method in ApiMethods.All)
        {
            Assert.Equal(method.Name, (string)document["paths"]![method.Path]![method.Verb.ToLowerInvariant()]!["operationId"]!);
        }

        Assert.Equal("What its tenant calls it.", (string)document["components"]!["schemas"]!["Number"]!["properties"]!["label"]!["description"]!);
        Assert.Contains("Of any number of buyers one gets it", (string)document["paths"]!["/v1/numbers/{number}/buy"]!["post"]!["description"]!, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> SendAsync(
        ApiHost host, HttpMethod method, string path, string? body = null, string? tenant = null, string? secret = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (tenant is not null)
        {
            request.Headers.Add(ApiInterceptor.TenantHeader, tenant);
        }

        if (secret is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }

        using HttpResponseMessage response = await host.Rest.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        Assert.Equal(expected == HttpStatusCode.OK ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(text)!;
    }
}
