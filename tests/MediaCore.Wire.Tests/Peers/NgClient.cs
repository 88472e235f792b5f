using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A controller of a relay over the ng protocol, in its JSON form; asks again as controllers do when no answer comes.</summary>
internal sealed class NgClient(int port) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);
    private static int s_cookies;
    private readonly Socket _socket = Connect(port);

    public async Task<JsonObject> AskAsync(JsonObject message, string? cookie = null)
    {
        string sent = cookie ?? $"{Guid.NewGuid():N}_{Interlocked.Increment(ref s_cookies)}";
        byte[] datagram = Encoding.UTF8.GetBytes(sent + " " + message.ToJsonString());
        byte[] buffer = new byte[65_536];
        using CancellationTokenSource limit = new(Eventually.Patience);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            await _socket.SendAsync(datagram, limit.Token);
            using CancellationTokenSource retry = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            retry.CancelAfter(Retry);
            try
            {
                while (true)
                {
                    int length = await _socket.ReceiveAsync(buffer, retry.Token);
                    string answer = Encoding.UTF8.GetString(buffer, 0, length);
                    if (answer.StartsWith(sent + " ", StringComparison.Ordinal))
                    {
                        return JsonNode.Parse(answer[(sent.Length + 1)..])!.AsObject();
                    }
                }
            }
            catch (OperationCanceledException) when (!limit.IsCancellationRequested)
            {
                // Once more.
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }
}
