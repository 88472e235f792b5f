using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.V1;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

/// <summary>MediaRelay of a whole server: descriptions by gRPC, packets by UDP.</summary>
public sealed class RelayHostingTests : IDisposable
{
    private static readonly Metadata s_asProxy = new() { { "mediacore-controller", "proxy" } };
    private static readonly Metadata s_asOther = new() { { "mediacore-controller", "other" } };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly ServerLoggers _loggers = new(LogLevel.Critical);

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task PacketsGoByTheRelay_WhichTellsItsOwnerAlone()
    {
        await using ServerHost host = await ServerHost.StartAsync(Read(), _loggers, CancellationToken.None);
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc[0]);
        MediaRelay.MediaRelayClient relay = new(channel);
        using UdpClient a = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient b = new(new IPEndPoint(IPAddress.Loopback, 0));
        Description offer = await relay.OfferAsync(new OfferRequest { SessionId = "call", Party = "a", Sdp = Sdp(a) }, s_asProxy);
        Description answer = await relay.AnswerAsync(new AnswerDescriptionRequest { SessionId = "call", Party = "b", Offerer = "a", Sdp = Sdp(b) }, s_asProxy);
        Assert.Equal(20, await SendAsync(a, PortOf(answer), b));
        Assert.Equal(20, await SendAsync(b, PortOf(offer), a));

        RelaySession session = await relay.QueryAsync(new QueryRequest { SessionId = "call" }, s_asProxy);
        Assert.Equal(["a-b", "b-a"], session.Parties.Select(static p => $"{p.Party}-{p.TalksWith}"));
        Assert.All(session.Parties, static p => Assert.Equal(("audio", 20L, 20L, "PCMU/8000"), (p.Streams[0].Kind, p.Streams[0].PacketsReceived, p.Streams[0].PacketsSent, p.Streams[0].Codec)));
        Assert.Equal($"127.0.0.1:{PortOf(answer)}", session.Parties[0].Streams[0].Local);
        Assert.Equal(a.Client.LocalEndPoint!.ToString(), session.Parties[0].Streams[0].Remote);

        await RefusedAsync(StatusCode.NotFound, async () => await relay.QueryAsync(new QueryRequest { SessionId = "call" }, s_asOther));
        await RefusedAsync(StatusCode.NotFound, async () => await relay.DeleteAsync(new DeleteRequest { SessionId = "call" }, s_asOther));
        await RefusedAsync(StatusCode.InvalidArgument, async () => await relay.OfferAsync(new OfferRequest { SessionId = "call", Party = "a", Sdp = "hello" }, s_asProxy));
        await RefusedAsync(StatusCode.InvalidArgument, async () => await relay.OfferAsync(
            new OfferRequest { SessionId = "call", Party = "a", Sdp = Sdp(a), Options = new RelayOptions { Encryption = (Encryption)7 } }, s_asProxy));
        Assert.Equal(2, (await relay.DeleteAsync(new DeleteRequest { SessionId = "call" }, s_asProxy)).Parties.Count);
        await RefusedAsync(StatusCode.NotFound, async () => await relay.QueryAsync(new QueryRequest { SessionId = "call" }, s_asProxy));
        Assert.Equal(0, host.NgSessions);
    }

    private static async Task RefusedAsync(StatusCode expected, Func<Task> call)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(expected, refused.StatusCode);
        Assert.NotEmpty(refused.Status.Detail);
    }

    private static string Sdp(UdpClient client) =>
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {((IPEndPoint)client.Client.LocalEndPoint!).Port} RTP/AVP 0\r\n";

    private static int PortOf(Description description) => int.Parse(description.Sdp.Split("m=audio ")[1].Split(' ')[0]);

    /// <summary>Sends twenty packets, one after the other, each awaited at the other side.</summary>
    private static async Task<int> SendAsync(UdpClient from, int port, UdpClient to)
    {
        using CancellationTokenSource patience = new(s_patience);
        int seen = 0;
        for (byte i = 0; i < 20; i++)
        {
            byte[] packet = new byte[172];
            (packet[0], packet[3], packet[7], packet[11]) = (0x80, i, (byte)(160 * i), 7);
            await from.SendAsync(packet, new IPEndPoint(IPAddress.Loopback, port), patience.Token);
            UdpReceiveResult received = await to.ReceiveAsync(patience.Token);
            seen += received.Buffer.AsSpan(12).SequenceEqual(packet.AsSpan(12)) ? 1 : 0;
        }

        return seen;
    }

    private ServerSettings Read()
    {
        string[] arguments =
        [
            "--media:ports=22000-22199", "--sip:listen=udp://127.0.0.1:0", "--http:listen=null", "--engine:shards=1", "--logging:level=critical", "--numbers:enabled=false", "--grpc:listen=http://127.0.0.1:0",
        ];
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(null, _folder.Path, arguments.Select(ConfigurationOverride.FromArgument).OfType<ConfigurationOverride>(), errors);
        Assert.Empty(errors.Items);
        return settings;
    }
}
