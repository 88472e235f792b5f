namespace MediaCore.Sdp;

/// <summary>One <c>letter=value</c> line. Valid as long as the description's buffer.</summary>
public readonly ref struct SdpLine
{
    internal SdpLine(byte type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>The letter before the equals sign.</summary>
    public byte Type { get; }

    /// <summary>All that follows the equals sign, without the line end.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Of an <c>a=</c> line, what stands before the first colon, or all of it.</summary>
    public ReadOnlySpan<byte> AttributeName
    {
        get
        {
            int colon = Value.IndexOf((byte)':');
            return colon < 0 ? Value : Value[..colon];
        }
    }

    /// <summary>Of an <c>a=</c> line, what follows the first colon; empty for a property attribute.</summary>
    public ReadOnlySpan<byte> AttributeValue
    {
        get
        {
            int colon = Value.IndexOf((byte)':');
            return colon < 0 ? default : Value[(colon + 1)..];
        }
    }
}
