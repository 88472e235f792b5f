using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MediaCore.Cli;
using MediaCore.Engine.Control;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

/// <summary><c>mcctl</c> against a whole server on loopback.</summary>
public sealed class McctlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServerLoggers _loggers = new(LogLevel.Critical);
    private string _output = "";
    private string _error = "";

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Tables_AreForPeople_AndJsonForPrograms()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "node"));
        Assert.StartsWith("MediaCore ", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks"));
        Assert.Contains("carrier", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks", "--json"));
        using JsonDocument trunks = JsonDocument.Parse(_output);
        Assert.Equal("carrier", trunks.RootElement.GetProperty("trunks")[0].GetProperty("name").GetString());
        Assert.Equal(ExitCode.Success, await RunAsync(host, "registrations"));
        Assert.Equal("No registrations.\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "top", "--count", "2", "--interval", "0.1"));
        Assert.Contains("QUEUE DELAY", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "log", "--category", "MediaCore.Calls", "--level", "debug"));
        Assert.Contains("MediaCore.Calls", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "drain"));
        Assert.Contains("draining", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "undrain"));
    }

    [Fact]
    public async Task Token_IsMade_Shown_Listed_AndRevoked()
    {
        await using ServerHost host = await StartAsync("--grpc:requireToken=true");
        string file = Path.Combine(_folder.Path, "data", "control-tokens.json");
        Assert.Equal(ExitCode.NotPermitted, await RunAsync(host, "node"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "token", "create", "--name", "bot", "--scope", "read", "--file", file));
        string token = _output.Trim();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "node", "--token", token));
        Assert.Equal(ExitCode.NotPermitted, await RunAsync(host, "drain", "--token", token));
        Assert.Contains("admin", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "token", "list", "--file", file));
        Assert.Contains("bot", _output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "token", "create", "--json", "--name", "ivr", "--scope", "control", "--controller", "ivr-1", "--expires", "7", "--file", file));
        Assert.StartsWith("mct_", JsonDocument.Parse(_output).RootElement.GetProperty("token").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "token", "list", "--json", "--file", file));
        JsonElement[] listed = [.. JsonDocument.Parse(_output).RootElement.GetProperty("tokens").EnumerateArray()];
        Assert.Equal([("bot", "read", ""), ("ivr", "control", "ivr-1")], listed.Select(static t => (t.GetProperty("name").GetString(), t.GetProperty("scope").GetString(), t.GetProperty("controller").GetString())));
        Assert.Equal([JsonValueKind.Null, JsonValueKind.String], listed.Select(static t => t.GetProperty("expires_at").ValueKind));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "token", "revoke", "bot", "--file", file));
        Assert.Equal(ExitCode.NotPermitted, await RunAsync(host, "node", "--token", token));
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "token", "revoke", "bot", "--file", file));
    }

    [Fact]
    public async Task Routes_AreListed_Shown_Set_AndDeleted()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "routes", "set", "test", """{"match":{"to":"112"},"trunks":["carrier"]}""", "--before", "all", "--dry-run"));
        Assert.Equal("routes test: that would be right.\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "routes", "set", "test", """{"match":{"to":"112"},"trunks":["carrier"]}""", "--before", "all"));
        Assert.Equal(["test", "all"], host.Settings.Routes.Select(static route => route.Name));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "routes", "list"));
        Assert.Matches("(?m)^test +112 +carrier +yes", _output);
        Assert.Matches("(?m)^all +\\* +carrier", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "routes", "show", "test"));
        Assert.Equal("112", JsonDocument.Parse(_output).RootElement.GetProperty("match").GetProperty("to").GetString());
        Assert.Contains("changed over the control interface", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "routes", "set", "test", """{"trunks":["nobody"],"tracks":[]}"""));
        Assert.Contains("mcctl: routes[test].trunks[0]: ", _error, StringComparison.Ordinal);
        Assert.Contains("mcctl: routes[test].tracks: ", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "routes", "delete", "test"));
        Assert.Equal("routes test is gone.\n", _output);
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "routes", "delete", "test"));
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "routes", "show", "test"));
    }

    [Fact]
    public async Task Trunks_AreShownWithTheirState_Set_AndDeleted()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks", "list"));
        Assert.Contains("carrier", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks", "show", "carrier"));
        Assert.Contains("CALLS OUT", _output, StringComparison.Ordinal);
        Assert.Contains("\"sip:127.0.0.1:9\"", _output, StringComparison.Ordinal);
        string file = Path.Combine(_folder.Path, "trunk.json");
        await File.WriteAllTextAsync(file, """{"targets":["sip:127.0.0.1:7"]}""");
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks", "set", "spare", "--file", file));
        Assert.Equal(["carrier", "spare"], host.Settings.Trunks.Select(static trunk => trunk.Name));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trunks", "delete", "spare"));
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "trunks", "delete", "carrier"));
        Assert.Contains("routes[all].trunks[0]", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await RunAsync(host, "trunks", "set", "spare"));
    }

    [Fact]
    public async Task Configuration_IsReadAndChanged_PieceByPiece()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "patch", "calls", """{"maxCalls":77}"""));
        Assert.Contains("calls.maxCalls was changed, which takes a restart", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "get", "calls"));
        Assert.Equal("{\n  \"maxCalls\": 77\n}\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "list"));
        Assert.Matches("(?m)^calls +yes", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "get", "trunks", "carrier", "--json"));
        string etag = JsonDocument.Parse(_output).RootElement.GetProperty("etag").GetString()!;
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "patch", "trunks", "carrier", """{"record":true}""", "--etag", etag));
        Assert.Equal(ExitCode.Conflict, await RunAsync(host, "config", "patch", "trunks", "carrier", """{"record":true}""", "--etag", etag));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "reset", "trunks", "carrier"));
        Assert.Equal("trunks carrier is what the file says.\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "set", "logging", """{"level":"error"}"""));
        Assert.Equal(LogLevel.Error, _loggers.Level);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "config", "delete", "calls", "--json"));
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "config", "set", "grpc", "{}"));
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "config", "get", "grpc"));
    }

    [Fact]
    public async Task Controller_IsWhoGivesTheCommand()
    {
        await using ServerHost host = await StartAsync();
        string callId = await CallAsync(host);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "hangup", callId, "--controller", "night-watch"));
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "calls", "hangup", callId, "--controller", "not a name"));
        Assert.Contains("mediacore-controller", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_OffersCommands()
    {
        Assert.Equal(ExitCode.Success, await RunAsync(["[suggest:14]", "mcctl config s"]));
        Assert.Contains("set", _output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_OfARefusedCall_HasItsLadder_AndACapture()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "trace", "show", "NOBODY"));
        Assert.Contains("mcctl trace on", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trace", "on", "--calls", "10"));
        string callId = await CallAsync(host);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trace", "show", callId, "--messages"));
        Assert.Contains("- INVITE (SDP) -", _output, StringComparison.Ordinal);
        Assert.Contains("leg 1", _output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", _output, StringComparison.Ordinal);
        string capture = Path.Combine(_folder.Path, "call.pcapng");
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trace", "show", callId, "--pcap", capture));
        byte[] bytes = await File.ReadAllBytesAsync(capture);
        Assert.Equal([0x0A, 0x0D, 0x0D, 0x0A], bytes[..4]);
        Assert.True(bytes.AsSpan().IndexOf("INVITE sip:"u8) > 0);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "trace", "off"));
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "trace", "show", callId));
    }

    [Fact]
    public async Task Call_IsListed_Shown_AndHungUp()
    {
        await using ServerHost host = await StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "list"));
        Assert.Equal("No calls.\n", _output);
        string callId = await CallAsync(host);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "list"));
        Assert.Contains(callId, _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "show", callId));
        Assert.Contains("no ladder", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "calls", "show", "NOBODY"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "hangup", callId));
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "calls", "hangup", "NOBODY"));
    }

    [Fact]
    public async Task Events_BeginWithHowItIs_ForPeopleAndPrograms()
    {
        await using ServerHost host = await StartAsync();
        string callId = await CallAsync(host);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "events", "--count", "3"));
        string[] lines = _output.TrimEnd().Split('\n');
        Assert.Contains("trunk_changed", lines[0], StringComparison.Ordinal);
        Assert.Contains("carrier", lines[0], StringComparison.Ordinal);
        Assert.Contains(callId, lines[1], StringComparison.Ordinal);
        Assert.Contains("snapshot_ended", lines[2], StringComparison.Ordinal);

        Assert.Equal(ExitCode.Success, await RunAsync(host, "events", "--json", "--call", callId, "--kinds", "leg_changed,call_ended", "--count", "1"));
        using JsonDocument told = JsonDocument.Parse(_output.TrimEnd());
        Assert.Equal("+12025550100", told.RootElement.GetProperty("snapshot").GetProperty("call").GetProperty("called").GetString());
        Assert.DoesNotContain('\n', _output.TrimEnd());
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "events", "--kinds", "weather"));
        Assert.Contains("leg_changed", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "calls", "hangup", callId));
    }

    [Theory]
    [InlineData(ExitCode.Usage, "nonsense")]
    [InlineData(ExitCode.Usage, "node", "--server", "sip.example.net")]
    [InlineData(ExitCode.Usage, "node", "--server", "http://192.0.2.1:50051", "--token", "mct_x")]
    [InlineData(ExitCode.Usage, "calls", "originate", "12025550100")]
    [InlineData(ExitCode.Usage, "token", "create", "--name", "a b", "--scope", "read")]
    [InlineData(ExitCode.Usage, "token", "create", "--name", "a", "--scope", "root")]
    [InlineData(ExitCode.Usage, "top", "--interval", "0")]
    [InlineData(ExitCode.Usage, "top", "--count", "-1")]
    [InlineData(ExitCode.Usage, "calls", "originate", "account:1001", "--ring", "-4")]
    [InlineData(ExitCode.Usage, "calls", "originate", "account:1001", "--ring", "3601")]
    [InlineData(ExitCode.Usage, "listen", "X", "--out", "x.wav", "--seconds", "0")]
    [InlineData(ExitCode.Unreachable, "node", "--server", "http://127.0.0.1:1")]
    [InlineData(ExitCode.Success, "completion", "bash")]
    [InlineData(ExitCode.Success, "completion", "zsh")]
    [InlineData(ExitCode.Success, "completion", "fish")]
    public async Task CommandLine_EndsWithItsCode(int code, params string[] arguments) => Assert.Equal(code, await RunAsync(arguments));

    /// <summary>A call that the carrier never takes and its caller gives up; its identifier, out of the carrier's INVITE's trace.</summary>
    private async Task<string> CallAsync(ServerHost host)
    {
        using UdpClient caller = new(new IPEndPoint(IPAddress.Loopback, 0));
        string sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";
        string text = $"INVITE sip:+12025550100@{host.Engine.Listeners[0].Endpoint} SIP/2.0\r\nVia: SIP/2.0/UDP {caller.Client.LocalEndPoint};branch=z9hG4bKtraced\r\nMax-Forwards: 70\r\nFrom: <sip:+12025550101@127.0.0.1>;tag=1\r\nTo: <sip:+12025550100@127.0.0.1>\r\nCall-ID: traced\r\nCSeq: 1 INVITE\r\nContact: <sip:{caller.Client.LocalEndPoint}>\r\nAuthorization: Digest username=\"hush-hush\"\r\nContent-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}";
        await caller.SendAsync(Encoding.ASCII.GetBytes(text), host.Engine.Listeners[0].Endpoint.ToIPEndPoint());
        Assert.StartsWith("SIP/2.0 100", Encoding.ASCII.GetString((await caller.ReceiveAsync()).Buffer), StringComparison.Ordinal);
        return Assert.Single((await host.Engine.Control.ListCallsAsync(new CallFilter())).Calls).CallId;
    }

    private Task<int> RunAsync(ServerHost host, params string[] arguments) => RunAsync([.. arguments, "--server", host.Grpc[0]]);

    private async Task<int> RunAsync(string[] arguments)
    {
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        int code = await McctlCommand.RunAsync(arguments, new Terminal(output, error, new Dictionary<string, string>(StringComparer.Ordinal), _folder.Path, IsInteractive: false));
        (_output, _error) = (output.ToString(), error.ToString());
        return code;
    }

    private Task<ServerHost> StartAsync(params string[] more)
    {
        string[] arguments =
        [
            "--media:ports=23000-23999", "--sip:listen=udp://127.0.0.1:0", "--http:listen=null", "--engine:shards=1", "--sip:defence:overload:enabled=false", "--logging:level=critical", "--numbers:enabled=false", "--grpc:listen=http://127.0.0.1:0",
            "--trunks:0:name=carrier", "--trunks:0:targets=sip:127.0.0.1:9", "--trunks:0:from=127.0.0.0/8", "--routes:0:name=all", "--routes:0:match:to=*", "--routes:0:trunks=carrier", .. more,
        ];
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(null, _folder.Path, arguments.Select(ConfigurationOverride.FromArgument).OfType<ConfigurationOverride>(), errors);
        Assert.Empty(errors.Items);
        return ServerHost.StartAsync(settings, _loggers, CancellationToken.None);
    }
}
