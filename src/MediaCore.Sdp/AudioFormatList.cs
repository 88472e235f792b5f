using System.Text;

namespace MediaCore.Sdp;

/// <summary>
/// Up to 16 audio formats in order of preference, with the encoding names and parameters they need: a value that a call can keep after the message is gone. It is one
/// reference to what lists of the same content have in common; adding to a copy leaves the others as they are.
/// </summary>
public struct AudioFormatList
{
    /// <summary>
    /// Most formats; more are left out when an offer is read, those MediaCore knows being kept first. The richest softphones offer about a dozen.
    /// </summary>
    public const int MaxFormats = 16;

    private SharedFormats? _shared;

    /// <summary>Number of formats.</summary>
    public readonly int Count => Formats.Length;

    private readonly SharedFormats Shared => _shared ?? SharedFormats.Empty;

    private readonly ReadOnlySpan<AudioFormat> Formats => Shared.Formats;

    /// <summary>A format; <paramref name="index"/> from 0, the preferred first.</summary>
    public readonly AudioFormat this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ReadOnlySpan<AudioFormat> formats = Formats;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, formats.Length);
            return formats[index];
        }
    }

    /// <summary>PCMU, PCMA and telephone-event (events 0–15) at 8 kHz: what MediaCore itself offers and answers with.</summary>
    public static AudioFormatList CreateG711(byte telephoneEventPayloadType = 101)
    {
        AudioFormatList list = default;
        list.TryAdd(AudioFormat.Pcmu);
        list.TryAdd(AudioFormat.Pcma);
        list.TryAdd(AudioFormat.TelephoneEvent(telephoneEventPayloadType));
        return list;
    }

    /// <summary>
    /// Adds a codec that needs no text; telephone-event gets <c>0-15</c>, the DTMF digits (RFC 4733 §3.2). False, and nothing added, when the list is full, the payload type
    /// is above 127 or taken, or the codec needs a name.
    /// </summary>
    public bool TryAdd(AudioFormat format) =>
        TryAdd(format, default, format.Codec == AudioCodec.TelephoneEvent ? "0-15"u8 : default);

    /// <summary>
    /// Adds a format with its text. <paramref name="encodingName"/> matters for <see cref="AudioCodec.Other"/> only, where it must be a token. False, and nothing added, when the
    /// list is full, the payload type is above 127 or taken, clock rate or channels are 0, or the text is illegal or does not fit
    /// (<see cref="SdpLimits.MaxEncodingNameBytes"/>, <see cref="SdpLimits.MaxFormatParameterBytes"/>, <see cref="SdpLimits.MaxFormatTextBytes"/>).
    /// </summary>
    public bool TryAdd(AudioFormat format, ReadOnlySpan<byte> encodingName, ReadOnlySpan<byte> parameters)
    {
        encodingName = format.Codec == AudioCodec.Other ? encodingName : default;
        SharedFormats shared = Shared;
        if (shared.Formats.Length == MaxFormats
            || format.Codec == AudioCodec.None
            || format.PayloadType > 127
            || format.ClockRateHz == 0
            || format.Channels == 0
            || (format.Codec == AudioCodec.Other && !SdpGrammar.IsToken(encodingName))
            || encodingName.Length > SdpLimits.MaxEncodingNameBytes
            || parameters.Length > SdpLimits.MaxFormatParameterBytes
            || !SdpGrammar.IsVisible(parameters)
            || encodingName.Length + parameters.Length > SdpLimits.MaxFormatTextBytes - shared.Text.Length
            || TryFind(format.PayloadType, out _))
        {
            return false;
        }

        _shared = shared.With(format, encodingName, parameters);
        return true;
    }

    /// <summary>The encoding name to write into <c>rtpmap</c>.</summary>
    public readonly ReadOnlySpan<byte> GetEncodingName(int index) => this[index].Codec switch
    {
        AudioCodec.Pcmu => "PCMU"u8,
        AudioCodec.Pcma => "PCMA"u8,
        AudioCodec.TelephoneEvent => "telephone-event"u8,
        AudioCodec.ComfortNoise => "CN"u8,
        _ => Shared.Text.Slice(this[index].TextStart, this[index].NameLength),
    };

    /// <summary>The <c>fmtp</c> parameters; empty where there are none.</summary>
    public readonly ReadOnlySpan<byte> GetParameters(int index)
    {
        AudioFormat format = this[index];
        return Shared.Text.Slice(format.TextStart + format.NameLength, format.ParameterLength);
    }

    /// <summary>Finds a payload type.</summary>
    public readonly bool TryFind(byte payloadType, out int index)
    {
        ReadOnlySpan<AudioFormat> formats = Formats;
        for (index = 0; index < formats.Length; index++)
        {
            if (formats[index].PayloadType == payloadType)
            {
                return true;
            }
        }

        index = -1;
        return false;
    }

    /// <summary>Finds the first format of a codec.</summary>
    public readonly bool TryFind(AudioCodec codec, out int index)
    {
        ReadOnlySpan<AudioFormat> formats = Formats;
        for (index = 0; index < formats.Length; index++)
        {
            if (formats[index].Codec == codec)
            {
                return true;
            }
        }

        index = -1;
        return false;
    }

    /// <summary>Finds the first format that means the same as one of another list, whatever its payload type: same name without case, clock rate and channels.</summary>
    public readonly bool TryFindSame(in AudioFormatList other, int otherIndex, out int index)
    {
        AudioFormat wanted = other[otherIndex];
        ReadOnlySpan<AudioFormat> formats = Formats;
        for (index = 0; index < formats.Length; index++)
        {
            AudioFormat format = formats[index];
            if (format.Codec == wanted.Codec
                && format.ClockRateHz == wanted.ClockRateHz
                && format.Channels == wanted.Channels
                && (format.Codec != AudioCodec.Other || Ascii.EqualsIgnoreCase(GetEncodingName(index), other.GetEncodingName(otherIndex))))
            {
                return true;
            }
        }

        index = -1;
        return false;
    }

    /// <summary>Whether both lists have the same formats, payload types, names and parameters in the same order.</summary>
    public readonly bool SequenceEqual(in AudioFormatList other)
    {
        ReadOnlySpan<AudioFormat> formats = Formats;
        ReadOnlySpan<AudioFormat> others = other.Formats;
        if (ReferenceEquals(Shared, other.Shared) || formats.Length != others.Length)
        {
            return formats.Length == others.Length;
        }

        for (int i = 0; i < formats.Length; i++)
        {
            if (formats[i] != others[i]
                || !GetEncodingName(i).SequenceEqual(other.GetEncodingName(i))
                || !GetParameters(i).SequenceEqual(other.GetParameters(i)))
            {
                return false;
            }
        }

        return true;
    }
}
