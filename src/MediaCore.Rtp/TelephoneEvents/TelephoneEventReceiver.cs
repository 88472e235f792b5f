using MediaCore.Primitives;

namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>
/// Turns the packets of telephone events into one beginning and one end per event, RFC 4733 §2.5.2: all packets of an event carry the same RTP timestamp, the end comes three times, any of
/// them can be lost. Constant size whatever a peer sends. Owned by its shard.
/// </summary>
public struct TelephoneEventReceiver
{
    /// <summary>An event of which nothing more comes is over after that: three packets at the largest spacing in use, 50 ms, and some jitter (§2.5.2.2).</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromMilliseconds(200);

    private uint _timestamp;
    private uint _ssrc;
    private uint _pastUnits;
    private ushort _segmentUnits;
    private byte _code;
    private byte _volume;
    private bool _active;
    private bool _known;
    private Timestamp _heard;

    /// <summary>Whether an event has begun whose end has not come yet. Ends can be lost: see <see cref="TryExpire"/>.</summary>
    public readonly bool IsActive => _active;

    /// <summary>When the event that is active is over unless more of it comes.</summary>
    public readonly Timestamp Deadline => _heard + MaxSilence;

    /// <summary>
    /// Takes a packet of the telephone-event payload type. An event has begun with its first packet that arrives: a caller acts on a digit when it is pressed, and an end packet alone, all others lost, still counts. Late packets of an older
    /// event, repeated ends and what is no event change nothing.
    /// </summary>
    /// <param name="timestamp">RTP timestamp: when the event began.</param>
    /// <param name="ssrc">SSRC; another one forgets the last event.</param>
    /// <param name="payload">Payload without padding; the first block counts.</param>
    /// <param name="now">When it came.</param>
    public TelephoneEventReport Receive(uint timestamp, uint ssrc, ReadOnlySpan<byte> payload, Timestamp now)
    {
        if (!TelephoneEvent.TryParse(payload, out TelephoneEvent value))
        {
            return default;
        }

        if (_known && ssrc == _ssrc)
        {
            int age = unchecked((int)(timestamp - _timestamp));
            if (age < 0)
            {
                return default;
            }

            if (age == 0)
            {
                return Update(value, now);
            }

            if (_active && value.Code == _code && (timestamp == unchecked(_timestamp + _segmentUnits) || timestamp == unchecked(_timestamp + ushort.MaxValue)))
            {
                // §2.5.1.3: an event longer than 65535 units goes on in a new segment that begins where the last one ended, whose own end may be lost.
                _pastUnits = (uint)Math.Min(uint.MaxValue, (ulong)_pastUnits + unchecked(timestamp - _timestamp));
                _timestamp = timestamp;
                _segmentUnits = 0;
                return Update(value, now);
            }
        }

        TelephoneEventChange change = TelephoneEventChange.Started | (_active ? TelephoneEventChange.PreviousEnded : TelephoneEventChange.None) | (value.End ? TelephoneEventChange.Ended : TelephoneEventChange.None);
        (byte previousCode, uint previousUnits) = (_code, TotalUnits);
        _known = true;
        _timestamp = timestamp;
        _ssrc = ssrc;
        _pastUnits = 0;
        _segmentUnits = value.Duration;
        _code = value.Code;
        _volume = value.Volume;
        _active = !value.End;
        _heard = now;
        return new TelephoneEventReport(change, _code, _volume, value.Duration, previousCode, (change & TelephoneEventChange.PreviousEnded) != TelephoneEventChange.None ? previousUnits : 0);
    }

    /// <summary>Ends an event of which nothing has come for <see cref="MaxSilence"/>; what comes of it later is ignored (§2.5.2.2).</summary>
    public bool TryExpire(Timestamp now, out TelephoneEventReport report)
    {
        report = default;
        if (!_active || now < Deadline)
        {
            return false;
        }

        _active = false;
        report = new TelephoneEventReport(TelephoneEventChange.Ended, _code, _volume, TotalUnits);
        return true;
    }

    private readonly uint TotalUnits => (uint)Math.Min(uint.MaxValue, (ulong)_pastUnits + _segmentUnits);

    private TelephoneEventReport Update(in TelephoneEvent value, Timestamp now)
    {
        if (!_active || value.Code != _code)
        {
            return default;
        }

        _heard = now;
        _segmentUnits = Math.Max(_segmentUnits, value.Duration);
        _active = !value.End;
        return value.End ? new TelephoneEventReport(TelephoneEventChange.Ended, _code, _volume, TotalUnits) : default;
    }
}
