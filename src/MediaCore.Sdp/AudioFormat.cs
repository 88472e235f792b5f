namespace MediaCore.Sdp;

/// <summary>
/// One format of an audio stream: a payload type and what it means. The encoding name of <see cref="AudioCodec.Other"/> and the
/// <c>fmtp</c> parameters belong to the <see cref="AudioFormatList"/> that the format stands in.
/// </summary>
public readonly struct AudioFormat : IEquatable<AudioFormat>
{
    /// <summary>A format without text of its own.</summary>
    public AudioFormat(byte payloadType, AudioCodec codec, uint clockRateHz, byte channels = 1)
    {
        PayloadType = payloadType;
        Codec = codec;
        ClockRateHz = clockRateHz;
        Channels = channels;
    }

    internal AudioFormat(in AudioFormat format, ushort textStart, byte nameLength, byte parameterLength)
    {
        this = format;
        TextStart = textStart;
        NameLength = nameLength;
        ParameterLength = parameterLength;
    }

    /// <summary>RTP payload type, 0–127.</summary>
    public byte PayloadType { get; }

    /// <summary>The codec.</summary>
    public AudioCodec Codec { get; }

    /// <summary>Audio channels.</summary>
    public byte Channels { get; }

    /// <summary>Rate of the RTP timestamp in Hz.</summary>
    public uint ClockRateHz { get; }

    /// <summary>Whether it carries speech by itself, which telephone-event and comfort noise do not.</summary>
    public bool IsVoice => Codec is AudioCodec.Pcmu or AudioCodec.Pcma or AudioCodec.Other;

    internal ushort TextStart { get; }

    internal byte NameLength { get; }

    internal byte ParameterLength { get; }

    /// <summary>The RFC 3551 assignment of G.711 µ-law.</summary>
    public static AudioFormat Pcmu => new(0, AudioCodec.Pcmu, 8_000);

    /// <summary>The RFC 3551 assignment of G.711 A-law.</summary>
    public static AudioFormat Pcma => new(8, AudioCodec.Pcma, 8_000);

    /// <summary>Telephone events at 8 kHz under a dynamic payload type; 101 is what nearly every device takes.</summary>
    public static AudioFormat TelephoneEvent(byte payloadType = 101) => new(payloadType, AudioCodec.TelephoneEvent, 8_000);

    /// <summary>Payload type and meaning are the same; text is not compared.</summary>
    public bool Equals(AudioFormat other) =>
        PayloadType == other.PayloadType && Codec == other.Codec && ClockRateHz == other.ClockRateHz && Channels == other.Channels;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AudioFormat other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PayloadType, Codec, ClockRateHz, Channels);

    /// <summary>Same payload type and meaning.</summary>
    public static bool operator ==(AudioFormat left, AudioFormat right) => left.Equals(right);

    /// <summary>Another payload type or meaning.</summary>
    public static bool operator !=(AudioFormat left, AudioFormat right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => $"{PayloadType} {Codec}/{ClockRateHz}/{Channels}";
}
