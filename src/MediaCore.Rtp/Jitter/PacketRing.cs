namespace MediaCore.Rtp.Jitter;

/// <summary>
/// The packets that wait, by sequence number: <see cref="JitterBufferLimits.MaxPackets"/> slots and one array for all payloads. The array is made for payloads of the usual size, and once again for the largest when the first larger one
/// comes: long packets are rare, and room for them is much. Owned by its buffer.
/// </summary>
internal sealed class PacketRing
{
    private const int Mask = JitterBufferLimits.MaxPackets - 1;

    private readonly PacketSlot[] _slots = new PacketSlot[JitterBufferLimits.MaxPackets];
    private readonly int _maxPayloadBytes;
    private byte[] _payloads;
    private int _slotBytes;

    public PacketRing(int usualPayloadBytes, int maxPayloadBytes)
    {
        _maxPayloadBytes = maxPayloadBytes;
        _slotBytes = Math.Min(usualPayloadBytes, maxPayloadBytes);
        _payloads = new byte[JitterBufferLimits.MaxPackets * _slotBytes];
        Clear();
    }

    /// <summary>Packets held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether this packet is here.</summary>
    public bool Contains(long sequence) => _slots[(int)sequence & Mask].Sequence == sequence;

    /// <summary>The slot of a packet; only of one that is here.</summary>
    public ref readonly PacketSlot this[long sequence] => ref _slots[(int)sequence & Mask];

    /// <summary>The payload of a packet that is here.</summary>
    public ReadOnlySpan<byte> Payload(long sequence) =>
        _payloads.AsSpan(((int)sequence & Mask) * _slotBytes, _slots[(int)sequence & Mask].PayloadBytes);

    /// <summary>Takes a packet whose slot is free; its payload is not larger than the largest.</summary>
    public void Add(in PacketSlot slot, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _slotBytes)
        {
            Grow();
        }

        int at = (int)slot.Sequence & Mask;
        _slots[at] = slot;
        payload.CopyTo(_payloads.AsSpan(at * _slotBytes));
        Count++;
    }

    /// <summary>Gives up a packet that may be here; its bytes stay until the slot is used again. Returns whether it was.</summary>
    public bool Remove(long sequence)
    {
        ref PacketSlot slot = ref _slots[(int)sequence & Mask];
        if (slot.Sequence != sequence)
        {
            return false;
        }

        slot.Sequence = -1;
        Count--;
        return true;
    }

    /// <summary>The first packet that is here from this number on; −1 when there is none.</summary>
    public long FirstFrom(long sequence)
    {
        for (long at = sequence; Count > 0 && at < sequence + JitterBufferLimits.MaxPackets; at++)
        {
            if (Contains(at))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Gives up everything; returns how many packets that were.</summary>
    public int Clear()
    {
        int count = Count;
        foreach (ref PacketSlot slot in _slots.AsSpan())
        {
            slot.Sequence = -1;
        }

        Count = 0;
        return count;
    }

    private void Grow()
    {
        byte[] grown = new byte[JitterBufferLimits.MaxPackets * _maxPayloadBytes];
        for (int i = 0; i < JitterBufferLimits.MaxPackets; i++)
        {
            _payloads.AsSpan(i * _slotBytes, _slotBytes).CopyTo(grown.AsSpan(i * _maxPayloadBytes));
        }

        _payloads = grown;
        _slotBytes = _maxPayloadBytes;
    }
}
