using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// A socket that many streams share, as behind a gateway: fetched by recvmmsg, each packet with the moment at which the kernel got it (SO_TIMESTAMPNS), so that it does not matter
/// when it is fetched. Sent from by one thread, received by another.
/// </summary>
internal sealed unsafe partial class MediaEndpoint : IDisposable
{
    public const int MaxPacketBytes = 2048;

    // asm-generic/socket.h; the control message has the option's number. Its header is of 16 bytes, and so is the time.
    private const int SocketLevel = 1;
    private const int TimestampNanoseconds = 35;
    private const int ControlBytes = 32;
    private const int ControlHeaderBytes = 16;
    private const int AddressBytes = 16;
    private const int DontWait = 0x40;
    private const int Batch = 64;
    private const int BufferBytes = 4 << 20;

    private readonly UdpSocket _socket;
    private readonly byte[] _packets = GC.AllocateArray<byte>(Batch * MaxPacketBytes, pinned: true);
    private readonly byte[] _addresses = GC.AllocateArray<byte>(Batch * AddressBytes, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(Batch * ControlBytes, pinned: true);
    private readonly Vector[] _vectors = GC.AllocateArray<Vector>(Batch, pinned: true);
    private readonly Message[] _messages = GC.AllocateArray<Message>(Batch, pinned: true);

    public MediaEndpoint(NetworkEndpoint local)
    {
        _socket = UdpSocket.Bind(local, new UdpSocketOptions { ReceiveBufferBytes = BufferBytes, SendBufferBytes = BufferBytes });
        int on = 1;
        if (SetOption(_socket.Descriptor, SocketLevel, TimestampNanoseconds, &on, sizeof(int)) != 0)
        {
            throw new IOException($"setsockopt(SO_TIMESTAMPNS): errno {Marshal.GetLastPInvokeError()}");
        }

        for (int i = 0; i < Batch; i++)
        {
            _vectors[i] = new Vector { Base = Unsafe.AsPointer(ref _packets[i * MaxPacketBytes]), Length = MaxPacketBytes };
            _messages[i].Name = Unsafe.AsPointer(ref _addresses[i * AddressBytes]);
            _messages[i].Vectors = Unsafe.AsPointer(ref _vectors[i]);
            _messages[i].VectorCount = 1;
            _messages[i].Control = Unsafe.AsPointer(ref _controls[i * ControlBytes]);
        }
    }

    /// <summary>Where it is.</summary>
    public NetworkEndpoint Local => _socket.LocalEndpoint;

    public int Descriptor => _socket.Descriptor;

    /// <summary>Fetches what waits, up to a batch.</summary>
    /// <returns>How many packets; fewer than <see cref="IsFull"/> says: none waits any more.</returns>
    public int Fetch()
    {
        for (int i = 0; i < Batch; i++)
        {
            _messages[i].NameLength = AddressBytes;
            _messages[i].ControlLength = ControlBytes;
        }

        // Below 0: nothing waits, or an ICMP error did, which goes with its being read.
        return Math.Max(0, Receive(_socket.Descriptor, (Message*)Unsafe.AsPointer(ref _messages[0]), Batch, DontWait, null));
    }

    /// <summary>Whether more may wait after a fetch of so many.</summary>
    public static bool IsFull(int fetched) => fetched == Batch;

    /// <summary>A fetched packet.</summary>
    public Span<byte> Packet(int index) => _packets.AsSpan(index * MaxPacketBytes, (int)_messages[index].Length);

    /// <summary>The port that it came from.</summary>
    public ushort SourcePort(int index) => BinaryPrimitives.ReadUInt16BigEndian(_addresses.AsSpan((index * AddressBytes) + 2));

    /// <summary>When the kernel got it, by <see cref="WallClock"/>.</summary>
    public long ArrivedAt(int index)
    {
        if (_messages[index].ControlLength < ControlBytes)
        {
            throw new InvalidOperationException("A packet came without the time of its arrival.");
        }

        return MemoryMarshal.Read<WallClock.Timespec>(_controls.AsSpan((index * ControlBytes) + ControlHeaderBytes)).Nanoseconds;
    }

    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int Receive(int descriptor, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary><c>struct mmsghdr</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public nuint NameLength;
        public void* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int _padding;
        public uint Length;
        private readonly int _tailPadding;
    }
}
