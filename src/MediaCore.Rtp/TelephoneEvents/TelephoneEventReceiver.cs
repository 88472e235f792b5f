namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>
/// Turns the packets of telephone events into one report per event, RFC 4733 §2.5.2: all packets of an event carry the same RTP timestamp, the end comes three times, any of
/// them can be lost. Constant size whatever a peer sends. Owned by its shard.
/// </summary>
public struct TelephoneEventReceiver
{
    private uint _timestamp;
    private uint _ssrc;
    private uint _segmentEnd;
    private byte _code;
    private bool _active;
    private bool _reported;
    private bool _known;

    /// <summary>
    /// Takes a packet of the telephone-event payload type. True once per event, with its first packet that arrives: a caller acts on
    /// a digit when it is pressed, and an end packet alone, all others lost, still counts. Late packets of an older event are ignored.
    /// </summary>
    /// <param name="timestamp">RTP timestamp: when the event began.</param>
    /// <param name="ssrc">SSRC; another one forgets the last event.</param>
    /// <param name="payload">Payload without padding. A first block that is no event is ignored.</param>
    /// <param name="started">The event as this packet tells it.</param>
    public bool TryReceive(uint timestamp, uint ssrc, ReadOnlySpan<byte> payload, out TelephoneEvent started)
    {
        if (!TelephoneEvent.TryParse(payload, out started))
        {
            return false;
        }

        if (_known && ssrc == _ssrc)
        {
            int age = unchecked((int)(timestamp - _timestamp));
            if (age < 0)
            {
                return false;
            }

            if (age == 0)
            {
                _segmentEnd = unchecked(timestamp + started.Duration);
                _active &= !started.End;
                return false;
            }

            if (_active && started.Code == _code && timestamp == _segmentEnd)
            {
                // RFC 4733 §2.5.2.3: an event longer than 65535 units goes on in a new segment that begins where the last one ended.
                Remember(timestamp, ssrc, started);
                return false;
            }
        }

        Remember(timestamp, ssrc, started);
        _reported = true;
        return true;
    }

    /// <summary>Whether an event was reported whose end has not come yet. Ends can be lost: a caller that waits for one needs its own time-out.</summary>
    public readonly bool IsActive => _reported && _active;

    private void Remember(uint timestamp, uint ssrc, in TelephoneEvent value)
    {
        _known = true;
        _timestamp = timestamp;
        _ssrc = ssrc;
        _code = value.Code;
        _active = !value.End;
        _segmentEnd = unchecked(timestamp + value.Duration);
    }
}
