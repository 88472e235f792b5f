namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>
/// Carries a peer's telephone events into another stream with a clock of its own, packet by packet (RFC 4733 §2.5.1): one timestamp per event in the new stream, durations on its clock, and segments where an event that fitted into 16 bits
/// on the old clock does not on the new one (8 s at 8 kHz, 1.4 s at 48 kHz). Repeated ends stay repeated, late packets are left out. Constant size; owned by its shard.
/// <para><c>if (translator.Accept(…)) while (translator.TryNext(out event, out timestamp, out marker)) send …</c></para>
/// </summary>
public struct TelephoneEventTranslator
{
    /// <summary>Longest event that is carried on, 60 s: no finger holds a key for so long. What goes on after that has this length, until it ends.</summary>
    public const int LongestEventSeconds = 60;

    /// <summary>Most packets for one that was accepted: it adds 65535 units, which are six times as many from 8 to 48 kHz, behind a segment that was not full.</summary>
    public const int MaxPackets = 8;

    private uint _received;
    private uint _receivedSsrc;
    private uint _receivedPast;
    private ushort _receivedUnits;
    private uint _start;
    private uint _sentPast;
    private TelephoneEvent _pending;
    private ulong _pendingUnits;
    private bool _known;
    private bool _ended;
    private bool _hasPending;
    private bool _isFirst;
    private byte _code;

    /// <summary>Whether the event that was taken last has not ended.</summary>
    public readonly bool IsActive => _known && !_ended;

    /// <summary>Takes a packet; false when there is nothing to be sent for it.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="ssrc">Its SSRC.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="clockHz">Its clock.</param>
    /// <param name="sendClockHz">The clock of the stream that it is carried to.</param>
    /// <param name="sendTimestamp">What time it is in that stream: the timestamp of an event that begins with this packet.</param>
    public bool Accept(uint timestamp, uint ssrc, ReadOnlySpan<byte> payload, uint clockHz, uint sendClockHz, uint sendTimestamp)
    {
        _hasPending = false;
        if (clockHz == 0 || sendClockHz == 0 || !TelephoneEvent.TryParse(payload, out TelephoneEvent value))
        {
            return false;
        }

        int age = _known && ssrc == _receivedSsrc ? unchecked((int)(timestamp - _received)) : 1;
        if (age < 0 || (age == 0 && (value.Code != _code || (_ended && !value.End))))
        {
            return false;
        }

        bool goesOn = age > 0 && IsActive && ssrc == _receivedSsrc && value.Code == _code
            && (timestamp == unchecked(_received + _receivedUnits) || timestamp == unchecked(_received + ushort.MaxValue));
        if (goesOn)
        {
            _receivedPast = (uint)Math.Min(int.MaxValue, (ulong)_receivedPast + (uint)age);
            _receivedUnits = 0;
        }
        else if (age > 0)
        {
            _start = sendTimestamp;
            _sentPast = _receivedPast = 0;
            _receivedUnits = 0;
            _code = value.Code;
            _isFirst = true;
        }

        _known = true;
        _received = timestamp;
        _receivedSsrc = ssrc;
        _receivedUnits = Math.Max(_receivedUnits, value.Duration);
        _ended = value.End;
        _pending = value;

        // Both durations and clocks are whatever the peers say.
        ulong most = Math.Min(Math.Min((ulong)sendClockHz * LongestEventSeconds, uint.MaxValue), _sentPast + ((ulong)ushort.MaxValue * MaxPackets));
        _pendingUnits = Math.Min(((ulong)_receivedPast + _receivedUnits) * sendClockHz / clockHz, most);
        _hasPending = true;
        return true;
    }

    /// <summary>The next packet for what was accepted: one mostly, and one more for each segment that has become full, at most <see cref="MaxPackets"/>.</summary>
    /// <param name="value">Its payload.</param>
    /// <param name="timestamp">Its timestamp.</param>
    /// <param name="marker">Whether it begins the event.</param>
    public bool TryNext(out TelephoneEvent value, out uint timestamp, out bool marker)
    {
        value = default;
        timestamp = unchecked(_start + _sentPast);
        marker = _isFirst;
        if (!_hasPending)
        {
            return false;
        }

        _isFirst = false;
        ulong units = _pendingUnits - Math.Min(_pendingUnits, _sentPast);
        if (units > ushort.MaxValue)
        {
            value = _pending with { End = false, Duration = ushort.MaxValue };
            _sentPast += ushort.MaxValue;
            return true;
        }

        _hasPending = false;
        value = _pending with { Duration = (ushort)units };
        return true;
    }

    /// <summary>Forgets the last event, for another stream.</summary>
    public void Reset() => this = default;
}
