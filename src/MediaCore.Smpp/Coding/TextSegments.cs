using System.Collections.Immutable;

namespace MediaCore.Smpp.Coding;

/// <summary>A text cut into the short messages that carry it, 3GPP TS 23.040 §9.2.3.24.1.</summary>
/// <param name="Coding">How all of them are written.</param>
/// <param name="Parts">The words of each; one for a text that fits into one message. A surrogate pair and an escaped character are never cut.</param>
public sealed record TextSegments(TextCoding Coding, ImmutableArray<string> Parts)
{
    /// <summary>Septets of a message that stands alone: 140 octets.</summary>
    public const int MaxSeptets = 160;

    /// <summary>Septets of a part, beside a header of 6 octets.</summary>
    public const int MaxSeptetsOfPart = 153;

    /// <summary>UTF-16 units of a message that stands alone.</summary>
    public const int MaxUnits = 70;

    /// <summary>UTF-16 units of a part, beside a header of 6 octets.</summary>
    public const int MaxUnitsOfPart = 67;

    /// <summary>Cuts a text in the coding that it needs. An empty text is one empty part.</summary>
    public static TextSegments Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(text, ShortText.Choose(text));
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The words.</param>
    /// <param name="coding">How they are written: in octets other than GSM 7 bit and UCS-2, 140 alone and 134 in parts.</param>
    public static TextSegments Of(string text, TextCoding coding)
    {
        ArgumentNullException.ThrowIfNull(text);
        (int alone, int each) = coding switch
        {
            TextCoding.Gsm7 => (MaxSeptets, MaxSeptetsOfPart),
            TextCoding.Ucs2 => (MaxUnits, MaxUnitsOfPart),
            _ => (140, 134),
        };
        ImmutableArray<string>.Builder parts = ImmutableArray.CreateBuilder<string>();
        int begin = 0;
        int length = 0;
        int total = 0;
        for (int i = 0; i < text.Length;)
        {
            int characters = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            int cost = coding == TextCoding.Gsm7 ? CostOf(text.AsSpan(i, characters)) : characters;
            if (length + cost > each)
            {
                parts.Add(text[begin..i]);
                begin = i;
                length = 0;
            }

            length += cost;
            total += cost;
            i += characters;
        }

        if (total <= alone)
        {
            return new TextSegments(coding, [text]);
        }

        parts.Add(text[begin..]);
        return new TextSegments(coding, parts.ToImmutable());
    }

    // What the alphabet lacks is written as one question mark for each unit.
    private static int CostOf(ReadOnlySpan<char> characters)
    {
        int cost = 0;
        foreach (char character in characters)
        {
            cost += Math.Max(1, GsmAlphabet.Count(character));
        }

        return cost;
    }
}
