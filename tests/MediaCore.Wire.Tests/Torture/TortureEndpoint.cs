using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>
/// Sends datagrams as they are and hears what comes back. It has a loopback address of its own and port 5060 there, because a response to a
/// Via without <c>rport</c> goes to the port that the Via names, and that is 5060 in nearly all of these messages, 5050 in one (RFC 3261 §18.2.2).
/// </summary>
internal sealed class TortureEndpoint : IDisposable
{
    private const int SipPort = 5060;
    private const int OtherPort = 5050;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1024 * 1024 };
    private readonly Socket _other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _server;
    private readonly byte[] _buffer = new byte[65_536];
    private int _probes;

    public TortureEndpoint(IPEndPoint server)
    {
        _server = server;
        while (true)
        {
            try
            {
                IPAddress own = new([127, (byte)Random.Shared.Next(2, 255), (byte)Random.Shared.Next(256), (byte)Random.Shared.Next(1, 255)]);
                _socket.Bind(new IPEndPoint(own, SipPort));
                _other.Bind(new IPEndPoint(own, OtherPort));
                return;
            }
            catch (SocketException)
            {
                // Another one has this address; there are millions.
            }
        }
    }

    /// <summary>
    /// Sends a message and an OPTIONS after it; gives what came before the answer to OPTIONS. One source always reaches the same socket and
    /// shard of the server, which work in order: once OPTIONS is answered, nothing more comes because of the message, unless a 100 has said so.
    /// </summary>
    public async Task<IReadOnlyList<TortureAnswer>> ExchangeAsync(ReadOnlyMemory<byte> message, string what)
    {
        string probe = string.Create(CultureInfo.InvariantCulture, $"probe-{++_probes}-{Random.Shared.Next():x}");
        using CancellationTokenSource deadline = new(Eventually.Patience);
        await _socket.SendToAsync(message, SocketFlags.None, _server, deadline.Token);
        await _socket.SendToAsync(Encoding.Latin1.GetBytes(TortureAnswer.Options((IPEndPoint)_socket.LocalEndPoint!, "UDP", probe)), SocketFlags.None, _server, deadline.Token);
        List<TortureAnswer> answers = [];
        bool probed = false;
        while (!probed || IsPending(answers))
        {
            TortureAnswer answer = new(await ReceiveAsync(what, answers, deadline.Token));
            if (answer.CallId == probe)
            {
                Assert.True(answer.Status == 200, $"after {what} OPTIONS got {answer.Status}");
                probed = true;
            }
            else if (!answers.Contains(answer))
            {
                answers.Add(answer);
            }
        }

        // Sent before the answer to OPTIONS, so it is here already.
        while (_other.Available > 0)
        {
            answers.Add(new TortureAnswer(Encoding.Latin1.GetString(_buffer, 0, _other.Receive(_buffer))));
        }

        await AcknowledgeAsync(answers, message);
        return answers;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _other.Dispose();
    }

    private static bool IsPending(List<TortureAnswer> answers) => answers.Exists(static a => a.Status == 100) && !answers.Exists(static a => a.Status >= 200);

    private async Task<string> ReceiveAsync(string what, List<TortureAnswer> answers, CancellationToken cancellation)
    {
        try
        {
            return Encoding.Latin1.GetString(_buffer, 0, (await _socket.ReceiveFromAsync(_buffer, SocketFlags.None, _server, cancellation)).ReceivedBytes);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"after {what} the server no longer answers; before: {TortureAnswer.Describe(answers)}");
            throw;
        }
    }

    /// <summary>Refused INVITEs are acknowledged, so that the server need not repeat itself (RFC 3261 §17.1.1.3).</summary>
    private async Task AcknowledgeAsync(List<TortureAnswer> answers, ReadOnlyMemory<byte> message)
    {
        string[] startLine = Encoding.Latin1.GetString(message.Span).Split('\r', 2)[0].Split(' ');
        if (startLine is ["INVITE", string uri, "SIP/2.0"])
        {
            foreach (TortureAnswer answer in answers.Where(static a => a is { Status: >= 300, Method: "INVITE" }))
            {
                await _socket.SendToAsync(Encoding.Latin1.GetBytes(answer.Acknowledge(uri)), SocketFlags.None, _server);
            }
        }
    }
}
