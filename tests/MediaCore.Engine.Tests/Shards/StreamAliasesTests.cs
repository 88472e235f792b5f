using System.Buffers;
using System.Net;
using System.Text;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Tests;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;

namespace MediaCore.Engine.Tests.Shards;

/// <summary>RFC 5923 between two TLS ends: what a peer's <c>alias</c> is worth depends on its certificate and on nothing else.</summary>
public sealed class StreamAliasesTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly NetworkEndpoint s_loopback = NetworkEndpoint.FromBytes([127, 0, 0, 1], 0);

    private readonly TestAuthority _authority = new();
    private readonly Sink _accepted = new();
    private readonly Sink _made = new();
    private readonly TlsServer _tls;
    private readonly TcpConnectionListener _listener;
    private readonly TcpConnector _connector;
    private readonly StreamAliases _aliases = new();
    private readonly ListenerIdentity _local;

    public StreamAliasesTests()
    {
        _tls = new TlsServer(new TlsServerOptions
        {
            Certificates = [Issue("us", "sip.us.example")],
            ClientCertificates = TlsClientCertificates.Accept,
            ClientAuthorities = TlsCertificate.LoadAuthorities(_authority.File),
        });
        _listener = TcpConnectionListener.Bind(s_loopback);
        _listener.Start(_accepted, static () => new NoFrames(), _tls);
        _connector = new TcpConnector(_made, static () => new NoFrames());
        _local = new ListenerIdentity(0, SipTransportKind.Tls, _listener.LocalEndpoint, "sip.us.example", 5061);
    }

    [Theory]
    [InlineData("pbx.example", "pbx.example", 0, "127.0.0.1:5061", "pbx.example", true)]
    [InlineData("pbx.example", "PBX.example", 5061, "127.0.0.1:5061", "pbx.example", true)]
    [InlineData("pbx.example", "pbx.example", 5061, "203.0.113.9:5061", "pbx.example", false)]
    [InlineData("pbx.example", "127.0.0.1", 5061, "127.0.0.1:5061", "pbx.example", true)]
    [InlineData("127.0.0.1", "127.0.0.1", 5071, "127.0.0.1:5071", "127.0.0.1", true)]
    [InlineData("pbx.example", "pbx.example", 5071, "127.0.0.1:5061", "pbx.example", false)]
    [InlineData("pbx.example", "127.0.0.1", 5061, "127.0.0.1:5061", "carrier.example", false)]
    [InlineData("pbx.example", "carrier.example", 5061, "127.0.0.1:5061", "carrier.example", false)]
    [InlineData("pbx.example", "203.0.113.9", 5061, "203.0.113.9:5061", "pbx.example", false)]
    [InlineData("*.example", "pbx.example", 5061, "127.0.0.1:5061", "pbx.example", false)]
    [InlineData(null, "pbx.example", 5061, "127.0.0.1:5061", "pbx.example", false)]
    [InlineData(null, "127.0.0.1", 5061, "127.0.0.1:5061", "pbx.example", false)]
    public async Task Connection_IsUsed_OnlyForANameOfItsCertificate(string? certificate, string sentByHost, int sentByPort, string destination, string dialled, bool isUsed)
    {
        (TcpConnection connection, StreamFlow flow) = await ConnectAsync(certificate);
        using IDisposable? alias = _aliases.Take(flow, connection, _local, Encoding.ASCII.GetBytes(sentByHost), (ushort)sentByPort);
        Assert.Equal(isUsed, _aliases.TryGet(NetworkEndpoint.From(IPEndPoint.Parse(destination)), dialled, out Flow found));
        if (isUsed)
        {
            Assert.Same(flow, found.Stream);
            Assert.Equal((connection.Remote, dialled), (found.Remote, found.Stream!.ServerName));
        }
    }

    [Fact]
    public async Task Alias_EndsWithItsConnection_AndIsTheNewestsOfAPeer()
    {
        (TcpConnection first, StreamFlow old) = await ConnectAsync("pbx.example");
        (TcpConnection second, StreamFlow newest) = await ConnectAsync("pbx.example");
        NetworkEndpoint there = s_loopback.WithPort(5061);
        using IDisposable? one = _aliases.Take(old, first, _local, "pbx.example"u8, 5061);
        using IDisposable? two = _aliases.Take(newest, second, _local, "pbx.example"u8, 5061);
        Assert.True(_aliases.TryGet(there, "pbx.example", out Flow flow));
        Assert.Same(newest, flow.Stream);
        one!.Dispose();
        Assert.True(_aliases.TryGet(there, "pbx.example", out _));
        newest.Close();
        Assert.False(_aliases.TryGet(there, "pbx.example", out _));
        two!.Dispose();
        Assert.Equal(0, _aliases.Count);
    }

    [Fact]
    public async Task Flow_TakesOneAlias_AndGivesItBackAtItsEnd()
    {
        (TcpConnection connection, _) = await ConnectAsync("pbx.example");
        var flow = new StreamFlow(0, connection) { AliasPlace = (_aliases, _local) };
        Assert.True(flow.MayTakeAlias);
        flow.TakeAlias("carrier.example"u8, 0);
        Assert.True(flow.MayTakeAlias);
        flow.TakeAlias("pbx.example"u8, 0);
        Assert.Equal((false, 1), (flow.MayTakeAlias, _aliases.Count));
        flow.Close();
        Assert.Equal(0, _aliases.Count);
    }

    [Fact]
    public async Task Name_IsProved_OnAConnectionThatWeOpened_Only()
    {
        (TcpConnection accepted, _) = await ConnectAsync("pbx.example");
        Assert.Null(new StreamFlow(0, accepted, "pbx.example").VerifiedName);
        TcpConnection made = await _connector.ConnectAsync(s_loopback.WithPort(_listener.LocalEndpoint.Port), s_patience) ?? throw new InvalidOperationException("no connection");
        Assert.Null(new StreamFlow(0, made, "sip.us.example").VerifiedName);
        TcpConnection secured = await OpenAsync(null);
        Assert.Equal("sip.us.example", new StreamFlow(0, secured, "sip.us.example").VerifiedName);
    }

    public async ValueTask DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _listener.DisposeAsync();
        _tls.Dispose();
        _authority.Dispose();
    }

    private async Task<(TcpConnection Connection, StreamFlow Flow)> ConnectAsync(string? certificate)
    {
        await OpenAsync(certificate);
        TcpConnection connection = await _accepted.NextAsync();
        return (connection, new StreamFlow(0, connection));
    }

    private async Task<TcpConnection> OpenAsync(string? certificate)
    {
        var options = new TlsClientOptions { Authorities = TlsCertificate.LoadAuthorities(_authority.File), Certificate = certificate is null ? null : Issue("peer", certificate) };
        TcpConnectResult result = await _connector.ConnectWithResultAsync(_listener.LocalEndpoint, s_patience, tls: new TlsClient(options), serverName: "sip.us.example");
        return result.Connection ?? throw new InvalidOperationException(result.Error.ToString());
    }

    private TlsCertificate Issue(string file, string name)
    {
        (string certificate, string key) = _authority.Issue(file, [name]);
        return TlsCertificate.Load(certificate, key);
    }

    private sealed class Sink : IConnectionSink
    {
        private readonly System.Threading.Channels.Channel<TcpConnection> _connections = System.Threading.Channels.Channel.CreateUnbounded<TcpConnection>();

        public async Task<TcpConnection> NextAsync() => await _connections.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

        public void OnAccepted(TcpConnection connection) => _connections.Writer.TryWrite(connection);

        public void OnFrame(TcpConnection connection, byte[] buffer, int length) => ArrayPool<byte>.Shared.Return(buffer);

        public void OnClosed(TcpConnection connection, ConnectionCloseReason reason)
        {
            // The connections are looked at while they are open.
        }
    }

    private sealed class NoFrames : IFrameScanner
    {
        public FrameKind Scan(in ReadOnlySequence<byte> input, out long consumed, out long frameLength)
        {
            consumed = frameLength = 0;
            return FrameKind.NeedMoreData;
        }
    }
}
