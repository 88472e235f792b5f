using System.Text;

namespace MediaCore.Sdp;

/// <summary>
/// Turns the formats of an audio line into an <see cref="AudioFormatList"/>. One pass over the attributes files their lines under the payload
/// type, so that the time is linear however many formats and attributes a peer writes.
/// </summary>
public static class AudioFormatReader
{
    private const int PayloadTypes = 128;

    /// <summary>Reads what is usable; false when that holds no voice codec.</summary>
    public static bool TryRead(SdpMedia media, out AudioFormatList formats)
    {
        Span<ushort> rtpMapLines = stackalloc ushort[PayloadTypes];
        Span<ushort> fmtpLines = stackalloc ushort[PayloadTypes];
        FileLines(media, rtpMapLines, fmtpLines);

        // Formats that we know get their place first: a peer that lists sixteen codecs before telephone-event shall still send digits.
        int reserved = 0;
        for (int i = 0; i < media.FormatCount; i++)
        {
            if (TryClassify(media, i, rtpMapLines, out AudioFormat format, out _) && format.Codec != AudioCodec.Other)
            {
                reserved++;
            }
        }

        formats = default;
        bool hasVoice = false;
        int room = AudioFormatList.MaxFormats - Math.Min(reserved, AudioFormatList.MaxFormats);
        for (int i = 0; i < media.FormatCount; i++)
        {
            if (!TryClassify(media, i, rtpMapLines, out AudioFormat format, out ReadOnlySpan<byte> name))
            {
                continue;
            }

            ReadOnlySpan<byte> parameters = Parameters(media, fmtpLines[format.PayloadType]);
            bool added;
            if (format.Codec == AudioCodec.Other)
            {
                added = room > 0 && formats.TryAdd(format, name, parameters);
                room -= added ? 1 : 0;
            }
            else
            {
                // Their parameters are a refinement; one that is illegal or too long does not cost us the codec.
                added = (!parameters.IsEmpty && formats.TryAdd(format, default, parameters)) || formats.TryAdd(format);
            }

            hasVoice |= added && format.IsVoice;
        }

        return hasVoice;
    }

    private static void FileLines(SdpMedia media, Span<ushort> rtpMapLines, Span<ushort> fmtpLines)
    {
        SdpDescription description = media.Description;
        for (int line = media.Section.LineStart; line < media.Section.LineEnd; line++)
        {
            SdpAttribute attribute = description.LineAt(line).Attribute;
            if (attribute is not (SdpAttribute.RtpMap or SdpAttribute.Fmtp)
                || !SdpGrammar.TrySplitPayloadType(description.GetLine(line).AttributeValue, out byte payloadType, out ReadOnlySpan<byte> text))
            {
                continue;
            }

            if (attribute == SdpAttribute.Fmtp)
            {
                fmtpLines[payloadType] = fmtpLines[payloadType] == 0 ? (ushort)line : fmtpLines[payloadType];
            }
            else if (rtpMapLines[payloadType] == 0 && SdpGrammar.TryReadRtpMap(text, out _))
            {
                rtpMapLines[payloadType] = (ushort)line;
            }
        }
    }

    private static bool TryClassify(SdpMedia media, int index, ReadOnlySpan<ushort> rtpMapLines, out AudioFormat format, out ReadOnlySpan<byte> encodingName)
    {
        format = default;
        encodingName = default;
        if (!media.TryGetPayloadType(index, out byte payloadType) || !TryGetMap(media, payloadType, rtpMapLines[payloadType], out RtpMap map))
        {
            return false;
        }

        encodingName = map.EncodingName;
        format = new AudioFormat(payloadType, CodecOf(map), map.ClockRateHz, map.Channels);
        return true;
    }

    private static bool TryGetMap(SdpMedia media, byte payloadType, int line, out RtpMap map)
    {
        if (line == 0)
        {
            return RtpMap.TryGetStatic(payloadType, out map);
        }

        SdpGrammar.TrySplitPayloadType(media.Description.GetLine(line).AttributeValue, out _, out ReadOnlySpan<byte> text);
        return SdpGrammar.TryReadRtpMap(text, out map);
    }

    private static ReadOnlySpan<byte> Parameters(SdpMedia media, int line)
    {
        if (line == 0)
        {
            return default;
        }

        SdpGrammar.TrySplitPayloadType(media.Description.GetLine(line).AttributeValue, out _, out ReadOnlySpan<byte> text);
        return text;
    }

    private static AudioCodec CodecOf(in RtpMap map) => map switch
    {
        _ when Ascii.EqualsIgnoreCase(map.EncodingName, "telephone-event"u8) => AudioCodec.TelephoneEvent,
        _ when Ascii.EqualsIgnoreCase(map.EncodingName, "CN"u8) => AudioCodec.ComfortNoise,
        { ClockRateHz: 8_000, Channels: 1 } when Ascii.EqualsIgnoreCase(map.EncodingName, "PCMU"u8) => AudioCodec.Pcmu,
        { ClockRateHz: 8_000, Channels: 1 } when Ascii.EqualsIgnoreCase(map.EncodingName, "PCMA"u8) => AudioCodec.Pcma,
        _ => AudioCodec.Other,
    };
}
