namespace MediaCore.Audio.Opus;

/// <summary>How an <see cref="OpusEncoder"/> codes. Always for calls (libopus' application "VoIP").</summary>
public sealed record OpusEncoderOptions
{
    /// <summary>Samples per second of the input: 8000, 12000, 16000, 24000 or 48000.</summary>
    public int SampleRateHz { get; init; } = 48_000;

    /// <summary>Channels of the input, interleaved: 1 or 2.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Whether two channels are coded as one.</summary>
    public bool ForceMono { get; init; }

    /// <summary>Bits per second, 6000 to 510000 (RFC 6716 §2.1.1).</summary>
    public int BitrateBitsPerSecond { get; init; } = 24_000;

    /// <summary>Work for quality, 0 to 10.</summary>
    public int Complexity { get; init; } = 5;

    /// <summary>Every packet of the same length, rather than as long as the sound needs.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Whether packets repeat the one before them at a lower rate (RFC 6716 §2.1.7). libopus does so in speech where <see cref="ExpectedLossPercent"/> is not 0 and the rate has room for it: 32 kbit/s of wideband have, 24 kbit/s with 5 % of loss have not.</summary>
    public bool InBandFec { get; init; }

    /// <summary>Loss to be prepared for, 0 to 100 percent.</summary>
    public int ExpectedLossPercent { get; init; }

    /// <summary>Whether nothing is sent in silence (RFC 6716 §2.1.9), but a packet every 400 ms.</summary>
    public bool DiscontinuousTransmission { get; init; }

    /// <summary>Sound in a packet: 2.5, 5, 10, 20, 40, 60, 80, 100 or 120 ms.</summary>
    public double PacketMilliseconds { get; init; } = 20;

    /// <summary>Widest audio bandwidth that is coded.</summary>
    public OpusBandwidth MaxBandwidth { get; init; } = OpusBandwidth.Full;

    /// <summary>What is coded.</summary>
    public OpusSignal Signal { get; init; } = OpusSignal.Voice;

    /// <summary>Samples per channel in a packet.</summary>
    public int PacketSamples => (int)(SampleRateHz * PacketMilliseconds / 1000);

    /// <summary>Refuses what Opus does not know.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message says what is in it.</exception>
    public void Validate()
    {
        Check(SampleRateHz is 8000 or 12_000 or 16_000 or 24_000 or 48_000, SampleRateHz, nameof(SampleRateHz), "8000, 12000, 16000, 24000 or 48000");
        Check(Channels is 1 or 2, Channels, nameof(Channels), "1 or 2");
        Check(BitrateBitsPerSecond is >= 6000 and <= 510_000, BitrateBitsPerSecond, nameof(BitrateBitsPerSecond), "6000 to 510000");
        Check(Complexity is >= 0 and <= 10, Complexity, nameof(Complexity), "0 to 10");
        Check(ExpectedLossPercent is >= 0 and <= 100, ExpectedLossPercent, nameof(ExpectedLossPercent), "0 to 100");
        Check(PacketMilliseconds is 2.5 or 5 or 10 or 20 or 40 or 60 or 80 or 100 or 120, PacketMilliseconds, nameof(PacketMilliseconds), "2.5, 5, 10, 20, 40, 60, 80, 100 or 120");
        Check(MaxBandwidth is >= OpusBandwidth.Narrow and <= OpusBandwidth.Full, MaxBandwidth, nameof(MaxBandwidth), "a bandwidth of Opus");
        Check(Enum.IsDefined(Signal), Signal, nameof(Signal), "a kind of signal");
    }

    private static void Check(bool fine, object value, string name, string wanted)
    {
        if (!fine)
        {
            throw new ArgumentOutOfRangeException(name, value, wanted + ".");
        }
    }
}
