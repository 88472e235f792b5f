using MediaCore.Tests;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Calls by SIPp over TLS on both legs. Debian's SIPp is built without it, so its TCP goes through a tunnel and its messages say TLS.</summary>
public sealed class TlsCallTests
{
    private const int Calls = 50;

    [Fact]
    public async Task FiftyCalls_OverTlsOnBothLegs_AllCompleted()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        (string certificate, string key) = authority.Issue("server", ["localhost"]);
        int calleePort = FreePorts.Next();
        await using TlsTunnel toCallee = await TlsTunnel.ToPeerAsync(calleePort, authority);
        await using MediaCoreServer server = await MediaCoreServer.StartSbcAsync(
            [$"sip:localhost:{toCallee.Port};transport=tls"],
            $"\"tls\": {{ \"certificates\": [{{ \"certificate\": \"{certificate}\", \"key\": \"{key}\" }}], \"client\": {{ \"authorities\": \"{authority.File}\" }} }}",
            folder: folder.Path,
            listen: "\"tls://127.0.0.1:0\"");
        await using TlsTunnel toServer = await TlsTunnel.ToServerAsync(server.More["tls"], authority);

        // The callee is found again through its tunnel, by the name that the certificate has.
        string calleeFile = Rewrite(folder, "callee", ("[local_ip]:[local_port]", $"localhost:{toCallee.Port}"));
        string callerFile = Rewrite(folder, "caller");
        await using SippProcess callee = await SippProcess.StartAsync(calleeFile, null, Calls, tcp: true, port: calleePort, more: ["-key", "rtp_port", "17002"]);
        await using SippProcess caller = await SippProcess.StartAsync(
            callerFile, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, toServer.Port), Calls, tcp: true, more: ["-s", "+12025550123", "-r", "25", "-d", "200", "-key", "rtp_port", "17001"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();

        var records = server.ReadJournal();
        Assert.Equal(Calls, records.Count);
        foreach (var record in records)
        {
            Assert.Equal("completed", record.GetProperty("reason").GetString());
            Assert.All(record.GetProperty("legs").EnumerateArray(), static leg => Assert.StartsWith("tls:", leg.GetProperty("remote_address").GetString(), StringComparison.Ordinal));
        }

        // One connection on each side carries them all.
        Assert.Equal(1, await server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"Completed\",role=\"server\"}"));
        Assert.Equal(1, await server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"Completed\",role=\"client\"}"));
    }

    private static string Rewrite(ScratchFolder folder, string scenario, params (string Old, string New)[] edits)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scenarios", scenario + ".xml")).Replace("[transport]", "TLS", StringComparison.Ordinal);
        foreach ((string old, string replacement) in edits)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        string file = folder.Combine(scenario + "-tls");
        File.WriteAllText(file + ".xml", text);
        return file;
    }
}
