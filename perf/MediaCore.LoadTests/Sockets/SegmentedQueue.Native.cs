using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.LoadTests.Sockets;

/// <summary>
/// Datagrams that wait to be sent. Those of one length to one destination go through the kernel together and are cut into datagrams at its end (UDP_SEGMENT, udp(7)): messages of many calls are alike,
/// and most of what a small datagram costs is its way through the kernel. Where the kernel or the way refuses that, each goes by itself in a sendmmsg. Owned by one thread.
/// </summary>
/// <remarks>Two datagrams of different lengths may change places, unless one is queued as <c>isFirst</c>: those leave before all others of the same flush.</remarks>
internal sealed unsafe class SegmentedQueue
{
    /// <summary>Datagrams that go through the kernel together at most (its own bound, UDP_MAX_SEGMENTS).</summary>
    private const int MostSegments = 64;

    /// <summary>Longest that fits a frame of any network's ordinary size; what is longer goes by itself.</summary>
    private const int LongestSegment = 1400;

    private const int GroupBytes = 60 << 10;
    private const int MostGroups = 32;
    private const int MostHeaders = MostGroups * MostSegments;
    private const int MostInterruptions = 16;

    // linux/udp.h; the control message is a header of 16 bytes and the segment's length in two more, padded to eight.
    private const int LevelUdp = 17;
    private const int UdpSegment = 103;
    private const int ControlHeaderBytes = 16;
    private const int ControlBytes = 24;

    private const int InputOutput = 5;
    private const int NoProtocolOption = 92;
    private const int NotSupported = 95;

    private readonly Group[] _groups = [.. Enumerable.Range(0, MostGroups).Select(static _ => new Group())];
    private readonly NativeMessageHeader[] _headers = GC.AllocateArray<NativeMessageHeader>(MostHeaders, pinned: true);
    private readonly NativeBufferVector[] _vectors = GC.AllocateArray<NativeBufferVector>(MostHeaders, pinned: true);
    private readonly (Group Group, int Datagrams)[] _covers = new (Group, int)[MostHeaders];
    private int _used;

    /// <summary>Datagrams that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the kernel cuts; set it to false and each datagram goes by itself.</summary>
    public bool CanSegment { get; set; } = true;

    /// <summary>Datagrams that were given up, since the kernel refused them for good or there was no room.</summary>
    public long Failed { get; private set; }

    /// <summary>Copies a datagram to go out with the next <see cref="Flush"/>.</summary>
    /// <returns>False: there is no room; flush and try again.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, in NetworkEndpoint destination, bool isFirst)
    {
        Group? group = null;
        for (int i = _used - 1; i >= 0 && group is null; i--)
        {
            group = _groups[i].Takes(datagram.Length, destination, isFirst) ? _groups[i] : null;
        }

        if (group is null)
        {
            if (_used == MostGroups)
            {
                return false;
            }

            group = _groups[_used++];
            group.Begin(datagram.Length, destination, isFirst);
        }

        group.Add(datagram);
        Count++;
        return true;
    }

    /// <summary>Gives up a datagram that found no room.</summary>
    public void GiveUp() => Failed++;

    /// <summary>Gives the kernel what waits; what it has no room for stays.</summary>
    public void Flush(int descriptor)
    {
        int interruptions = 0;
        while (Count > 0)
        {
            int headers = WriteHeaders();
            int sent = NativeLibc.SendMessages(descriptor, (NativeMessageHeader*)Unsafe.AsPointer(ref _headers[0]), (uint)headers, NativeSocketConstants.MessageDontWait | NativeSocketConstants.MessageNoSignal);
            if (sent > 0)
            {
                Remove(sent);
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == NativeErrno.TryAgain || (error == NativeErrno.Interrupted && ++interruptions > MostInterruptions))
            {
                return;
            }

            if (_covers[0].Datagrams > 1 && error is NativeErrno.InvalidArgument or InputOutput or NoProtocolOption or NotSupported or NativeErrno.MessageTooLarge)
            {
                CanSegment = false;
            }
            else if (error != NativeErrno.Interrupted)
            {
                // One unreachable destination must not hold up the others.
                Failed += _covers[0].Datagrams;
                Remove(1);
            }
        }
    }

    private int WriteHeaders()
    {
        int headers = 0;
        foreach (bool isFirst in (ReadOnlySpan<bool>)[true, false])
        {
            for (int i = 0; i < _used; i++)
            {
                Group group = _groups[i];
                int each = CanSegment && group.Length <= LongestSegment ? MostSegments : 1;
                for (int start = group.Gone; group.IsFirst == isFirst && start < group.Count && headers < MostHeaders; start += each)
                {
                    int datagrams = Math.Min(each, group.Count - start);
                    Write(headers, group, start, datagrams);
                    _covers[headers++] = (group, datagrams);
                }
            }
        }

        return headers;
    }

    private void Write(int index, Group group, int start, int datagrams)
    {
        _vectors[index].Base = group.Datagram(start);
        _vectors[index].Length = (nuint)(datagrams * group.Length);
        ref NativeMessageHeader header = ref _headers[index];
        header.Vectors = (NativeBufferVector*)Unsafe.AsPointer(ref _vectors[index]);
        header.VectorCount = 1;
        header.Name = group.Address;
        header.NameLength = group.AddressLength;
        header.Control = datagrams > 1 ? group.Control : null;
        header.ControlLength = datagrams > 1 ? ControlBytes : 0u;
    }

    private void Remove(int headers)
    {
        for (int i = 0; i < headers; i++)
        {
            _covers[i].Group.Gone += _covers[i].Datagrams;
            Count -= _covers[i].Datagrams;
        }

        if (Count == 0)
        {
            _used = 0;
        }
    }

    /// <summary>Datagrams of one length to one destination, one behind the other.</summary>
    private sealed class Group
    {
        // Address and control message, of the kernel's own layout.
        private readonly byte[] _head = GC.AllocateArray<byte>(NativeSocketAddress.Size + ControlBytes, pinned: true);
        private byte[] _bytes = [];
        private NetworkEndpoint _destination;

        public int Length { get; private set; }

        public bool IsFirst { get; private set; }

        /// <summary>Datagrams that were added, and those of them that the kernel has.</summary>
        public int Count { get; private set; }

        public int Gone { get; set; }

        public void* Address => Unsafe.AsPointer(ref _head[0]);

        public uint AddressLength { get; private set; }

        public void* Control => Unsafe.AsPointer(ref _head[NativeSocketAddress.Size]);

        public bool Takes(int length, in NetworkEndpoint destination, bool isFirst) =>
            Length == length && IsFirst == isFirst && Count < MostSegments && (Count + 1) * length <= _bytes.Length && _destination == destination;

        public void Begin(int length, in NetworkEndpoint destination, bool isFirst)
        {
            if (_bytes.Length == 0)
            {
                _bytes = GC.AllocateUninitializedArray<byte>(GroupBytes, pinned: true);
            }

            if (_destination != destination)
            {
                _destination = destination;
                AddressLength = NativeSocketAddress.Write((byte*)Address, destination);
            }

            (Length, IsFirst, Count, Gone) = (length, isFirst, 0, 0);
            Span<byte> control = _head.AsSpan(NativeSocketAddress.Size);
            MemoryMarshal.Write(control, (ulong)(ControlHeaderBytes + sizeof(ushort)));
            MemoryMarshal.Write(control[8..], LevelUdp);
            MemoryMarshal.Write(control[12..], UdpSegment);
            MemoryMarshal.Write(control[ControlHeaderBytes..], (ushort)length);
        }

        public void Add(ReadOnlySpan<byte> datagram) => datagram.CopyTo(_bytes.AsSpan(Count++ * Length));

        public void* Datagram(int index) => Unsafe.AsPointer(ref _bytes[index * Length]);
    }
}
