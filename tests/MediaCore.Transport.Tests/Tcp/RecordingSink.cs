using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using MediaCore.Transport.Tcp;

namespace MediaCore.Transport.Tests.Tcp;

/// <summary>Records what connections report, to be awaited.</summary>
internal sealed class RecordingSink : IConnectionSink
{
    private readonly Channel<TcpConnection> _accepted = Channel.CreateUnbounded<TcpConnection>();
    private readonly Channel<string> _frames = Channel.CreateUnbounded<string>();
    private readonly Channel<(TcpConnection Connection, ConnectionCloseReason Reason)> _closed =
        Channel.CreateUnbounded<(TcpConnection, ConnectionCloseReason)>();

    /// <summary>What is done with each frame, before it is recorded.</summary>
    public Action<TcpConnection, string>? FrameAction { get; init; }

    public ConcurrentDictionary<long, int> ClosedTimes { get; } = new();

    public async Task<TcpConnection> NextAcceptedAsync() => await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);

    public async Task<string> NextFrameAsync() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);

    public async Task<(TcpConnection Connection, ConnectionCloseReason Reason)> NextClosedAsync() =>
        await _closed.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);

    public bool HasFrame => _frames.Reader.TryPeek(out _);

    public void OnAccepted(TcpConnection connection) => _accepted.Writer.TryWrite(connection);

    public void OnFrame(TcpConnection connection, byte[] buffer, int length)
    {
        string text = Encoding.Latin1.GetString(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
        FrameAction?.Invoke(connection, text);
        _frames.Writer.TryWrite(text);
    }

    public void OnClosed(TcpConnection connection, ConnectionCloseReason reason)
    {
        ClosedTimes.AddOrUpdate(connection.Id, 1, static (_, times) => times + 1);
        _closed.Writer.TryWrite((connection, reason));
    }
}
