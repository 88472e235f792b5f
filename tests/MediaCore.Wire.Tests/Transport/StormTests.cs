using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Transport;

/// <summary>What peers over TCP and TLS do must not delay calls over UDP: handshakes are computed off the shards, and a peer that does not read is nobody's concern but its own.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class StormTests(ITestOutputHelper output)
{
    private const string CalleeAddress = "127.22.0.3";
    private const int CallsPerSecond = 50;
    private const int Seconds = 6;
    private const int Handshakes = 300;

    /// <summary>Times from INVITE to 200, ms, in ascending order, and what SIPp had to send again.</summary>
    private sealed record Run(double[] Times, int Retransmissions)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Times.Length} calls, {Retransmissions} retransmissions, INVITE to 200: mean {Times.Average():F1}, median {Times[Times.Length / 2]:F1}, 99 % {Times[Times.Length * 99 / 100]:F1}, max {Times[^1]:F1} ms");
    }

    /// <summary>300 handshakes, as many connections that never begin theirs, and peers that never read, all within five seconds beside 50 calls per second.</summary>
    [Fact]
    public async Task Handshakes_SilentPeers_AndPeersThatNeverRead_DelayNoCall()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        (string certificate, string key) = authority.Issue("server", ["localhost"]);
        const int warmUp = 20;
        int calleePort = FreePorts.Next(IPAddress.Parse(CalleeAddress));
        await using MediaCoreServer server = await MediaCoreServer.StartSbcAsync(
            [$"sip:{CalleeAddress}:{calleePort}"],
            $"\"tls\": {{ \"certificates\": [{{ \"certificate\": \"{certificate}\", \"key\": \"{key}\" }}] }}, \"connections\": {{ \"sendSeconds\": 1 }}",
            folder: folder.Path,
            mediaPorts: 2400,
            listen: "\"tls://127.0.0.1:0\"");

        // The first calls and handshakes of a process are compiled as they run.
        await CallAsync(server, calleePort, CallsPerSecond, StormAsync(server, warmUp, isFull: false));
        Run quiet = await CallAsync(server, calleePort, CallsPerSecond * Seconds, Task.CompletedTask);
        Run storm = await CallAsync(server, calleePort, CallsPerSecond * Seconds, StormAsync(server, Handshakes, isFull: true));
        output.WriteLine($"quiet: {quiet}\nstorm: {storm}");

        // One more is that of the peer that never reads.
        Assert.Equal(warmUp + Handshakes + 1, await server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"Completed\",role=\"server\"}"));

        // A machine that is too busy for quiet calls shows nothing of a storm but that no call fails.
        Assert.True(storm.Retransmissions <= quiet.Retransmissions, $"{storm.Retransmissions} retransmissions, {quiet.Retransmissions} without the storm");
    }

    /// <summary>Calls by SIPp while something else goes on.</summary>
    private static async Task<Run> CallAsync(MediaCoreServer server, int calleePort, int calls, Task meanwhile)
    {
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, calls, CalleeAddress, port: calleePort, more: ["-key", "rtp_port", "17002"]);
        await using SippProcess caller = await SippProcess.StartAsync(
            "caller", server.Udp, calls, more: ["-s", "+12025550123", "-r", $"{CallsPerSecond}", "-d", "200", "-key", "rtp_port", "17001", "-trace_rtt", "-rtt_freq", "1"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();
        await meanwhile;
        Assert.Equal((calls, 0), (caller.ReadStatistic("SuccessfulCall(C)"), caller.ReadStatistic("FailedCall(C)")));
        Assert.Equal((calls, 0), (callee.ReadStatistic("SuccessfulCall(C)"), callee.ReadStatistic("FailedCall(C)")));
        return new Run([.. caller.ReadResponseTimes("1").Order()], caller.ReadStatistic("Retransmissions(C)") + callee.ReadStatistic("Retransmissions(C)"));
    }

    private static async Task StormAsync(MediaCoreServer server, int count, bool isFull)
    {
        List<Socket> silent = [];
        Task[] deaf = isFull ? [StallAsync(server.Tcp, isTls: false), StallAsync(server.More["tls"], isTls: true)] : [];
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        List<Task> handshakes = [];
        for (int i = 0; i < count; i++)
        {
            if (i % 3 == 0)
            {
                await timer.WaitForNextTickAsync();
            }

            // A source may have 32 under way; a storm that gets through comes from many.
            IPAddress source = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.33.{i % 20}.1"));
            handshakes.Add(ShakeHandsAsync(server.More["tls"], source));
            if (isFull && i % 2 == 0)
            {
                silent.Add(await ConnectAsync(server.More["tls"], IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.34.{i % 20}.1"))));
            }
        }

        await Task.WhenAll(handshakes);
        Assert.True(await server.ReadMetricAsync("mediacore_sip_tls_handshakes_active") >= silent.Count, "the silent peers' handshakes are under way");
        await Task.WhenAll(deaf);
        silent.ForEach(static s => s.Dispose());
    }

    private static async Task ShakeHandsAsync(IPEndPoint server, IPAddress source)
    {
        await using SslStream stream = await OpenTlsAsync(await ConnectAsync(server, source));
        await stream.WriteAsync(Options("TLS", 0));
        await stream.ReadExactlyAsync(new byte[12]).AsTask().WaitAsync(Eventually.Patience);
    }

    /// <summary>Asks and asks and never reads an answer, until the server has had enough.</summary>
    private static async Task StallAsync(IPEndPoint server, bool isTls)
    {
        using Socket socket = await ConnectAsync(server, IPAddress.Parse("127.35.0.1"));
        Stream stream = isTls ? await OpenTlsAsync(socket) : new NetworkStream(socket, ownsSocket: false);
        await using (stream)
        {
            using CancellationTokenSource deadline = new(Eventually.Patience);
            try
            {
                for (int i = 0; ; i++)
                {
                    await stream.WriteAsync(Options(isTls ? "TLS" : "TCP", i), deadline.Token);
                }
            }
            catch (IOException)
            {
                // It has closed the connection: what it could not send in a second, or more than it keeps for one peer.
            }
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint server, IPAddress source)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        socket.Bind(new IPEndPoint(source, 0));
        await socket.ConnectAsync(server).WaitAsync(Eventually.Patience);
        return socket;
    }

    private static async Task<SslStream> OpenTlsAsync(Socket socket)
    {
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        SslClientAuthenticationOptions options = new() { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true };
        await stream.AuthenticateAsClientAsync(options).WaitAsync(Eventually.Patience);
        return stream;
    }

    private static byte[] Options(string transport, int number) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} storm.invalid;branch=z9hG4bKstorm{number}\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\n"
        + $"To: <sip:b@example.com>\r\nCall-ID: storm{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
}
