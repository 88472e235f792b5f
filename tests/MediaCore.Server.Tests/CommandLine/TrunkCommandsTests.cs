using System.Net;
using MediaCore.Primitives;
using MediaCore.Server.Http;
using MediaCore.Server.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Server.Tests.CommandLine;

public sealed class TrunkCommandsTests : IDisposable
{
    private const string Listing =
        """
        [
          { "name": "carrier-a", "up": true, "inbound_calls": 1, "outbound_calls": 2,
            "registration": { "state": "registered", "registered_until": "2026-03-01T12:00:00Z", "last_status": 200, "failures": 0 },
            "destinations": [ { "address": "192.0.2.5:5060", "transport": "udp", "up": false, "last_status": 0 },
                              { "address": "192.0.2.6:5060", "transport": "udp", "up": true, "last_status": 200, "latency_seconds": 0.0123 } ] },
          { "name": "pbx", "up": false, "inbound_calls": 0, "outbound_calls": 0,
            "destinations": [ { "address": "192.0.2.9:5060", "transport": "udp", "up": false, "blocked": { "reason": "silent", "seconds": 42 } } ] }
        ]
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trunks_AsATable_AndAsJson()
    {
        using PrometheusExporter metrics = new(static _ => false);
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(
            NetworkEndpoint.From(IPAddress.Loopback, 0), new Healthy(), static () => Listing, metrics, NullLoggerFactory.Instance, CancellationToken.None);
        TestTerminal table = new(_folder.Path);
        Assert.Equal(0, await table.RunAsync("trunks", $"--http:listen=http://{endpoint.LocalEndpoint}"));
        string carrier = Assert.Single(table.Out.Split('\n'), static l => l.Contains("carrier-a", StringComparison.Ordinal));
        Assert.Contains("registered", carrier, StringComparison.Ordinal);
        Assert.Contains("2026-03-01 12:00:00Z", carrier, StringComparison.Ordinal);
        Assert.Contains("192.0.2.5:5060 down, 192.0.2.6:5060 up 12.3 ms", carrier, StringComparison.Ordinal);
        string pbx = Assert.Single(table.Out.Split('\n'), static l => l.Contains("pbx", StringComparison.Ordinal));
        Assert.Contains("down", pbx, StringComparison.Ordinal);
        Assert.Contains("192.0.2.9:5060 down (silent, 42 s left)", pbx, StringComparison.Ordinal);

        TestTerminal json = new(_folder.Path);
        Assert.Equal(0, await json.RunAsync("trunks", "--json", $"--http:listen=http://{endpoint.LocalEndpoint}"));
        Assert.Equal(Listing, json.Out);
    }

    [Fact]
    public async Task Trunks_WithoutAServer_SaysWhatToDo()
    {
        TestTerminal terminal = new(_folder.Path);
        Assert.Equal(1, await terminal.RunAsync("trunks", "--http:listen=http://127.0.0.1:9"));
        Assert.Contains("no server answers", terminal.Error, StringComparison.Ordinal);
        TestTerminal off = new(_folder.Path);
        Assert.Equal(1, await off.RunAsync("trunks", "--http:listen=null"));
        Assert.Contains("http.listen is null", off.Error, StringComparison.Ordinal);
    }

    private sealed class Healthy : IServerHealth
    {
        public Task<string?> GetFailureAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

        public string? GetUnreadiness() => null;
    }
}
