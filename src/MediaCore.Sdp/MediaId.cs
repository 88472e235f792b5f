using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MediaCore.Sdp;

/// <summary>The <c>a=mid</c> of a media description (RFC 5888 §4) that is in a BUNDLE group (RFC 9143): a token of at most <see cref="SdpLimits.MaxMediaIdBytes"/> bytes, or empty. A plain value.</summary>
public struct MediaId
{
    private Bytes _bytes;
    private byte _length;

    /// <summary>Whether there is none.</summary>
    public readonly bool IsEmpty => _length == 0;

    /// <summary>The token.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>
    /// The identifier of a stream whose offer has it in a BUNDLE group; empty otherwise, and for one that is too long to be repeated, whose stream is then simply not bundled.
    /// </summary>
    public static MediaId ReadBundled(SdpMedia media)
    {
        MediaId id = default;
        foreach (SdpLine line in media.Attributes)
        {
            if (line.AttributeName.SequenceEqual("mid"u8))
            {
                ReadOnlySpan<byte> value = line.AttributeValue.Trim((byte)' ');
                if (value.Length <= SdpLimits.MaxMediaIdBytes && SdpGrammar.IsToken(value) && IsBundled(media.Description, value))
                {
                    value.CopyTo(id._bytes);
                    id._length = (byte)value.Length;
                }

                break;
            }
        }

        return id;
    }

    private static bool IsBundled(SdpDescription description, ReadOnlySpan<byte> id)
    {
        foreach (SdpLine line in description.SessionAttributes)
        {
            if (!line.AttributeName.SequenceEqual("group"u8))
            {
                continue;
            }

            ReadOnlySpan<byte> rest = line.AttributeValue;
            if (!SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> semantics) || !semantics.SequenceEqual("BUNDLE"u8))
            {
                continue;
            }

            while (SdpGrammar.TryTakeField(ref rest, out ReadOnlySpan<byte> member))
            {
                if (member.SequenceEqual(id))
                {
                    return true;
                }
            }
        }

        return false;
    }

    [InlineArray(SdpLimits.MaxMediaIdBytes)]
    private struct Bytes
    {
        private byte _first;
    }
}
