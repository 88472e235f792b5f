namespace MediaCore.Engine.Trunks.Credentials;

/// <summary>The Authorization rows of a leg's last INVITE, which the ACK for its 2xx repeats (RFC 3261 §22.1). Made for legs to trunks that asked for them only.</summary>
internal sealed class LegCredentials
{
    private byte[] _rows = [];
    private int _length;

    /// <summary>The rows, with their line ends.</summary>
    public ReadOnlySpan<byte> Rows => _rows.AsSpan(0, _length);

    public void Keep(ReadOnlySpan<byte> rows)
    {
        if (_rows.Length < rows.Length)
        {
            _rows = new byte[rows.Length];
        }

        rows.CopyTo(_rows);
        _length = rows.Length;
    }

    public void Clear() => _length = 0;
}
