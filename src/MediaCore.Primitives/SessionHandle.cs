namespace MediaCore.Primitives;

/// <summary>
/// Which call: the shard that owns it, its slot in that shard's <see cref="SlotArray{T}"/>, and the slot's generation when it was given
/// out. A handle that outlives its call is harmless: the generation no longer fits.
/// </summary>
/// <remarks>
/// <code>
///  63        56 55                    32 31                            0
/// +------------+------------------------+-------------------------------+
/// |   shard    |          slot          |          generation           |
/// +------------+------------------------+-------------------------------+
/// </code>
/// It is one word so that a lock-free table can hold it and a log line can carry it. Generation 0 is never given out, so that the
/// default value is <see cref="None"/>.
/// </remarks>
public readonly record struct SessionHandle : ISpanFormattable
{
    /// <summary>Highest shard number: eight bits.</summary>
    public const int MaxShard = 255;

    /// <summary>Highest slot number: 24 bits, 16 777 215.</summary>
    public const int MaxSlot = 0xff_ffff;

    /// <summary>A handle to nothing.</summary>
    public static readonly SessionHandle None;

    /// <summary>Puts the three together; throws when a part does not fit.</summary>
    public SessionHandle(int shard, int slot, uint generation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)shard, (uint)MaxShard, nameof(shard));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)slot, (uint)MaxSlot, nameof(slot));
        Packed = ((ulong)shard << 56) | ((ulong)slot << 32) | generation;
    }

    private SessionHandle(ulong packed) => Packed = packed;

    /// <summary>All of it in one word, as drawn above.</summary>
    public ulong Packed { get; }

    /// <summary>The owning shard, 0 to <see cref="MaxShard"/>.</summary>
    public int Shard => (int)(Packed >> 56);

    /// <summary>The slot in the shard, 0 to <see cref="MaxSlot"/>.</summary>
    public int Slot => (int)((Packed >> 32) & MaxSlot);

    /// <summary>The slot's generation, 1 and up.</summary>
    public uint Generation => (uint)Packed;

    /// <summary>Whether it stands for nothing.</summary>
    public bool IsNone => Generation == 0;

    /// <summary>The inverse of <see cref="Packed"/>; every word is some handle.</summary>
    public static SessionHandle FromPacked(ulong packed) => new(packed);

    /// <summary>Takes it apart.</summary>
    public void Deconstruct(out int shard, out int slot, out uint generation) => (shard, slot, generation) = (Shard, Slot, Generation);

    /// <summary><c>shard/slot#generation</c>, or <c>none</c>.</summary>
    public override string ToString() => IsNone ? "none" : $"{Shard}/{Slot}#{Generation}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        IsNone ? destination.TryWrite($"none", out charsWritten) : destination.TryWrite($"{Shard}/{Slot}#{Generation}", out charsWritten);
}
