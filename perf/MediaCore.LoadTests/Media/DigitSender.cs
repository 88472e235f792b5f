using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.LoadTests.Media;

/// <summary>Keys pressed one after the other: 100 ms each, 100 ms between them, each packet in place of one of the sound. Handed to the sender's thread whole.</summary>
internal sealed class DigitSender(string digits)
{
    private const int EventPackets = 5 + TelephoneEventSender.EndPackets - 1;
    private const int GapPackets = 5;
    private const ushort UnitsPerPacket = 160;

    private TelephoneEventSender _event;
    private int _sent;
    private int _gap;

    /// <summary>How long a key takes with the gap after it.</summary>
    public static TimeSpan DigitTime => TimeSpan.FromMilliseconds(20 * (EventPackets + GapPackets));

    /// <summary>When the event began that <see cref="TryWriteNext"/> writes, in units of the RTP clock.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>Whether all keys were pressed.</summary>
    public bool IsFinished => _sent == digits.Length && _event.Finished;

    /// <summary>Writes the payload of this packet; false: sound goes here.</summary>
    /// <param name="payload">At least <see cref="TelephoneEvent.Bytes"/>.</param>
    /// <param name="timestamp">Of the sound that would go here.</param>
    /// <param name="marker">Whether it begins an event.</param>
    public bool TryWriteNext(Span<byte> payload, uint timestamp, out bool marker)
    {
        marker = false;
        if (_event.Finished && _gap > 0)
        {
            _gap--;
            return false;
        }

        if (_event.Finished)
        {
            if (_sent == digits.Length || !TelephoneEvent.TryFromDigit(digits[_sent], out byte code))
            {
                return false;
            }

            _sent++;
            _gap = GapPackets;
            _event = new TelephoneEventSender(code, 5 * UnitsPerPacket, UnitsPerPacket);
            Timestamp = timestamp;
        }

        return _event.TryWriteNext(payload, out marker);
    }
}
