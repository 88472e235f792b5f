using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>A provider of texts over HTTP: takes what the server sends, and brings it texts.</summary>
internal sealed class TextProvider : IAsyncDisposable
{
    private const string Secret = "a-secret-that-nobody-guesses";

    private readonly ScratchFolder _folder = new();
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly int _port = FreePorts.Next();
    private readonly Task _listening;

    public TextProvider()
    {
        File.WriteAllText(_folder.Combine("inbound"), Secret);
        _listener.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _listener.Start();
        _listening = ListenAsync();
    }

    /// <summary>Section <c>messages</c> of a server that sends everything here.</summary>
    public string Settings => $$"""
        "messages": { "carriers": [{ "name": "provider", "url": "http://127.0.0.1:{{_port}}/send", "inboundSecretFile": "{{_folder.Combine("inbound")}}" }], "routes": [{ "prefix": "+", "carrier": "provider" }] }
        """;

    /// <summary>What the server has sent.</summary>
    public Channel<JsonNode> Sent { get; } = Channel.CreateUnbounded<JsonNode>();

    /// <summary>Brings a text; it is on the server's disk when this returns.</summary>
    public async Task BringAsync(MediaCoreServer server, string id, string from, string to, string text)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.HttpRoot, "/carriers/provider/messages")) { Content = JsonContent.Create(new { id, from, to, text }) };
        request.Headers.Authorization = new("Bearer", Secret);
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            JsonNode message = (await JsonNode.ParseAsync(call.Request.InputStream))!;
            call.Response.ContentType = "application/json";
            await call.Response.OutputStream.WriteAsync("{\"id\": \"1\"}"u8.ToArray());
            call.Response.Close();
            Sent.Writer.TryWrite(message);
        }
    }
}
