using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.Transport.Udp;

public sealed unsafe partial class UdpSendBatch
{
    // All pinned. Entry i of each belongs together; entries [_start, _end) wait, their bytes lie in that order in _bytes up to _used.
    private readonly NativeMessageHeader[] _headers;
    private readonly NativeBufferVector[] _vectors;
    private readonly NativeSocketAddress[] _addresses;
    private readonly byte[] _bytes;
    private int _start;
    private int _end;
    private int _used;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">Datagrams, 1 to 1024 (the kernel's own bound).</param>
    /// <param name="capacityBytes">Bytes of all of them together.</param>
    public UdpSendBatch(int capacity = UdpLimits.SendBatchDatagrams, int capacityBytes = UdpLimits.SendBatchBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
        Capacity = capacity;
        _bytes = GC.AllocateUninitializedArray<byte>(capacityBytes, pinned: true);
        _headers = GC.AllocateArray<NativeMessageHeader>(capacity, pinned: true);
        _vectors = GC.AllocateArray<NativeBufferVector>(capacity, pinned: true);
        _addresses = GC.AllocateArray<NativeSocketAddress>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
        {
            _headers[i].Name = Unsafe.AsPointer(ref _addresses[i]);
            _headers[i].Vectors = (NativeBufferVector*)Unsafe.AsPointer(ref _vectors[i]);
            _headers[i].VectorCount = 1;
        }
    }

    /// <summary>Copies a datagram into the batch.</summary>
    /// <returns>False when there is no room for it; flush first.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, in NetworkEndpoint destination)
    {
        if (_start > 0 && (_end == Capacity || _used + datagram.Length > _bytes.Length))
        {
            Compact();
        }

        if (_end == Capacity || _used + datagram.Length > _bytes.Length)
        {
            return false;
        }

        datagram.CopyTo(_bytes.AsSpan(_used));
        _vectors[_end].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes)) + _used;
        _vectors[_end].Length = (nuint)datagram.Length;
        _headers[_end].NameLength = NativeSocketAddress.Write((byte*)_headers[_end].Name, destination);
        _used += datagram.Length;
        QueuedBytes += datagram.Length;
        _end++;
        return true;
    }

    /// <summary>One sendmmsg of what waits; removes what the kernel took.</summary>
    /// <returns>How many it took; 0 and an errno when it refused the first one.</returns>
    internal int Send(int descriptor, out int errorNumber)
    {
        var headers = (NativeMessageHeader*)Unsafe.AsPointer(ref _headers[_start]);
        int sent = NativeLibc.SendMessages(
            descriptor, headers, (uint)Count, NativeSocketConstants.MessageDontWait | NativeSocketConstants.MessageNoSignal);
        if (sent < 0)
        {
            errorNumber = Marshal.GetLastPInvokeError();
            return 0;
        }

        errorNumber = 0;
        RemoveFirst(sent);
        return sent;
    }

    /// <summary>Gives up the oldest datagrams.</summary>
    internal void RemoveFirst(int count)
    {
        for (int i = 0; i < count; i++)
        {
            QueuedBytes -= (int)_vectors[_start++].Length;
        }

        if (_start == _end)
        {
            _start = _end = _used = 0;
        }
    }

    private void Compact()
    {
        var bytes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
        int kept = 0;
        int target = 0;
        for (int i = _start; i < _end; i++, target++)
        {
            int length = (int)_vectors[i].Length;
            new ReadOnlySpan<byte>(_vectors[i].Base, length).CopyTo(_bytes.AsSpan(kept));
            _vectors[target].Base = bytes + kept;
            _vectors[target].Length = (nuint)length;
            _addresses[target] = _addresses[i];
            _headers[target].NameLength = _headers[i].NameLength;
            kept += length;
        }

        _start = 0;
        _end = target;
        _used = kept;
    }
}
