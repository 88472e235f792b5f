namespace MediaCore.Primitives;

/// <summary>
/// A 16-bit sequence number that wraps (RTP, RFC 3550 §5.1), with the serial arithmetic of RFC 1982 for SERIAL_BITS = 16. The order is
/// not a total one: numbers exactly 32768 apart are neither before nor after each other (RFC 1982 §3.2), which is why there is no
/// <see cref="IComparable{T}"/> for a sort to trip over.
/// </summary>
/// <param name="Value">The number as it stands on the wire, in host order.</param>
public readonly record struct SequenceNumber(ushort Value)
{
    /// <summary>The number after this one.</summary>
    public SequenceNumber Next => new(unchecked((ushort)(Value + 1)));

    /// <summary>
    /// Steps from <paramref name="origin"/> to this number by the shorter way: −32768 to 32767, positive when this one is newer.
    /// Exactly half the circle counts as −32768 from either side.
    /// </summary>
    public int DistanceFrom(SequenceNumber origin) => unchecked((short)(Value - origin.Value));

    /// <summary>The later of the two; <paramref name="left"/> when the order is undefined.</summary>
    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => right > left ? right : left;

    /// <summary>Addition modulo 65536; <paramref name="steps"/> may be negative (RFC 1982 §3.1 defines 0 to 32767).</summary>
    public static SequenceNumber operator +(SequenceNumber left, int steps) => new(unchecked((ushort)(left.Value + steps)));

    /// <summary>Subtraction modulo 65536.</summary>
    public static SequenceNumber operator -(SequenceNumber left, int steps) => new(unchecked((ushort)(left.Value - steps)));

    /// <summary>The signed distance, <see cref="DistanceFrom"/>.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => left.DistanceFrom(right);

    /// <summary>Before, RFC 1982 §3.2.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => (ushort)(right.Value - left.Value) is > 0 and < 0x8000;

    /// <summary>After, RFC 1982 §3.2.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => right < left;

    /// <summary>Before or equal.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left == right || left < right;

    /// <summary>After or equal.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left == right || right < left;

    /// <summary>The plain number.</summary>
    public override string ToString() => Value.ToString();
}
