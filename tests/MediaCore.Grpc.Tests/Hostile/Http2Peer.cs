using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MediaCore.Wire.Tests;

namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>A peer that speaks HTTP/2 by frames and may say anything; keeps what the server says on each stream.</summary>
internal sealed class Http2Peer : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly Dictionary<int, StreamResult> _streams = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _nextStream = 1;

    private Http2Peer(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <summary>The code with which the server ends the connection, or null.</summary>
    public long? GoAwayCode { get; private set; }

    /// <summary>Completes when the server has ended the connection.</summary>
    public Task Closed => _closed.Task;

    public bool IsClosed => _closed.Task.IsCompleted || GoAwayCode is not null;

    public static async Task<Http2Peer> ConnectAsync(int port, bool greet = true, int windowBytes = int.MaxValue)
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        Http2Peer peer = new(client);
        if (greet)
        {
            // SETTINGS_HEADER_TABLE_SIZE (1) = 0: the server is not to use a table; SETTINGS_INITIAL_WINDOW_SIZE (4) is what it may send at first.
            byte[] settings = [0, 1, 0, 0, 0, 0, 0, 4, .. Http2Frame.Number((uint)windowBytes)];
            byte[] greeting = [.. Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), .. Http2Frame.Make(Http2Frame.Settings, 0, 0, settings)];
            await peer.SendAsync(greeting);
        }

        peer._reading = peer.ReadForeverAsync();
        return peer;
    }

    public static (string Name, string Value)[] CallHeaders(string path, params (string Name, string Value)[] more)
    {
        List<(string Name, string Value)> headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"), ("te", "trailers"), ("content-type", "application/grpc"),
        ];
        foreach ((string name, string value) in more)
        {
            headers.RemoveAll(h => h.Name == name);
            if (name[0] == ':')
            {
                headers.Insert(0, (name, value));
            }
            else
            {
                headers.Add((name, value));
            }
        }

        return [.. headers];
    }

    public int TakeStream()
    {
        int stream = _nextStream;
        _nextStream += 2;
        return stream;
    }

    public StreamResult ResultOf(int stream)
    {
        lock (_streams)
        {
            if (!_streams.TryGetValue(stream, out StreamResult? result))
            {
                _streams[stream] = result = new StreamResult();
                if (_closed.Task.IsCompleted)
                {
                    result.Complete();
                }
            }

            return result;
        }
    }

    /// <summary>Opens a stream with headers and perhaps a body, and ends it.</summary>
    public async Task<StreamResult> CallAsync((string Name, string Value)[] headers, byte[]? body)
    {
        int stream = TakeStream();
        StreamResult result = ResultOf(stream);
        MemoryStream frames = new();
        frames.Write(Http2Frame.Make(Http2Frame.Headers, (byte)(Http2Frame.EndHeaders | (body is null ? Http2Frame.EndStream : 0)), stream, HeaderBlock.Write(headers)));
        if (body is not null)
        {
            const int FrameBytes = 16384;
            for (int at = 0; at < body.Length || at == 0; at += FrameBytes)
            {
                bool isLast = at + FrameBytes >= body.Length;
                frames.Write(Http2Frame.Make(Http2Frame.Data, isLast ? Http2Frame.EndStream : (byte)0, stream, body.AsSpan(at, Math.Min(FrameBytes, body.Length - at))));
            }
        }

        await SendAsync(frames.ToArray());
        await Task.WhenAny(result.End, Closed).WaitAsync(Eventually.Patience);
        return result;
    }

    /// <summary>Sends bytes. A server that has closed the connection is no failure here.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            _closed.TrySetResult();
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading;
        _sending.Dispose();
    }

    private async Task ReadForeverAsync()
    {
        byte[] header = new byte[Http2Frame.HeaderBytes];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(header);
                byte[] payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await _stream.ReadExactlyAsync(payload);
                await TakeAsync(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _closed.TrySetResult();
            lock (_streams)
            {
                foreach (StreamResult result in _streams.Values)
                {
                    result.Complete();
                }
            }
        }
    }

    private async Task TakeAsync(byte type, byte flags, int stream, byte[] payload)
    {
        switch (type)
        {
            case Http2Frame.Settings when (flags & Http2Frame.Acknowledge) == 0:
                await SendAsync(Http2Frame.Make(Http2Frame.Settings, Http2Frame.Acknowledge, 0, []));
                break;
            case Http2Frame.Ping when (flags & Http2Frame.Acknowledge) == 0:
                await SendAsync(Http2Frame.Make(Http2Frame.Ping, Http2Frame.Acknowledge, 0, payload));
                break;
            case Http2Frame.GoAway:
                GoAwayCode = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4));
                break;
            case Http2Frame.Headers:
                StreamResult result = ResultOf(stream);
                result.HeaderFrames++;
                foreach ((string name, string value) in HeaderBlock.Read(payload))
                {
                    result.Headers[name] = value;
                }

                CompleteIfLast(flags, result);
                break;
            case Http2Frame.Data:
                ResultOf(stream).DataBytes += payload.Length;
                CompleteIfLast(flags, ResultOf(stream));
                break;
            case Http2Frame.ResetStream:
                ResultOf(stream).ResetCode = BinaryPrimitives.ReadUInt32BigEndian(payload);
                ResultOf(stream).Complete();
                break;
        }
    }

    private static void CompleteIfLast(byte flags, StreamResult result)
    {
        if ((flags & Http2Frame.EndStream) != 0)
        {
            result.Complete();
        }
    }
}
