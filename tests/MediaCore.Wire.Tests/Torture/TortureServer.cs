using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>
/// A server that hostile messages are sent to, as they are, and the addresses that its answers go to: an answer goes to the sender's address and the port of
/// the topmost Via (RFC 3261 §18.2.2), so the sender has a loopback address of its own with all of those ports.
/// </summary>
public sealed class TortureServer : IAsyncLifetime
{
    /// <summary>The Via ports of the messages. On an address that nobody else has, a fixed port is no shared resource.</summary>
    private static readonly int[] ViaPorts = [5060, 5050, 5061, 5070, 5072];

    private readonly IPAddress _address = new([127, (byte)Random.Shared.Next(64, 255), (byte)Random.Shared.Next(256), (byte)Random.Shared.Next(1, 255)]);
    private readonly List<Socket> _sockets = [];
    private MediaCoreServer? _server;
    private SipPeer? _caller;
    private int _probes;

    internal MediaCoreServer Server => _server!;

    public async Task InitializeAsync()
    {
        // One shard: then an answer to a later probe proves that the earlier message is done with.
        _server = await MediaCoreServer.StartAsync("\"engine\": { \"shards\": 1 }");
        _caller = new SipPeer(Server.Udp);
        foreach (int port in ViaPorts)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1024 * 1024 };
            socket.Bind(new IPEndPoint(_address, port));
            _sockets.Add(socket);
        }
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await _caller!.DisposeAsync();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>Sends a datagram; gives the final answers to it, or "none".</summary>
    internal async Task<string> SendDatagramAsync(byte[] message)
    {
        string probe = NewProbe();
        _sockets[0].SendTo(message, Server.Udp);
        _sockets[0].SendTo(Options(probe, "UDP"), Server.Udp);
        using CancellationTokenSource deadline = new(Eventually.Patience);
        List<int> answers = [];
        byte[] buffer = new byte[65536];
        while (true)
        {
            int length = await _sockets[0].ReceiveAsync(buffer, deadline.Token);
            string text = Encoding.Latin1.GetString(buffer, 0, length);
            if (text.Contains(probe, StringComparison.Ordinal))
            {
                Assert.StartsWith("SIP/2.0 200 ", text, StringComparison.Ordinal);
                break;
            }

            Note(text, answers);
        }

        // What went to another port went before the probe's answer, so it is there.
        foreach (Socket socket in _sockets.Skip(1))
        {
            while (socket.Available > 0)
            {
                Note(Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token)), answers);
            }
        }

        return answers.Count == 0 ? "none" : string.Join('+', answers.Distinct());
    }

    /// <summary>Sends a message on a connection of its own and then a probe; gives the final answers and whether the connection was closed.</summary>
    internal async Task<string> SendStreamAsync(byte[] message, bool waitForClose = true)
    {
        string probe = NewProbe();
        using TcpClient client = new(new IPEndPoint(_address, 0));
        await client.ConnectAsync(Server.Tcp);
        NetworkStream stream = client.GetStream();
        StringBuilder received = new();
        bool closed = false;
        try
        {
            await stream.WriteAsync(message);
            await stream.WriteAsync(Options(probe, "TCP"));

            // A message that never becomes whole is given up on by the server's own clock, 10 s.
            using CancellationTokenSource deadline = new(waitForClose ? Eventually.Patience : TimeSpan.FromMilliseconds(500));
            byte[] buffer = new byte[65536];
            while (!Responses(received).Any(r => IsProbeAnswer(r, probe)))
            {
                int length = await stream.ReadAsync(buffer, deadline.Token);
                if (length == 0)
                {
                    closed = true;
                    break;
                }

                received.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (IOException)
        {
            // Closed while the rest was still being sent: a reset.
            closed = true;
        }
        catch (OperationCanceledException) when (!waitForClose)
        {
            return "waits";
        }

        List<int> answers = [];
        foreach (string response in Responses(received).Where(r => !IsProbeAnswer(r, probe)))
        {
            Note(response, answers);
        }

        string statuses = answers.Count == 0 ? closed ? "" : "none" : string.Join('+', answers.Distinct());
        return closed ? (statuses + " closed").Trim() : statuses;
    }

    /// <summary>The server answers a probe and takes a whole call.</summary>
    internal async Task AssertServesAsync()
    {
        SipDialog call = SipDialog.To(_caller!, "+12025550100");
        call.SendInvite(SdpText.Audio(40000));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        Assert.False(Server.Process.HasExited, Server.Process.Output);
    }

    private static string[] Responses(StringBuilder received) => received.ToString().Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A refusal that names the probe is none: the probe was taken for a part of a message that had no end.</summary>
    private static bool IsProbeAnswer(string response, string probe) =>
        response.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal) && response.Contains(probe, StringComparison.Ordinal);

    private static void Note(string text, List<int> answers)
    {
        if (text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && int.TryParse(text.AsSpan(8, 3), CultureInfo.InvariantCulture, out int status) && status >= 200)
        {
            answers.Add(status);
        }
        else
        {
            Assert.StartsWith("SIP/2.0 1", text, StringComparison.Ordinal);
        }
    }

    private string NewProbe() => string.Create(CultureInfo.InvariantCulture, $"probe-{_address}-{++_probes}-end");

    private byte[] Options(string probe, string transport) => Encoding.Latin1.GetBytes(string.Join("\r\n",
        $"OPTIONS sip:{Server.Udp} SIP/2.0",
        $"Via: SIP/2.0/{transport} {_address};branch=z9hG4bK{probe}",
        "Max-Forwards: 70",
        $"From: <sip:probe@{_address}>;tag=probe",
        $"To: <sip:{Server.Udp}>",
        $"Call-ID: {probe}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "",
        ""));
}
