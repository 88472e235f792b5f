namespace MediaCore.Sip.Authentication;

/// <summary>Appends bytes to a buffer that the caller has made large enough.</summary>
internal ref struct DigestText(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public readonly int Length => _length;

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }

    public void AppendAfterColon(scoped ReadOnlySpan<byte> bytes)
    {
        _buffer[_length++] = (byte)':';
        Append(bytes);
    }
}
