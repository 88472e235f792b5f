using System.Buffers;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>What can be heard of a G.711 payload without decoding the stream: whether it is digital silence, and how loud it is.</summary>
internal static class G711Level
{
    private const byte Pcmu = 0;
    private const byte Pcma = 8;

    // The codes of the two smallest steps: what a muted microphone and a missing one send.
    private static readonly SearchValues<byte> s_pcmuSilence = SearchValues.Create(0xff, 0x7f, 0xfe, 0x7e);
    private static readonly SearchValues<byte> s_pcmaSilence = SearchValues.Create(0xd5, 0x55);

    /// <summary>Whether a payload type is G.711 by its static number (RFC 3551 §6), which nobody renumbers.</summary>
    public static bool Knows(byte payloadType) => payloadType is Pcmu or Pcma;

    /// <summary>Whether nothing but digital silence is in a payload.</summary>
    public static bool IsSilent(byte payloadType, ReadOnlySpan<byte> payload) => !payload.ContainsAnyExcept(payloadType == Pcmu ? s_pcmuSilence : s_pcmaSilence);

    /// <summary>Mean power of a payload's samples, 1 for a full-scale square wave.</summary>
    public static double GetPower(byte payloadType, ReadOnlySpan<byte> payload)
    {
        double sum = 0;
        foreach (byte code in payload)
        {
            double sample = payloadType == Pcmu ? MediaCore.Audio.G711.Pcmu.Decode(code) : MediaCore.Audio.G711.Pcma.Decode(code);
            sum += sample * sample;
        }

        return payload.IsEmpty ? 0 : sum / payload.Length / (32768.0 * 32768.0);
    }
}
