using System.Runtime.InteropServices;

namespace MediaCore.Primitives;

/// <summary>
/// A fixed stretch of pinned memory for one datagram or frame, from a <see cref="PacketBufferPool"/>. It has one owner at a time: whoever
/// holds it may read and write it, hand it on, or call <see cref="Return"/>, once. Ownership may cross threads; the hand-over (a mailbox,
/// the pool itself) orders the accesses.
/// </summary>
/// <remarks>
/// Being pinned for life, <see cref="Address"/> may be handed to the kernel for as long as the buffer is owned. The contents are left as the last
/// owner left them, so everything but the bytes below <see cref="Length"/> is stale.
/// </remarks>
public sealed class PacketBuffer
{
    private readonly PacketBufferPool _pool;
    private readonly byte[] _array;
    private int _length;
    private int _rented;

    internal PacketBuffer(PacketBufferPool pool, int index, byte[] array, int offset, int capacity)
    {
        _pool = pool;
        _array = array;
        Index = index;
        Offset = offset;
        Capacity = capacity;
    }

    /// <summary>The array that the bytes lie in, shared with other buffers: stay within <see cref="Offset"/> and <see cref="Capacity"/>.</summary>
    public byte[] Array
    {
        get
        {
            ThrowUnlessRented();
            return _array;
        }
    }

    /// <summary>Where the buffer starts in <see cref="Array"/>.</summary>
    public int Offset { get; }

    /// <summary>Bytes of the buffer.</summary>
    public int Capacity { get; }

    /// <summary>Bytes in use, 0 to <see cref="Capacity"/>; 0 when rented.</summary>
    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)Capacity, nameof(value));
            _length = value;
        }
    }

    /// <summary>The <see cref="Length"/> bytes in use.</summary>
    public Span<byte> Span => Array.AsSpan(Offset, _length);

    /// <summary>The <see cref="Length"/> bytes in use.</summary>
    public Memory<byte> Memory => Array.AsMemory(Offset, _length);

    /// <summary>All <see cref="Capacity"/> bytes, to receive into; then set <see cref="Length"/>.</summary>
    public Span<byte> FullSpan => Array.AsSpan(Offset, Capacity);

    /// <summary>All <see cref="Capacity"/> bytes, to receive into; then set <see cref="Length"/>.</summary>
    public Memory<byte> FullMemory => Array.AsMemory(Offset, Capacity);

    /// <summary>The address of the first byte, for system calls.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(Array, Offset);

    internal int Index { get; }

    internal bool IsRented => Volatile.Read(ref _rented) != 0;

    /// <summary>Where it was rented; kept by diagnostic pools only.</summary>
    internal string? RentSite { get; set; }

    /// <summary>Ends the ownership. Any thread; a second call throws <see cref="InvalidOperationException"/>.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref _rented, 0) == 0)
        {
            throw new InvalidOperationException($"The packet buffer was returned twice.{DescribeRentSite()}");
        }

        _pool.Take(this);
    }

    internal void MarkRented()
    {
        _length = 0;
        Volatile.Write(ref _rented, 1);
    }

    /// <summary>The bytes without the ownership check; for the pool, which owns what nobody rents.</summary>
    internal Span<byte> Raw() => _array.AsSpan(Offset, Capacity);

    /// <summary>Another object over the same bytes, so that references from an earlier ownership stay dead.</summary>
    internal PacketBuffer Renew() => new(_pool, Index, _array, Offset, Capacity);

    internal string DescribeRentSite() => RentSite is null ? string.Empty : $" It was rented here:{Environment.NewLine}{RentSite}";

    private void ThrowUnlessRented()
    {
        if (!IsRented)
        {
            ThrowUseAfterReturn();
        }
    }

    private void ThrowUseAfterReturn() =>
        throw new InvalidOperationException($"The packet buffer was used after it was returned.{DescribeRentSite()}");
}
