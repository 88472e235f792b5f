using System.Buffers;
using System.Text;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Words as they come over the wire. UCS-2 may hold halves of characters and U+0000, which neither a database nor JSON carries; and there are senders (Kannel is one) that cut an emoji between two parts, so that each has half of it.
/// </summary>
internal static class MessageText
{
    /// <summary>Begins two characters that stand for one: a noncharacter, which no text has that is meant for others (Unicode §23.7).</summary>
    private const char Escape = '\uFDD0';

    /// <summary>What halves and U+0000 are moved to, behind <see cref="Escape"/>: halves to U+E000 to U+E7FF, U+0000 to U+E800, and <see cref="Escape"/> to U+E801.</summary>
    private const char First = '\uE000';

    private const char Null = '\uE800';

    private const char Self = '\uE801';

    private static readonly SearchValues<char> s_escaped = SearchValues.Create(Enumerable.Range(0xD800, 0x800).Select(static unit => (char)unit).Append('\0').Append(Escape).ToArray());

    /// <summary>A whole text: halves that have not met their other half, and U+0000, become U+FFFD.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAny(s_escaped))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            clean.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>A part of a text, so that it can be stored until the others are there.</summary>
    public static string Keep(string part)
    {
        if (!part.AsSpan().ContainsAny(s_escaped))
        {
            return part;
        }

        var kept = new StringBuilder(part.Length + 4);
        for (int i = 0; i < part.Length; i++)
        {
            char unit = part[i];
            if (char.IsHighSurrogate(unit) && i + 1 < part.Length && char.IsLowSurrogate(part[i + 1]))
            {
                kept.Append(unit).Append(part[++i]);
            }
            else if (char.IsSurrogate(unit) || unit is '\0' or Escape)
            {
                kept.Append(Escape).Append(unit switch { '\0' => Null, Escape => Self, _ => (char)(unit - 0xD800 + First) });
            }
            else
            {
                kept.Append(unit);
            }
        }

        return kept.ToString();
    }

    /// <summary>What <see cref="Keep"/> was given; of several parts one after the other, all of them.</summary>
    public static string Restore(string kept)
    {
        if (!kept.Contains(Escape, StringComparison.Ordinal))
        {
            return kept;
        }

        var part = new StringBuilder(kept.Length);
        for (int i = 0; i < kept.Length; i++)
        {
            part.Append(kept[i] != Escape || i + 1 == kept.Length ? kept[i] : kept[++i] switch { Null => '\0', Self => Escape, var moved => (char)(moved - First + 0xD800) });
        }

        return part.ToString();
    }
}
