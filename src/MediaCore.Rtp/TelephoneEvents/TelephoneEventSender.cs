namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>
/// The packets of one event that we send, RFC 4733 §2.5.1: one per packet time with a growing duration and the marker on the first, then the end three times.
/// The caller owns the RTP header: every packet of the event carries the timestamp of its start and the next sequence number. Owned by its shard.
/// </summary>
public struct TelephoneEventSender
{
    /// <summary>How often the end is sent, §2.5.1.4.</summary>
    public const int EndPackets = 3;

    private readonly byte _code;
    private readonly byte _volume;
    private readonly ushort _total;
    private readonly ushort _step;
    private int _elapsed;
    private int _endsSent;

    /// <summary>An event to send.</summary>
    /// <param name="code">Event code.</param>
    /// <param name="durationUnits">Its length in units of the RTP clock, at most 65535 (8.19 s at 8 kHz): longer ones need segments, which no digit does.</param>
    /// <param name="stepUnits">Units per packet, for instance 160.</param>
    /// <param name="volume">Level as dBm0 without its sign.</param>
    public TelephoneEventSender(byte code, ushort durationUnits, ushort stepUnits, byte volume = 10)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stepUnits);
        _code = code;
        _volume = volume;
        _total = Math.Max(durationUnits, stepUnits);
        _step = stepUnits;
    }

    /// <summary>Whether the last end packet was written; also true of <c>default</c>.</summary>
    public readonly bool Finished => _step == 0 || _endsSent == EndPackets;

    /// <summary>
    /// Writes the payload of the next packet, due one packet time after the previous one. False when <see cref="Finished"/>.
    /// </summary>
    /// <param name="payload">At least <see cref="TelephoneEvent.Bytes"/> bytes.</param>
    /// <param name="marker">Set on the first packet.</param>
    public bool TryWriteNext(Span<byte> payload, out bool marker)
    {
        marker = _elapsed == 0;
        if (Finished)
        {
            return false;
        }

        _elapsed = Math.Min(_elapsed + _step, _total);
        bool end = _elapsed == _total;
        _endsSent += end ? 1 : 0;
        new TelephoneEvent(_code, end, _volume, (ushort)_elapsed).Write(payload);
        return true;
    }
}
