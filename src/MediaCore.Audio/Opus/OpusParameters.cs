using System.Buffers.Text;
using System.Text;

namespace MediaCore.Audio.Opus;

/// <summary>
/// The <c>fmtp</c> parameters of Opus (RFC 7587 §6.1). Each describes what its own side wants to receive, or with <c>sprop-</c> is likely to send; an answer does not depend on the offer (§7.1).
/// 0 or false is what a missing parameter means.
/// </summary>
public readonly record struct OpusParameters
{
    /// <summary>What the RTP clock runs at whatever was coded (§4.1), and what <c>rtpmap</c> says beside 2 channels (§7): <c>opus/48000/2</c>.</summary>
    public const int RtpClockHz = 48_000;

    /// <summary>Longest text that <see cref="TryFormat"/> writes, in bytes.</summary>
    public const int MaxTextBytes = 160;

    /// <summary>Highest sampling rate that can be played in Hz, 8000 to 48000; 0 is 48000.</summary>
    public int MaxPlaybackRateHz { get; init; }

    /// <summary>Highest sampling rate that is likely to be sent in Hz; 0 is 48000.</summary>
    public int MaxCaptureRateHz { get; init; }

    /// <summary>Most bits per second on average, 6000 to 510000; 0 when nothing was said.</summary>
    public int MaxAverageBitrate { get; init; }

    /// <summary>Whether stereo is preferred.</summary>
    public bool Stereo { get; init; }

    /// <summary>Whether stereo is likely to be sent.</summary>
    public bool SendsStereo { get; init; }

    /// <summary>Whether a constant bitrate is preferred.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Whether redundancy can be used.</summary>
    public bool UseInBandFec { get; init; }

    /// <summary>Whether silence should not be sent.</summary>
    public bool UseDiscontinuous { get; init; }

    /// <summary>Reads what stands after <c>a=fmtp:NN </c>. Unknown parameters, and values outside the range that the RFC gives, are as if they were not there; of two the last counts.</summary>
    public static OpusParameters Parse(ReadOnlySpan<byte> text)
    {
        OpusParameters found = default;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)';');
            ReadOnlySpan<byte> pair = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (equals < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> number = Trim(pair[(equals + 1)..]);
            if (Utf8Parser.TryParse(number, out int value, out int used) && used == number.Length)
            {
                found = found.With(Trim(pair[..equals]), value);
            }
        }

        return found;
    }

    /// <summary>Writes the parameters that differ from their defaults, as <c>a=fmtp</c> carries them; nothing when none does.</summary>
    public bool TryFormat(Span<byte> target, out int bytes)
    {
        bytes = 0;
        return Append("maxplaybackrate="u8, MaxPlaybackRateHz, target, ref bytes)
            && Append("sprop-maxcapturerate="u8, MaxCaptureRateHz, target, ref bytes)
            && Append("maxaveragebitrate="u8, MaxAverageBitrate, target, ref bytes)
            && Append("stereo="u8, Stereo ? 1 : 0, target, ref bytes)
            && Append("sprop-stereo="u8, SendsStereo ? 1 : 0, target, ref bytes)
            && Append("cbr="u8, ConstantBitrate ? 1 : 0, target, ref bytes)
            && Append("useinbandfec="u8, UseInBandFec ? 1 : 0, target, ref bytes)
            && Append("usedtx="u8, UseDiscontinuous ? 1 : 0, target, ref bytes);
    }

    /// <summary>
    /// How to send to a side with these parameters: no wider band than it plays, no higher rate and no stereo against its wish (§7.1), redundancy and silent pauses only where both want them, and its packet time.
    /// </summary>
    /// <param name="preferred">What we would send by ourselves.</param>
    /// <param name="packetMilliseconds">Its <c>a=ptime</c>, rounded up to a whole number as the RFC says (3 is 2.5); 0 without.</param>
    /// <param name="maxPacketMilliseconds">Its <c>a=maxptime</c>; 0 without, which is 120.</param>
    public OpusEncoderOptions ToSend(OpusEncoderOptions preferred, int packetMilliseconds = 0, int maxPacketMilliseconds = 0)
    {
        ArgumentNullException.ThrowIfNull(preferred);
        OpusBandwidth playable = MaxPlaybackRateHz switch
        {
            0 => OpusBandwidth.Full,
            <= 8000 => OpusBandwidth.Narrow,
            <= 12_000 => OpusBandwidth.Medium,
            <= 16_000 => OpusBandwidth.Wide,
            <= 24_000 => OpusBandwidth.SuperWide,
            _ => OpusBandwidth.Full,
        };
        return preferred with
        {
            MaxBandwidth = playable < preferred.MaxBandwidth ? playable : preferred.MaxBandwidth,
            BitrateBitsPerSecond = MaxAverageBitrate == 0 ? preferred.BitrateBitsPerSecond : Math.Min(MaxAverageBitrate, preferred.BitrateBitsPerSecond),
            ForceMono = preferred.ForceMono || !Stereo,
            ConstantBitrate = preferred.ConstantBitrate || ConstantBitrate,
            InBandFec = preferred.InBandFec && UseInBandFec,
            DiscontinuousTransmission = preferred.DiscontinuousTransmission && UseDiscontinuous,
            PacketMilliseconds = PacketTime(packetMilliseconds > 0 ? packetMilliseconds : preferred.PacketMilliseconds, maxPacketMilliseconds > 0 ? maxPacketMilliseconds : 120),
        };
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        return TryFormat(text, out int bytes) ? Encoding.ASCII.GetString(text[..bytes]) : "";
    }

    private static double PacketTime(double wanted, int most)
    {
        ReadOnlySpan<double> times = [120, 100, 80, 60, 40, 20, 10, 5];
        foreach (double time in times)
        {
            if (time <= wanted && time <= most)
            {
                return time;
            }
        }

        return 2.5;
    }

    private static bool Append(ReadOnlySpan<byte> name, int value, Span<byte> target, ref int bytes)
    {
        if (value == 0)
        {
            return true;
        }

        int separator = bytes == 0 ? 0 : 1;
        if (target.Length - bytes < name.Length + separator || !Utf8Formatter.TryFormat(value, target[(bytes + separator + name.Length)..], out int digits))
        {
            return false;
        }

        if (separator == 1)
        {
            target[bytes] = (byte)';';
        }

        name.CopyTo(target[(bytes + separator)..]);
        bytes += separator + name.Length + digits;
        return true;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);

    private OpusParameters With(ReadOnlySpan<byte> name, int value)
    {
        bool rate = value is >= 8000 and <= 48_000;
        bool flag = value is 0 or 1;
        return this switch
        {
            _ when rate && Is(name, "maxplaybackrate"u8) => this with { MaxPlaybackRateHz = value },
            _ when rate && Is(name, "sprop-maxcapturerate"u8) => this with { MaxCaptureRateHz = value },
            _ when value is >= 6000 and <= 510_000 && Is(name, "maxaveragebitrate"u8) => this with { MaxAverageBitrate = value },
            _ when flag && Is(name, "stereo"u8) => this with { Stereo = value == 1 },
            _ when flag && Is(name, "sprop-stereo"u8) => this with { SendsStereo = value == 1 },
            _ when flag && Is(name, "cbr"u8) => this with { ConstantBitrate = value == 1 },
            _ when flag && Is(name, "useinbandfec"u8) => this with { UseInBandFec = value == 1 },
            _ when flag && Is(name, "usedtx"u8) => this with { UseDiscontinuous = value == 1 },
            _ => this,
        };
    }
}
