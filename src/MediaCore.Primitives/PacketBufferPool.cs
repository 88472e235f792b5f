using System.Diagnostics;
using System.Text;

namespace MediaCore.Primitives;

/// <summary>
/// A bounded pool of equal <see cref="PacketBuffer"/>s in pinned slabs. Renting and returning are lock-free and may happen on different
/// threads, since messages cross shards. It grows by slabs up to its maximum (the only path that locks or allocates) and never shrinks.
/// </summary>
/// <remarks>
/// The free buffers form a stack (Treiber, 1986) of indices under one word that is swapped by compare-and-swap:
/// <code>
///  63                                   24 23                     0
/// +---------------------------------------+------------------------+
/// |   tag, one more at every exchange     |  index + 1, 0 = empty  |
/// +---------------------------------------+------------------------+
/// </code>
/// A thread that read the top's successor and was then held up would, without the tag, exchange in a stale successor if the same buffer
/// had come back to the top meanwhile; with it the exchange fails. The tag comes round after 2⁴⁰ exchanges: at 10⁸ a second the thread would have
/// to sleep for exactly three hours. Each element also records the depth below it, so <see cref="Outstanding"/> costs no counter.
/// <para>
/// A diagnostic pool, for tests, makes a new <see cref="PacketBuffer"/> object for every rent and fills returned bytes with a pattern. Returning
/// twice, touching after return, writing through a span kept past the return, and buffers missing at <see cref="Dispose"/> all throw
/// <see cref="InvalidOperationException"/> with the stack of the rent. Without it, returning twice throws too, and use after return throws
/// until the buffer is rented again.
/// </para>
/// </remarks>
public sealed class PacketBufferPool : IDisposable
{
    /// <summary>The most buffers that one pool can hold: 24 bits of index.</summary>
    public const int MaxBuffersLimit = 0xff_ffff;

    /// <summary>Buffers start at multiples of this, the size of a cache line, so that two owners never share one.</summary>
    private const int AlignmentBytes = 64;

    /// <summary>Buffers per slab: for datagrams of 2 KiB a slab is 128 KiB, small beside a shard's working set and rarely needed.</summary>
    private const int SlabBuffers = 64;

    private const byte DiagnosticFill = 0xdb;
    private const ulong IndexMask = 0xff_ffff;
    private const int TagShift = 24;

    private readonly Lock _growth = new();
    private readonly PacketBuffer[] _buffers;
    private readonly StackNode[] _nodes;
    private readonly bool _diagnostic;
    private ulong _top;
    private int _created;
    private bool _disposed;

    /// <summary>A pool of at most <paramref name="maxBuffers"/> buffers of <paramref name="bufferBytes"/> bytes; allocates no slab yet.</summary>
    public PacketBufferPool(int bufferBytes, int maxBuffers, bool diagnostic = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bufferBytes, 1 << 24);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBuffers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBuffers, MaxBuffersLimit);
        BufferBytes = bufferBytes;
        MaxBuffers = maxBuffers;
        _diagnostic = diagnostic;
        _buffers = new PacketBuffer[maxBuffers];
        _nodes = new StackNode[maxBuffers];
    }

    /// <summary>Capacity of each buffer, in bytes.</summary>
    public int BufferBytes { get; }

    /// <summary>The bound: with so many outstanding, <see cref="TryRent"/> returns null, and the caller drops or answers 503.</summary>
    public int MaxBuffers { get; }

    /// <summary>Buffers that exist, rented or not.</summary>
    public int Created => Volatile.Read(ref _created);

    /// <summary>Buffers rented now; exact when nobody is renting or returning meanwhile.</summary>
    public int Outstanding
    {
        get
        {
            int index = (int)(Volatile.Read(ref _top) & IndexMask) - 1;
            int free = index < 0 ? 0 : Volatile.Read(ref _nodes[index].Depth);
            return Math.Max(0, Created - free);
        }
    }

    /// <summary>A buffer with <see cref="PacketBuffer.Length"/> 0, or null when <see cref="MaxBuffers"/> are outstanding.</summary>
    public PacketBuffer? TryRent()
    {
        int index = Pop();
        if (index < 0)
        {
            index = PopOrGrow();
            if (index < 0)
            {
                return null;
            }
        }

        PacketBuffer buffer = _diagnostic ? RenewForDiagnosis(index) : _buffers[index];
        buffer.MarkRented();
        return buffer;
    }

    /// <summary>A buffer; throws <see cref="InvalidOperationException"/> at the bound. For start-up and tests, not for wire input.</summary>
    public PacketBuffer Rent() => TryRent()
        ?? throw new InvalidOperationException($"All {MaxBuffers} packet buffers are in use.");

    /// <summary>Creates buffers ahead of need until <paramref name="buffers"/> exist (or the maximum), so that traffic finds them made.</summary>
    public void Reserve(int buffers)
    {
        lock (_growth)
        {
            while (_created < Math.Min(buffers, MaxBuffers))
            {
                Grow();
            }
        }
    }

    /// <summary>Ends the pool. Buffers still out may be returned later; a diagnostic pool throws if there are any.</summary>
    public void Dispose()
    {
        lock (_growth)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_diagnostic && Outstanding != 0)
            {
                ThrowLeak();
            }
        }
    }

    internal void Take(PacketBuffer buffer)
    {
        if (_diagnostic)
        {
            buffer.Raw().Fill(DiagnosticFill);
        }

        Push(buffer.Index);
    }

    private int Pop()
    {
        while (true)
        {
            ulong top = Volatile.Read(ref _top);
            int index = (int)(top & IndexMask) - 1;
            if (index < 0)
            {
                return -1;
            }

            ulong next = (((top >> TagShift) + 1) << TagShift) | (uint)Volatile.Read(ref _nodes[index].Next);
            if (Interlocked.CompareExchange(ref _top, next, top) == top)
            {
                return index;
            }
        }
    }

    private void Push(int index)
    {
        while (true)
        {
            ulong top = Volatile.Read(ref _top);
            int below = (int)(top & IndexMask);
            // The element below is read while others may pop it; if they do, the tag has moved and the exchange fails.
            int depth = below == 0 ? 1 : Volatile.Read(ref _nodes[below - 1].Depth) + 1;
            Volatile.Write(ref _nodes[index].Next, below);
            Volatile.Write(ref _nodes[index].Depth, depth);
            ulong next = (((top >> TagShift) + 1) << TagShift) | (uint)(index + 1);
            if (Interlocked.CompareExchange(ref _top, next, top) == top)
            {
                return;
            }
        }
    }

    private int PopOrGrow()
    {
        lock (_growth)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (true)
            {
                // Another thread may have grown the pool, or returned a buffer, while this one waited.
                int index = Pop();
                if (index >= 0 || _created == MaxBuffers)
                {
                    return index;
                }

                Grow();
            }
        }
    }

    private void Grow()
    {
        int count = Math.Min(SlabBuffers, MaxBuffers - _created);
        int strideBytes = (BufferBytes + AlignmentBytes - 1) & -AlignmentBytes;
        byte[] slab = GC.AllocateArray<byte>((strideBytes * count) + AlignmentBytes, pinned: true);
        nint address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(slab, 0);
        int offset = (int)(-address & (AlignmentBytes - 1));
        if (_diagnostic)
        {
            slab.AsSpan().Fill(DiagnosticFill);
        }

        int first = _created;
        for (int i = 0; i < count; i++)
        {
            _buffers[first + i] = new PacketBuffer(this, first + i, slab, offset + (i * strideBytes), BufferBytes);
        }

        Volatile.Write(ref _created, first + count);
        for (int i = count - 1; i >= 0; i--)
        {
            Push(first + i);
        }
    }

    private PacketBuffer RenewForDiagnosis(int index)
    {
        PacketBuffer last = _buffers[index];
        if (last.Raw().ContainsAnyExcept(DiagnosticFill))
        {
            // Whoever did it is named once; the buffer itself is not lost.
            Take(last);
            throw new InvalidOperationException($"A packet buffer was written after it was returned.{last.DescribeRentSite()}");
        }

        PacketBuffer buffer = last.Renew();
        buffer.RentSite = new StackTrace(2, fNeedFileInfo: true).ToString();
        _buffers[index] = buffer;
        return buffer;
    }

    private void ThrowLeak()
    {
        StringBuilder sites = new();
        for (int i = 0; i < _created; i++)
        {
            if (_buffers[i].IsRented)
            {
                sites.AppendLine().Append(_buffers[i].DescribeRentSite());
            }
        }

        throw new InvalidOperationException($"{Outstanding} packet buffers were not returned.{sites}");
    }

    private struct StackNode
    {
        public int Next;
        public int Depth;
    }
}
