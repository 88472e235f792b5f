using System.Text.Json;

namespace MediaCore.Engine.CallRecords;

/// <summary>What became of the sound of a leg that was decoded or made by us; a leg that was only relayed has none.</summary>
public sealed record SoundFigures
{
    /// <summary>Whether what it said was coded anew for the other side, or the other way round.</summary>
    public bool Transcoded { get; init; }

    /// <summary>What was decoded last, as <c>opus/48000</c>; null when nothing was.</summary>
    public string? ReceivedCodec { get; init; }

    /// <summary>What it was sent, as <c>PCMU/8000</c>; null when nothing was coded.</summary>
    public string? SentCodec { get; init; }

    /// <summary>Mean delay that the jitter buffer aimed at, in ms.</summary>
    public double DelayMilliseconds { get; init; }

    /// <summary>Share of the sound that was concealed, in percent.</summary>
    public double ConcealedPercent { get; init; }

    /// <summary>Payloads that could not be decoded.</summary>
    public long DecodeErrors { get; init; }

    internal static void Write(Utf8JsonWriter writer, SoundFigures sound)
    {
        writer.WriteStartObject("sound"u8);
        writer.WriteBoolean("transcoded"u8, sound.Transcoded);
        WriteText(writer, "received_codec"u8, sound.ReceivedCodec);
        WriteText(writer, "sent_codec"u8, sound.SentCodec);
        writer.WriteNumber("delay_ms"u8, sound.DelayMilliseconds);
        writer.WriteNumber("concealed_percent"u8, sound.ConcealedPercent);
        writer.WriteNumber("decode_errors"u8, sound.DecodeErrors);
        writer.WriteEndObject();
    }

    /// <summary>Takes one member; null for one that it does not know.</summary>
    internal static SoundFigures? Read(ref Utf8JsonReader reader, string name, SoundFigures sound) => name switch
    {
        "transcoded" => sound with { Transcoded = reader.GetBoolean() },
        "received_codec" => sound with { ReceivedCodec = reader.GetString() },
        "sent_codec" => sound with { SentCodec = reader.GetString() },
        "delay_ms" => sound with { DelayMilliseconds = reader.GetDouble() },
        "concealed_percent" => sound with { ConcealedPercent = reader.GetDouble() },
        "decode_errors" => sound with { DecodeErrors = reader.GetInt64() },
        _ => null,
    };

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
