using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Tests.Mail;
using MediaCore.Numbers.Tests.Messaging.Smpp;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>What is around a server of the toll-free number, and its operator's configuration names: an SMPP centre, a mail server, a program that hears webhooks, and pocketsphinx behind a gate that the test opens.</summary>
internal sealed class TollFreePeers : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ChildProcess _receiver;
    private FileStream? _open;

    private TollFreePeers(MovedClock clock)
    {
        // Receivers of webhooks refuse what was signed at another time, so this one has the server's.
        _receiver = clock.Start("node", [Path.Combine(AppContext.BaseDirectory, "Webhooks", "receiver.cjs")], _folder.Path);
    }

    public NodePeer Centre { get; } = NodePeer.Start("centre.cjs");

    public MailSink Mail { get; } = new();

    /// <summary>Members of the server's configuration.</summary>
    public string Settings { get; private set; } = "";

    /// <summary>What the program with the webhook wrote; no line of it says "refused".</summary>
    public string Told => _receiver.Output;

    private string Webhook { get; set; } = "";

    private string Gate => _folder.Combine("gate");

    public static async Task<TollFreePeers> StartAsync(MovedClock clock)
    {
        TollFreePeers peers = new(clock);
        try
        {
            // Opening a FIFO to read waits until somebody has it open to write.
            string engine = peers._folder.Combine("engine");
            await File.WriteAllTextAsync(engine, $"#!/bin/sh\n: < '{peers.Gate}'\nexec pocketsphinx_continuous \"$@\"\n");
            await using (ChildProcess gate = ChildProcess.Start("sh", ["-c", "mkfifo gate && chmod 700 engine"], peers._folder.Path))
            {
                Assert.Equal(0, await gate.WaitForExitAsync());
            }

            peers.Webhook = $"http://127.0.0.1:{(await peers._receiver.WaitForLineAsync(static l => l.StartsWith("listening ", StringComparison.Ordinal), "port"))["listening ".Length..]}";
            int smpp = (await peers.Centre.WaitForAsync("listening")).GetProperty("port").GetInt32();
            peers.Settings = $$"""
                "recording": { "format": "wav" },
                "webhooks": { "allowHttp": true, "allowNetworks": ["127.0.0.0/8"] },
                "messages": { "routes": [{ "prefix": "+", "carrier": "centre" }],
                              "smpp": { "centres": [{ "name": "centre", "host": "127.0.0.1", "port": {{smpp}}, "systemId": "acme", "password": "secret" }] } },
                "numbers": { "mail": { "server": "127.0.0.1", "port": {{peers.Mail.Options.Port}}, "security": "none", "from": "phones@example.org" },
                             "transcription": { "engine": "pocketsphinx", "program": {{JsonSerializer.Serialize(engine)}} } }
                """;
            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the tenant's webhook, for all events.</summary>
    public async Task SubscribeAsync(TenantApi api)
    {
        JsonNode made = await api.PostAsync("/v1/webhooks", new { name = "crm", url = Webhook + "/events" });
        using HttpClient http = new();
        using StringContent secret = new((string)made["secret"]!);
        using HttpResponseMessage added = await http.PostAsync(new Uri(Webhook + "/secret"), secret);
        added.EnsureSuccessStatusCode();
    }

    /// <summary>The data of the events of a type that were told so far, each signed, in their order.</summary>
    public IReadOnlyList<JsonNode> Events(string type) =>
        [.. Told.Split('\n').Where(line => line.StartsWith($"told {type} 1 ", StringComparison.Ordinal)).Select(static line => JsonNode.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..])!["data"]!)];

    /// <summary>Lets transcriptions begin.</summary>
    public void OpenGate() => _open ??= new FileStream(Gate, FileMode.Open, FileAccess.ReadWrite);

    public async ValueTask DisposeAsync()
    {
        // Whoever still waits at it goes on, and ends.
        if (File.Exists(Gate))
        {
            OpenGate();
            await _open!.DisposeAsync();
        }

        await _receiver.DisposeAsync();
        await Centre.DisposeAsync();
        await Mail.DisposeAsync();
        _folder.Dispose();
    }
}
