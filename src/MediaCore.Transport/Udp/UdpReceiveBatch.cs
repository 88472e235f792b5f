namespace MediaCore.Transport.Udp;

/// <summary>
/// The datagrams of one <see cref="UdpSocket.ReceiveBatch"/>: preallocated slots in one pinned array, valid until the next receive into the
/// same batch. With the default figures it reserves 2 MiB of address space, of which only the pages that datagrams have touched are
/// memory: a batch of ordinary SIP messages costs 32 × 4 KiB. Every slot takes the largest datagram there is, so that none is cut.
/// Owned by one thread.
/// </summary>
public sealed partial class UdpReceiveBatch
{
    /// <summary>Datagrams that it holds now.</summary>
    public int Count { get; internal set; }

    /// <summary>Datagrams that it can hold.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of each slot.</summary>
    public int SlotBytes { get; }

    /// <summary>The array that all slots lie in; see <see cref="Offset"/> and <see cref="Length"/>.</summary>
    public byte[] Buffer { get; }

    /// <summary>Where the datagram starts in <see cref="Buffer"/>.</summary>
    public int Offset(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return index * SlotBytes;
    }

    /// <summary>The datagram's bytes.</summary>
    public Span<byte> Datagram(int index) => Buffer.AsSpan(Offset(index), Length(index));
}
