using System.Buffers.Binary;

namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>The payload of a telephone-event packet, RFC 4733 §2.3.</summary>
/// <param name="Code">Event code: 0–9 digits, 10 <c>*</c>, 11 <c>#</c>, 12–15 A–D, 16 flash (§3.2).</param>
/// <param name="End">Whether the event is over.</param>
/// <param name="Volume">Level as dBm0 without its sign, 0–63; only meaningful for DTMF.</param>
/// <param name="Duration">How long it has lasted since the packet's timestamp, in units of the RTP clock.</param>
public readonly record struct TelephoneEvent(byte Code, bool End, byte Volume, ushort Duration)
{
    /// <summary>Bytes of one event block.</summary>
    public const int Bytes = 4;

    /// <summary>The highest DTMF code, D.</summary>
    public const byte MaxDtmfCode = 15;

    /// <summary>Reads the first block of a payload; several can follow each other (§2.3.1). False when it is shorter than <see cref="Bytes"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out TelephoneEvent value)
    {
        value = default;
        if (payload.Length < Bytes)
        {
            return false;
        }

        value = new TelephoneEvent(payload[0], (payload[1] & 0x80) != 0, (byte)(payload[1] & 0x3f), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    /// <summary>Writes <see cref="Bytes"/> bytes; the reserved bit is 0.</summary>
    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], Duration);
        payload[1] = (byte)((End ? 0x80 : 0) | (Volume & 0x3f));
        payload[0] = Code;
    }

    /// <summary>The DTMF character of a code, or <c>'\0'</c> for events that are no DTMF.</summary>
    public static char ToDigit(byte code) => code <= MaxDtmfCode ? "0123456789*#ABCD"[code] : '\0';

    /// <summary>The code of a DTMF character, letters in either case.</summary>
    public static bool TryFromDigit(char digit, out byte code)
    {
        int index = "0123456789*#ABCD".IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        code = (byte)Math.Max(index, 0);
        return index >= 0;
    }
}
