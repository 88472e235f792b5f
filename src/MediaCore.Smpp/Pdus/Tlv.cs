using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace MediaCore.Smpp.Pdus;

/// <summary>An optional parameter, SMPP 3.4 §5.3.</summary>
/// <param name="Tag">Which one.</param>
/// <param name="Value">Its octets.</param>
public sealed record Tlv(SmppTag Tag, ImmutableArray<byte> Value)
{
    /// <summary>A parameter of one octet.</summary>
    public static Tlv Of(SmppTag tag, byte value) => new(tag, [value]);

    /// <summary>A parameter of two octets.</summary>
    public static Tlv Of(SmppTag tag, ushort value) => new(tag, [(byte)(value >> 8), (byte)value]);

    /// <summary>A text that ends with a zero.</summary>
    public static Tlv Of(SmppTag tag, string value) => new(tag, [.. Encoding.Latin1.GetBytes(value), 0]);

    /// <summary>Its value as a whole number; null where it has none, or more than four octets.</summary>
    public uint? Number
    {
        get
        {
            if (Value.Length is 0 or > 4)
            {
                return null;
            }

            Span<byte> octets = stackalloc byte[4];
            octets.Clear();
            Value.AsSpan().CopyTo(octets[(4 - Value.Length)..]);
            return BinaryPrimitives.ReadUInt32BigEndian(octets);
        }
    }

    /// <summary>Its value as a text: up to the zero, or to the end where a peer forgot it.</summary>
    public string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.Latin1.GetString(Value.AsSpan(0, end < 0 ? Value.Length : end));
        }
    }

    /// <inheritdoc/>
    public bool Equals(Tlv? other) => other is not null && Tag == other.Tag && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tag, Value.Length);
}
