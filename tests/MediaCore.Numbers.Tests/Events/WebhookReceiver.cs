using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MediaCore.Numbers.Tests.Events;

/// <summary>What a webhook's server got.</summary>
internal sealed record ReceivedHook(Dictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];
}

/// <summary>A webhook's server on loopback: takes connections one after the other, answers as it is told, keeps what it got.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _task;

    public WebhookReceiver(Func<ReceivedHook, Task<string>>? answer = null)
    {
        Answer = answer ?? (static _ => Task.FromResult(Status(204)));
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/hook";
        _task = AcceptAsync();
    }

    public string Url { get; }

    public ConcurrentQueue<ReceivedHook> Got { get; } = [];

    public Func<ReceivedHook, Task<string>> Answer { get; set; }

    public static string Status(int status, string headers = "", string body = "") => string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

    public void AnswerWith(int status, string headers = "", string body = "") => Answer = _ => Task.FromResult(Status(status, headers, body));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _task;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposal.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                ReceivedHook hook = await ReadAsync(stream);
                Got.Enqueue(hook);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(await Answer(hook).WaitAsync(_end.Token)), _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has given up, or the test has ended.
            }
        }
    }

    private async Task<ReceivedHook> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        byte[] buffer = new byte[8192];
        while (true)
        {
            string text = Encoding.UTF8.GetString([.. bytes]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                Dictionary<string, string> headers = text[..end].Split("\r\n").Skip(1).ToDictionary(static line => line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant(), static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), StringComparer.Ordinal);
                if (bytes.Count - end - 4 >= int.Parse(headers["content-length"], CultureInfo.InvariantCulture))
                {
                    return new ReceivedHook(headers, text[(end + 4)..]);
                }
            }

            int read = await stream.ReadAsync(buffer, _end.Token);
            if (read == 0)
            {
                throw new IOException("The request is not whole.");
            }

            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }
}
