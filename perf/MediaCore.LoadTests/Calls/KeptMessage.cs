namespace MediaCore.LoadTests.Calls;

/// <summary>Bytes that are kept to be sent again, in memory that is used again.</summary>
internal sealed class KeptMessage
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public bool IsEmpty => _length == 0;

    public void Set(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length < bytes.Length)
        {
            _bytes = new byte[Math.Max(1024, bytes.Length)];
        }

        bytes.CopyTo(_bytes);
        _length = bytes.Length;
    }

    public void Clear() => _length = 0;
}
