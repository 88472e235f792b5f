using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.Transport.Udp;

public sealed unsafe partial class UdpReceiveBatch
{
    // All pinned, so that the pointers between them, written once here, stay true.
    private readonly NativeMessageHeader[] _headers;
    private readonly NativeBufferVector[] _vectors;
    private readonly NativeSocketAddress[] _addresses;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">Datagrams, 1 to 1024 (the kernel's own bound).</param>
    /// <param name="slotBytes">Bytes for each; with fewer than <see cref="UdpLimits.ReceiveSlotBytes"/> longer datagrams are cut and flagged.</param>
    public UdpReceiveBatch(int capacity = UdpLimits.ReceiveBatchDatagrams, int slotBytes = UdpLimits.ReceiveSlotBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotBytes, UdpLimits.ReceiveSlotBytes);
        Capacity = capacity;
        SlotBytes = slotBytes;
        Buffer = GC.AllocateUninitializedArray<byte>(capacity * slotBytes, pinned: true);
        _headers = GC.AllocateArray<NativeMessageHeader>(capacity, pinned: true);
        _vectors = GC.AllocateArray<NativeBufferVector>(capacity, pinned: true);
        _addresses = GC.AllocateArray<NativeSocketAddress>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
        {
            _vectors[i].Base = Unsafe.AsPointer(ref Buffer[i * slotBytes]);
            _vectors[i].Length = (nuint)slotBytes;
            _headers[i].Name = Unsafe.AsPointer(ref _addresses[i]);
            _headers[i].NameLength = NativeSocketAddress.Size;
            _headers[i].Vectors = (NativeBufferVector*)Unsafe.AsPointer(ref _vectors[i]);
            _headers[i].VectorCount = 1;
        }
    }

    /// <summary>Bytes of the datagram that are there; never more than <see cref="SlotBytes"/>.</summary>
    public int Length(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return (int)_headers[index].Length;
    }

    /// <summary>Whether the datagram was longer than its slot: what is missing is lost, so it must not be parsed as if whole.</summary>
    public bool IsTruncated(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return (_headers[index].Flags & NativeSocketConstants.MessageTruncated) != 0;
    }

    /// <summary>Who sent it.</summary>
    public NetworkEndpoint Source(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        ref NativeMessageHeader header = ref _headers[index];
        return NativeSocketAddress.Read((byte*)header.Name, (uint)header.NameLength);
    }

    internal int Receive(int descriptor)
    {
        // The kernel wrote the lengths of the last batch into the fields it reads its bounds from; only the used ones need setting back.
        for (int i = 0; i < Count; i++)
        {
            _headers[i].NameLength = NativeSocketAddress.Size;
            _headers[i].Flags = 0;
        }

        Count = 0;
        var headers = (NativeMessageHeader*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_headers));
        int received = NativeLibc.ReceiveMessages(descriptor, headers, (uint)Capacity, NativeSocketConstants.MessageDontWait, null);
        if (received > 0)
        {
            Count = received;
        }

        return received;
    }
}
