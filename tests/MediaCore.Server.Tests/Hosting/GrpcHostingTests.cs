using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MediaCore.Control.Authentication;
using MediaCore.Control.Publishing;
using MediaCore.Control.V1;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Http;
using MediaCore.Server.Logging;
using MediaCore.Tests;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

/// <summary>The control interface of a whole server on loopback: who gets in, and what Admin does.</summary>
public sealed class GrpcHostingTests : IDisposable
{
    private static readonly string[] s_basics =
    [
        "--media:ports=21000-21999", "--sip:listen=udp://127.0.0.1:0", "--http:listen=null", "--engine:shards=1", "--sip:defence:overload:enabled=false", "--logging:level=critical", "--numbers:enabled=false", "--grpc:listen=http://127.0.0.1:0",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly ServerLoggers _loggers = new(LogLevel.Critical);

    private string Tokens => Path.Combine(_folder.Path, "data", "control-tokens.json");

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Loopback_NeedsNoToken_AndSaysWhatTheNodeIs()
    {
        await using ServerHost host = await StartAsync("--control:policy:target=http://127.0.0.1:1");
        using GrpcChannel channel = GrpcChannel.ForAddress(Assert.Single(host.Grpc));
        Admin.AdminClient admin = new(channel);
        Node node = await admin.GetNodeAsync(new GetNodeRequest());
        Assert.Equal((Node.Types.State.Running, 1, "sbc"), (node.State, node.Shards, node.Mode));
        Assert.Contains($" grpc={host.Grpc[0]}", host.ReadyLine, StringComparison.Ordinal);
        Assert.Equal([$"udp://{host.Engine.Listeners[0].Endpoint}"], node.SipListeners);
        Assert.Equal(["127.0.0.1:21000-21999"], node.Media);
        Assert.Equal(["authenticate", "message", "route", "transfer"], node.Policy.Select(static line => line.Question));
        Assert.All(node.Policy, static line => Assert.Equal(PolicyLine.Types.Breaker.Closed, line.Breaker));
    }

    [Fact]
    public async Task Token_IsAskedFor_AndItsScopeHolds_UntilItIsRevoked()
    {
        await using ServerHost host = await StartAsync("--grpc:requireToken=true");
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await admin.GetNodeAsync(new GetNodeRequest()));
        Assert.Equal(StatusCode.Unauthenticated, missing.StatusCode);
        Assert.Contains("mcctl token create", missing.Status.Detail, StringComparison.Ordinal);

        Metadata read = Bearer("looker", ControlScope.Read);
        Assert.Equal("sbc", (await admin.GetNodeAsync(new GetNodeRequest(), read)).Mode);
        RpcException scope = await Assert.ThrowsAsync<RpcException>(async () => await admin.DrainAsync(new DrainRequest(), read));
        Assert.Equal(StatusCode.PermissionDenied, scope.StatusCode);
        Assert.Contains("admin", scope.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(Node.Types.State.Draining, (await admin.DrainAsync(new DrainRequest(), Bearer("boss", ControlScope.Admin))).State);

        // A service that is not here tells strangers nothing, and those who may know that it is not here.
        Assert.True(TokenFile.Remove(Tokens, "looker"));
        RpcException revoked = await Assert.ThrowsAsync<RpcException>(async () => await admin.GetNodeAsync(new GetNodeRequest(), read));
        Assert.Equal(StatusCode.Unauthenticated, revoked.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_EndsWhenItsToken_IsRevoked_OrEnds(bool isRevoked)
    {
        await using ServerHost host = await StartAsync("--grpc:requireToken=true");
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        TokenFile.Add(Tokens, ControlToken.Create("short", ControlScope.Control, null, DateTimeOffset.UtcNow, isRevoked ? null : DateTimeOffset.UtcNow.AddSeconds(5), out string secret));
        Metadata shortLived = new() { { "authorization", $"Bearer {secret}" } };
        Metadata other = Bearer("other", ControlScope.Control);
        CallControl.CallControlClient calls = new(channel);
        using AsyncDuplexStreamingCall<SessionRequest, SessionResponse> session = calls.Session(shortLived);
        await session.RequestStream.WriteAsync(new SessionRequest { Open = new Open { Controller = "a" } });
        Assert.True(await session.ResponseStream.MoveNext(CancellationToken.None));
        using AsyncDuplexStreamingCall<SessionRequest, SessionResponse> kept = calls.Session(other);
        await kept.RequestStream.WriteAsync(new SessionRequest { Open = new Open { Controller = "b" } });
        Assert.True(await kept.ResponseStream.MoveNext(CancellationToken.None));
        using AsyncServerStreamingCall<Event> events = new Events.EventsClient(channel).Subscribe(new SubscribeRequest(), shortLived);
        using AsyncServerStreamingCall<Statistics> figures = new Admin.AdminClient(channel).WatchStatistics(new WatchStatisticsRequest { Interval = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 3600 } }, shortLived);
        Assert.True(await figures.ResponseStream.MoveNext(CancellationToken.None));
        if (isRevoked)
        {
            Assert.True(TokenFile.Remove(Tokens, "short"));
        }

        Assert.Equal(StatusCode.Unauthenticated, await EndAsync(session.ResponseStream));
        Assert.Equal(StatusCode.Unauthenticated, await EndAsync(events.ResponseStream));
        Assert.Equal(StatusCode.Unauthenticated, await EndAsync(figures.ResponseStream));

        // The other goes on: its end of requests is answered by its end.
        await kept.RequestStream.CompleteAsync();
        Assert.Equal(StatusCode.OK, await EndAsync(kept.ResponseStream));

        static async Task<StatusCode> EndAsync<T>(IAsyncStreamReader<T> stream)
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
            try
            {
                while (await stream.MoveNext(patience.Token))
                {
                }

                return StatusCode.OK;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        }
    }

    [Fact]
    public async Task Certificate_IsExchangedByAReload_ForConnectionsFromThenOn()
    {
        using TestAuthority first = new();
        using TestAuthority second = new(name: "somebody else");
        string certificate = Path.Combine(_folder.Path, "server.pem");
        string key = Path.Combine(_folder.Path, "server.key");
        Install(first);
        string[] tls = ["--grpc:listen=https://127.0.0.1:0", $"--grpc:certificate={certificate}", $"--grpc:key={key}"];
        await using ServerHost host = await StartAsync(tls);
        Assert.Equal("MediaCore test authority", await AskAsync());
        Install(second);
        Assert.Equal("MediaCore test authority", await AskAsync());
        Assert.Empty(await host.ReloadAsync(Read(tls)));
        Assert.Equal("somebody else", await AskAsync());

        void Install(TestAuthority authority)
        {
            (string issued, string issuedKey) = authority.Issue("server", ["127.0.0.1"]);
            File.Copy(issued, certificate, overwrite: true);
            File.Copy(issuedKey, key, overwrite: true);
        }

        // Who has issued the certificate that is shown.
        async Task<string?> AskAsync()
        {
            string? issuer = null;
            using SocketsHttpHandler handler = new();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            {
                issuer = ((X509Certificate2)shown!).GetNameInfo(X509NameType.SimpleName, forIssuer: true);
                return true;
            };
            using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0], new GrpcChannelOptions { HttpHandler = handler });
            await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
            return issuer;
        }
    }

    [Fact]
    public async Task WrongToken_IsRefused_OnLoopbackToo_AndGuessingIsSlowedDown()
    {
        await using ServerHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        Metadata wrong = new() { { "authorization", "Bearer mct_wrong" } };
        List<StatusCode> seen = [];
        for (int i = 0; i < 30; i++)
        {
            seen.Add((await Assert.ThrowsAsync<RpcException>(async () => await admin.GetNodeAsync(new GetNodeRequest(), wrong))).StatusCode);
        }

        Assert.Equal(20, seen.TakeWhile(static code => code == StatusCode.Unauthenticated).Count());
        Assert.All(seen.Skip(20), static code => Assert.Equal(StatusCode.ResourceExhausted, code));
        await admin.GetNodeAsync(new GetNodeRequest(), Bearer("right", ControlScope.Read));
    }

    [Fact]
    public async Task Health_NeedsNoToken()
    {
        await using ServerHost host = await StartAsync("--grpc:requireToken=true");
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        HealthCheckResponse response = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, response.Status);
    }

    [Fact]
    public async Task Tls_TakesCertificatesOfTheAuthority_AsControllers_AndNoOthers()
    {
        using TestAuthority authority = new();
        using TestAuthority other = new(name: "somebody else");
        (string certificate, string key) = authority.Issue("server", ["127.0.0.1"]);
        await using ServerHost host = await StartAsync("--grpc:listen=https://127.0.0.1:0", $"--grpc:certificate={certificate}", $"--grpc:key={key}", $"--grpc:clientAuthority={authority.File}", "--grpc:requireToken=true");

        Admin.AdminClient known = new(Channel(authority.Issue("ivr", [])));
        Assert.Equal("sbc", (await known.GetNodeAsync(new GetNodeRequest())).Mode);
        RpcException scope = await Assert.ThrowsAsync<RpcException>(async () => await known.DrainAsync(new DrainRequest()));
        Assert.Equal(StatusCode.PermissionDenied, scope.StatusCode);

        Admin.AdminClient unknown = new(Channel(other.Issue("ivr", [])));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await unknown.GetNodeAsync(new GetNodeRequest()));
        Assert.NotEqual(StatusCode.OK, refused.StatusCode);

        Admin.AdminClient bare = new(Channel(null));
        RpcException missing = await Assert.ThrowsAsync<RpcException>(async () => await bare.GetNodeAsync(new GetNodeRequest()));
        Assert.Equal(StatusCode.Unauthenticated, missing.StatusCode);
        Assert.Equal("sbc", (await bare.GetNodeAsync(new GetNodeRequest(), Bearer("looker", ControlScope.Read))).Mode);

        GrpcChannel Channel((string Certificate, string Key)? shown)
        {
            SocketsHttpHandler handler = new();
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            if (shown is { } files)
            {
                using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
                handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
            }

            return GrpcChannel.ForAddress(host.Grpc[0], new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        }
    }

    [Fact]
    public async Task Drain_RefusesNewCalls_AndUndrainTakesThemAgain()
    {
        await using ServerHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        Assert.Equal(200, await ProbeAsync(host));
        await admin.DrainAsync(new DrainRequest());
        Assert.Equal("draining", host.GetUnreadiness());
        Assert.Equal(503, await ProbeAsync(host));
        Assert.Equal(Node.Types.State.Running, (await admin.UndrainAsync(new UndrainRequest())).State);
        Assert.Equal(200, await ProbeAsync(host));

        // A drain that is the way to a stop is not taken back.
        host.BeginDrain();
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await admin.UndrainAsync(new UndrainRequest()));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Fact]
    public async Task Reload_SaysEveryError_OrWhatWaitsForARestart()
    {
        await using ServerHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        host.ReadConfiguration = () => (null, [new ConfigurationError("sip.relm", default, "is not known"), new ConfigurationError("calls.maxCalls", default, "must be a number")]);
        RpcException wrong = await Assert.ThrowsAsync<RpcException>(async () => await admin.ReloadAsync(new ReloadRequest()));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
        Assert.Contains("sip.relm", wrong.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("calls.maxCalls", wrong.Status.Detail, StringComparison.Ordinal);

        host.ReadConfiguration = () => (Read(["--calls:maxCalls=7"]), []);
        ReloadResponse response = await admin.ReloadAsync(new ReloadRequest());

        // As many sessions of the ng protocol as calls, unless it says otherwise.
        Assert.Equal(["calls.maxCalls", "ng.maxSessions"], response.Notices.Select(static notice => notice.Split(' ')[0]));
    }

    [Fact]
    public async Task LogLevels_AreChanged_AndTakenAway()
    {
        await using ServerHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        await admin.SetLogLevelAsync(new SetLogLevelRequest { Category = "MediaCore.Calls", Level = "debug" });
        LogLevels levels = await admin.SetLogLevelAsync(new SetLogLevelRequest { Level = "error" });
        Assert.Equal(("error", "debug"), (levels.Level, levels.Categories["MediaCore.Calls"]));
        Assert.True(_loggers.CreateLogger("MediaCore.Calls.Dialling").IsEnabled(LogLevel.Debug));
        Assert.False(_loggers.CreateLogger("MediaCore.CallsOther").IsEnabled(LogLevel.Debug));
        levels = await admin.SetLogLevelAsync(new SetLogLevelRequest { Category = "MediaCore.Calls" });
        Assert.Empty(levels.Categories);
        Assert.False(_loggers.CreateLogger("MediaCore.Calls").IsEnabled(LogLevel.Debug));
        RpcException wrong = await Assert.ThrowsAsync<RpcException>(async () => await admin.SetLogLevelAsync(new SetLogLevelRequest { Level = "loud" }));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
        wrong = await Assert.ThrowsAsync<RpcException>(async () => await admin.SetLogLevelAsync(new SetLogLevelRequest { Category = new string('x', 257), Level = "debug" }));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
    }

    [Fact]
    public async Task Statistics_ComeOnce_OrAgainAndAgain()
    {
        await using ServerHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        Admin.AdminClient admin = new(channel);
        using AsyncServerStreamingCall<Statistics> once = admin.WatchStatistics(new WatchStatisticsRequest());
        Assert.True(await once.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Single(once.ResponseStream.Current.Shards);
        Assert.True(once.ResponseStream.Current.ResidentBytes > 0);
        Assert.False(await once.ResponseStream.MoveNext(CancellationToken.None));

        using AsyncServerStreamingCall<Statistics> never = admin.WatchStatistics(new WatchStatisticsRequest { Interval = new Google.Protobuf.WellKnownTypes.Duration { Nanos = 5 } });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => never.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);

        using AsyncServerStreamingCall<Statistics> often = admin.WatchStatistics(new WatchStatisticsRequest { Interval = new Google.Protobuf.WellKnownTypes.Duration { Nanos = 100_000_000 } });
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await often.ResponseStream.MoveNext(CancellationToken.None));
        }
    }

    [Fact]
    public async Task Port_OfTheDefault_ThatIsTaken_DoesNotKeepAServerFromStarting_OneThatWasAskedForDoes()
    {
        await using ServerHost first = await StartAsync();
        string taken = first.Grpc[0];
        using TemporaryFolder folder = new();
        ServerSettings wanted = Read([$"--grpc:listen={taken}", $"--dataFolder={folder.Path}"]);
        await Assert.ThrowsAnyAsync<IOException>(() => ServerHost.StartAsync(wanted, _loggers, CancellationToken.None));
        await using ServerHost second = await ServerHost.StartAsync(wanted with { Grpc = wanted.Grpc with { IsDefault = true } }, _loggers, CancellationToken.None);
        Assert.Empty(second.Grpc);
        Assert.Equal(200, await ProbeAsync(second).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>Status of the answer to OPTIONS.</summary>
    private static async Task<int> ProbeAsync(ServerHost host)
    {
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
        string branch = Guid.NewGuid().ToString("N");
        string text = $"OPTIONS sip:{host.Engine.Listeners[0].Endpoint} SIP/2.0\r\nVia: SIP/2.0/UDP {client.Client.LocalEndPoint};branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(text), host.Engine.Listeners[0].Endpoint.ToIPEndPoint());
        UdpReceiveResult answer = await client.ReceiveAsync();
        return int.Parse(System.Text.Encoding.ASCII.GetString(answer.Buffer).Split(' ')[1]);
    }

    private Metadata Bearer(string name, ControlScope scope)
    {
        TokenFile.Add(Tokens, ControlToken.Create(name, scope, null, DateTimeOffset.UtcNow, null, out string secret));
        return new Metadata { { "authorization", $"Bearer {secret}" } };
    }

    [Fact]
    public async Task ChangingCall_HasItsLineInTheAudit_ARefusedOneToo()
    {
        using AuditLines audit = new();
        await using ServerHost host = await StartAsync("--grpc:listen=null");
        ServerSettings settings = Read(["--grpc:requireToken=true"]);
        await using GrpcEndpoint endpoint = await GrpcEndpoint.StartAsync(settings.Grpc, host.Engine, new EventHub(), host, host, numbers: null, audit, CancellationToken.None);
        using GrpcChannel channel = GrpcChannel.ForAddress(endpoint.Addresses[0]);
        Admin.AdminClient admin = new(channel);
        Metadata looker = Bearer("looker", ControlScope.Read);
        Metadata boss = Bearer("boss", ControlScope.Admin);
        await admin.GetNodeAsync(new GetNodeRequest(), looker);
        await Assert.ThrowsAsync<RpcException>(async () => await admin.DrainAsync(new DrainRequest(), looker));
        await admin.DrainAsync(new DrainRequest(), boss);
        Config.ConfigClient config = new(channel);
        await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "calls", MergePatch = """{"maxCalls":5}""", DryRun = true }, boss);
        await Assert.ThrowsAsync<RpcException>(async () => await config.DeleteResourceAsync(new DeleteResourceRequest { Section = "trunks", Name = "12025550100" }, boss));
        string[] lines = [.. audit.Lines];
        Assert.Equal(4, lines.Length);
        Assert.Matches("^looker from [0-9.:]+: /mediacore.v1.Admin/Drain .*: PermissionDenied$", lines[0]);
        Assert.Matches("^boss from [0-9.:]+: /mediacore.v1.Admin/Drain .*: ok$", lines[1]);
        Assert.EndsWith("UpdateResource resource=calls/ (dry run): ok", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(": NotFound", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain("12025550100", lines[3], StringComparison.Ordinal);
    }

    private Task<ServerHost> StartAsync(params string[] more) => ServerHost.StartAsync(Read(more), _loggers, CancellationToken.None);

    private ServerSettings Read(string[] more)
    {
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(null, _folder.Path, s_basics.Concat(more).Select(ConfigurationOverride.FromArgument).OfType<ConfigurationOverride>(), errors);
        Assert.Empty(errors.Items);
        return settings;
    }

    /// <summary>The audit's lines, and nothing else.</summary>
    private sealed class AuditLines : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => categoryName == AuditInterceptor.Category ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
