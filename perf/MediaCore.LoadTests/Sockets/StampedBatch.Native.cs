using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.LoadTests.Media;
using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.LoadTests.Sockets;

/// <summary>The datagrams of one recvmmsg, each with the moment at which the kernel got it (SO_TIMESTAMPNS), so that it does not matter when it is fetched. Valid until the next fetch. Owned by one thread.</summary>
internal sealed unsafe class StampedBatch
{
    // asm-generic/socket.h; the control message has the option's number. Its header is of 16 bytes, and so is the time.
    private const int TimestampNanoseconds = 35;
    private const int ControlBytes = 32;
    private const int ControlHeaderBytes = 16;

    private readonly int _capacity;
    private readonly NativeSocketAddress[] _addresses;
    private readonly byte[] _controls;
    private readonly NativeBufferVector[] _vectors;
    private readonly NativeMessageHeader[] _headers;

    /// <param name="capacity">Datagrams of a fetch.</param>
    /// <param name="slotBytes">Bytes for each; longer ones are cut.</param>
    public StampedBatch(int capacity, int slotBytes)
    {
        _capacity = capacity;
        SlotBytes = slotBytes;
        Buffer = GC.AllocateUninitializedArray<byte>(capacity * slotBytes, pinned: true);
        _addresses = GC.AllocateArray<NativeSocketAddress>(capacity, pinned: true);
        _controls = GC.AllocateArray<byte>(capacity * ControlBytes, pinned: true);
        _vectors = GC.AllocateArray<NativeBufferVector>(capacity, pinned: true);
        _headers = GC.AllocateArray<NativeMessageHeader>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
        {
            _vectors[i] = new NativeBufferVector { Base = Unsafe.AsPointer(ref Buffer[i * slotBytes]), Length = (nuint)slotBytes };
            _headers[i].Name = Unsafe.AsPointer(ref _addresses[i]);
            _headers[i].Vectors = (NativeBufferVector*)Unsafe.AsPointer(ref _vectors[i]);
            _headers[i].VectorCount = 1;
            _headers[i].Control = Unsafe.AsPointer(ref _controls[i * ControlBytes]);
            Renew(ref _headers[i]);
        }
    }

    /// <summary>Bytes for each datagram.</summary>
    public int SlotBytes { get; }

    /// <summary>What all datagrams lie in, one every <see cref="SlotBytes"/>.</summary>
    public byte[] Buffer { get; }

    /// <summary>Datagrams of the last fetch.</summary>
    public int Count { get; private set; }

    /// <summary>Whether more may wait.</summary>
    public bool IsFull => Count == _capacity;

    /// <summary>Makes the kernel write down when a socket's datagrams come.</summary>
    public static void Enable(int descriptor)
    {
        int on = 1;
        if (NativeLibc.SetSocketOption(descriptor, NativeSocketConstants.LevelSocket, TimestampNanoseconds, &on, sizeof(int)) != 0)
        {
            throw NativeDescriptor.Failure("setsockopt(SO_TIMESTAMPNS)", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Fetches what waits, up to the capacity.</summary>
    /// <returns>How many datagrams there are.</returns>
    public int Fetch(int descriptor)
    {
        for (int i = 0; i < Count; i++)
        {
            Renew(ref _headers[i]);
        }

        // Below 0: nothing waits, or an ICMP error did, which goes with its being read.
        Count = Math.Max(0, NativeLibc.ReceiveMessages(descriptor, (NativeMessageHeader*)Unsafe.AsPointer(ref _headers[0]), (uint)_capacity, NativeSocketConstants.MessageDontWait, null));
        return Count;
    }

    public Span<byte> Datagram(int index) => Buffer.AsSpan(index * SlotBytes, Length(index));

    public int Length(int index) => (int)_headers[index].Length;

    /// <summary>Whether it was longer than its slot.</summary>
    public bool IsTruncated(int index) => (_headers[index].Flags & NativeSocketConstants.MessageTruncated) != 0;

    /// <summary>Who sent it.</summary>
    public NetworkEndpoint Source(int index) => NativeSocketAddress.Read((byte*)_headers[index].Name, (uint)_headers[index].NameLength);

    /// <summary>The port that it came from; it stands at the same place in both kinds of address.</summary>
    public ushort SourcePort(int index) => BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>((byte*)_headers[index].Name + 2, sizeof(ushort)));

    /// <summary>When the kernel got it, by <see cref="WallClock"/>.</summary>
    public long ArrivedAt(int index) =>
        _headers[index].ControlLength < ControlBytes
            ? throw new InvalidOperationException("A datagram came without the time of its arrival.")
            : MemoryMarshal.Read<WallClock.Timespec>(_controls.AsSpan((index * ControlBytes) + ControlHeaderBytes)).Nanoseconds;

    /// <summary>The kernel wrote the lengths of what came into the fields that it reads its bounds from.</summary>
    private static void Renew(ref NativeMessageHeader header)
    {
        header.NameLength = NativeSocketAddress.Size;
        header.ControlLength = ControlBytes;
        header.Flags = 0;
    }
}
