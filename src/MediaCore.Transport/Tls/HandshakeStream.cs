namespace MediaCore.Transport.Tls;

/// <summary>
/// The stream under a handshake. What a handshake costs is computed between one read's end and the next read's beginning, so a read gives the turn
/// back while it waits for the peer and takes one before it returns: however many handshakes are under way, only as many compute as there are
/// turns, and a peer that says nothing holds none. After <see cref="EndTurns"/> it passes everything through.
/// </summary>
internal sealed class HandshakeStream(Stream inner, SemaphoreSlim turns) : Stream
{
    private bool _hasTurn;
    private bool _isOver;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake is over.</summary>
    public void EndTurns()
    {
        _isOver = true;
        GiveBack();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isOver ? inner.ReadAsync(buffer, cancellationToken) : ReadInTurnAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndTurns();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadInTurnAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        GiveBack();
        int read = await inner.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        await turns.WaitAsync(cancellation).ConfigureAwait(false);
        _hasTurn = true;
        return read;
    }

    private void GiveBack()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            turns.Release();
        }
    }
}
