using System.Buffers.Text;

namespace MediaCore.LoadTests.Calls;

/// <summary>
/// What tells a call in every message of both sides, so that none has to be looked up: 12 digits, which with +1 before them are the number that is dialled and stand in Call-ID, tags and branches.
/// </summary>
/// <param name="Kind">First digit: where the server is to send the call.</param>
/// <param name="Slot">Its place among those that are up at once.</param>
/// <param name="Generation">How many had the place before it; what comes late for one of those is not taken for this one's.</param>
internal readonly record struct CallName(byte Kind, int Slot, int Generation)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = 12;

    /// <summary>Callees that speak what the caller speaks.</summary>
    public const byte Relayed = (byte)'8';

    /// <summary>Callees that speak Opus alone.</summary>
    public const byte Transcoded = (byte)'9';

    /// <summary>Callees that calls are transferred to.</summary>
    public const byte Target = (byte)'7';

    /// <summary>Most calls at once.</summary>
    public const int MaxSlots = 1_000_000;

    public const int Generations = 100_000;

    public void Write(Span<byte> destination)
    {
        destination[0] = Kind;
        long digits = ((long)Slot * Generations) + Generation;
        for (int i = Length - 1; i > 0; i--)
        {
            destination[i] = (byte)('0' + (digits % 10));
            digits /= 10;
        }
    }

    /// <summary>Reads it from the beginning of a text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CallName name)
    {
        name = default;
        if (text.Length < Length || !Utf8Parser.TryParse(text[1..Length], out ulong digits, out int read) || read != Length - 1)
        {
            return false;
        }

        name = new CallName(text[0], (int)(digits / Generations), (int)(digits % Generations));
        return true;
    }
}
