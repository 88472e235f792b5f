using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MediaCore.Sip.Messages;

/// <summary>
/// The character classes of RFC 3261 §25.1 and the few lexical steps that every header shares. This is the only place where they are
/// written, so that two parts of the server can't read the same bytes in two ways.
/// </summary>
internal static class SipGrammar
{
    /// <summary>Bytes of a <c>token</c>.</summary>
    public const ushort Token = 1;

    /// <summary>Bytes of a host name or IPv4 address. The underscore is no part of RFC 3261 but of many host names in use.</summary>
    public const ushort Host = 2;

    /// <summary>Bytes of a <c>word</c>, which Call-ID is made of.</summary>
    public const ushort Word = 4;

    /// <summary>Bytes of <c>userinfo</c> before <c>@</c>, without the colon. <c>#</c> must be escaped by the RFC, but phones send feature codes with it as it is.</summary>
    public const ushort User = 8;

    /// <summary>Bytes of a URI parameter's name or value.</summary>
    public const ushort UriParameter = 16;

    /// <summary>Bytes of a URI header's name or value.</summary>
    public const ushort UriHeader = 32;

    /// <summary>SP, HTAB, and the CR and LF of a line fold, which the message index has already found to be one.</summary>
    public const ushort White = 64;

    /// <summary>Bytes of an unquoted parameter value: <c>token</c> or <c>host</c>, an IPv6 address with or without brackets included.</summary>
    public const ushort ParameterValue = 128;

    /// <summary>Bytes of an IPv6 reference between its brackets.</summary>
    public const ushort IPv6 = 256;

    /// <summary>Bytes of any URI in angle brackets: visible ASCII but <c>&lt; &gt; "</c>.</summary>
    public const ushort AnyUri = 512;

    /// <summary>Bytes of a display name without quotes: tokens, white space, and UTF-8 beyond ASCII, which the RFC wants quoted and phones don't quote.</summary>
    public const ushort PlainDisplayName = 1024;

    private static readonly ushort[] Classes = BuildClasses();

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    private static readonly SearchValues<byte> AnyUriBytes = SearchValues.Create(BytesOf(AnyUri));

    /// <summary>What a boundary may hold (<c>bchars</c>, RFC 2046 §5.1.1); it does not end with the space.</summary>
    public static readonly SearchValues<byte> BoundaryBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=? "u8);

    // For each low half of a byte, which high halves (a bit each) make a byte of the class; bytes beyond ASCII are in no such class.
    private static readonly Vector128<byte> ParameterValueRows = BuildRows(ParameterValue);

    private static readonly Vector128<byte> RowBits = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create(BytesOf(Word));

    /// <summary>Whether the text consists of visible ASCII without <c>&lt; &gt; "</c>, and there is at least one byte.</summary>
    public static bool IsUriText(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(AnyUriBytes) < 0;

    /// <summary>How many bytes at the front of the text are visible ASCII without <c>&lt; &gt; "</c>.</summary>
    public static int SpanUriText(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(AnyUriBytes);
        return end < 0 ? text.Length : end;
    }

    /// <summary>Whether a name of the grammar, a token, is this one, which is given in small letters, without regard to case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsName(ReadOnlySpan<byte> token, ReadOnlySpan<byte> lower) => token.SequenceEqual(lower) || System.Text.Ascii.EqualsIgnoreCase(token, lower);

    /// <summary>The first position from <paramref name="position"/> whose byte is none of an unquoted parameter value. Sixteen bytes at a time: branches and tags are long.</summary>
    public static int SkipParameterValue(ReadOnlySpan<byte> text, int position)
    {
        if (text.Length >= Vector128<byte>.Count)
        {
            ref byte start = ref MemoryMarshal.GetReference(text);
            while (position < text.Length)
            {
                // The last step looks at the last 16 bytes; those before the position are shifted out.
                int block = Math.Min(position, text.Length - Vector128<byte>.Count);
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref start, (nuint)block);
                Vector128<byte> rows = Vector128.ShuffleNative(ParameterValueRows, bytes & Vector128.Create((byte)0x8f));
                Vector128<byte> row = Vector128.ShuffleNative(RowBits, bytes >>> 4);
                uint others = Vector128.Equals(rows & row, Vector128<byte>.Zero).ExtractMostSignificantBits() >> (position - block);
                if (others != 0)
                {
                    return position + BitOperations.TrailingZeroCount(others);
                }

                position = block + Vector128<byte>.Count;
            }

            return position;
        }

        return Skip(text, position, ParameterValue);
    }

    /// <summary>Whether the text is a <c>word</c>.</summary>
    public static bool IsWord(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(WordBytes) < 0;

    /// <summary>Whether a byte belongs to any of the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(byte value, ushort classes) => (Classes[value] & classes) != 0;

    /// <summary>Whether the text is a <c>token</c>.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenBytes) < 0;

    /// <summary>The first position from <paramref name="position"/> whose byte isn't in the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Skip(ReadOnlySpan<byte> text, int position, ushort classes)
    {
        while ((uint)position < (uint)text.Length && Is(text[position], classes))
        {
            position++;
        }

        return position;
    }

    /// <summary>The first position from <paramref name="position"/> whose byte is no white space. There mostly is none: all of it is at or below the space, so one comparison says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipWhite(ReadOnlySpan<byte> text, int position) =>
        (uint)position < (uint)text.Length && text[position] <= (byte)' ' ? SkipRun(text, position) : position;

    private static int SkipRun(ReadOnlySpan<byte> text, int position) => Skip(text, position, White);

    /// <summary>Cuts white space, folds included, off both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int start = SkipWhite(text, 0);
        int end = text.Length;
        while (end > start && Is(text[end - 1], White))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>The position after a quoted string that begins at <paramref name="position"/>, or -1 when it never ends (RFC 3261 §25.1, quoted-pair respected).</summary>
    public static int SkipQuoted(ReadOnlySpan<byte> text, int position)
    {
        position++;
        while (true)
        {
            int step = text[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return -1;
            }

            position += step;
            if (text[position] == (byte)'"')
            {
                return position + 1;
            }

            position += 2;
            if (position > text.Length)
            {
                return -1;
            }
        }
    }

    /// <summary>Reads decimal digits and nothing else. False when there are none, or when the number exceeds <paramref name="maximum"/>.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> digits, ulong maximum, out ulong value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            uint number = (uint)digit - '0';
            if (number > 9)
            {
                return false;
            }

            // The maximum is far below 2^60, so one more digit can't wrap.
            value = (value * 10) + number;
            if (value > maximum)
            {
                return false;
            }
        }

        return !digits.IsEmpty;
    }

    /// <summary>
    /// Reads <c>host [":" port]</c> from <paramref name="position"/> on. White space around the colon is what RFC 3261 §25.1 allows in a
    /// Via's sent-by and nowhere else.
    /// </summary>
    public static bool TryReadHostPort(ReadOnlySpan<byte> text, ref int position, bool allowWhite, out int hostLength, out ushort port)
    {
        port = 0;
        int start = position;
        if ((uint)position < (uint)text.Length && text[position] == (byte)'[')
        {
            int end = Skip(text, position + 1, IPv6);
            if ((uint)end >= (uint)text.Length || text[end] != (byte)']' || !IsIPv6(text[(position + 1)..end]))
            {
                hostLength = 0;
                return false;
            }

            position = end + 1;
        }
        else
        {
            position = Skip(text, position, Host);
        }

        hostLength = position - start;
        if (hostLength == 0)
        {
            return false;
        }

        int colon = allowWhite ? SkipWhite(text, position) : position;
        if ((uint)colon >= (uint)text.Length || text[colon] != (byte)':')
        {
            return true;
        }

        int digits = allowWhite ? SkipWhite(text, colon + 1) : colon + 1;
        int number = 0;
        int cursor = digits;
        while ((uint)cursor < (uint)text.Length && (uint)(text[cursor] - '0') <= 9)
        {
            number = (number * 10) + (text[cursor] - '0');
            cursor++;
            if (number > ushort.MaxValue)
            {
                return false;
            }
        }

        if (cursor == digits || number == 0)
        {
            return false;
        }

        port = (ushort)number;
        position = cursor;
        return true;
    }

    /// <summary>
    /// Whether the text between brackets is an IPv6 address (RFC 5954 §4.1: the grammar of RFC 3986, not the faulty one of RFC 3261 that
    /// lets three colons through).
    /// </summary>
    public static bool IsIPv6(ReadOnlySpan<byte> text) => MediaCore.Primitives.NetworkEndpoint.TryParseAddress(text, 0, out _);

    private static byte[] BytesOf(ushort mask) => [.. Enumerable.Range(0, 256).Where(value => (Classes[value] & mask) != 0).Select(value => (byte)value)];

    private static Vector128<byte> BuildRows(ushort mask)
    {
        byte[] rows = new byte[Vector128<byte>.Count];
        for (int value = 0; value < 0x80; value++)
        {
            rows[value & 15] |= (byte)((Classes[value] & mask) != 0 ? 1 << (value >> 4) : 0);
        }

        return Vector128.Create(rows);
    }

    private static ushort[] BuildClasses()
    {
        ushort[] classes = new ushort[256];
        void Add(ushort mask, ReadOnlySpan<byte> bytes)
        {
            foreach (byte value in bytes)
            {
                classes[value] |= mask;
            }
        }

        ReadOnlySpan<byte> alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8;
        ReadOnlySpan<byte> mark = "-_.!~*'()"u8;
        Add(Token | Host | Word | User | UriParameter | UriHeader | ParameterValue | PlainDisplayName, alphanumeric);
        Add(Token | ParameterValue | PlainDisplayName, "-.!%*_+`'~"u8);
        Add(Host, "-._"u8);
        Add(Word, "-.!%*_+`'~()<>:\\\"/[]?{}"u8);
        Add(User | UriParameter | UriHeader, mark);
        Add(User, "%&=+$,;?/#"u8);
        Add(UriParameter, "%[]/:&+$"u8);
        Add(UriHeader, "%[]/?:+$"u8);
        Add(White | PlainDisplayName, " \t\r\n"u8);
        Add(ParameterValue, "[]:"u8);
        Add(IPv6, "0123456789abcdefABCDEF:."u8);
        for (int value = 0x21; value < 0x7f; value++)
        {
            if (value is not ('<' or '>' or '"'))
            {
                classes[value] |= AnyUri;
            }
        }

        for (int value = 0x80; value < 0x100; value++)
        {
            classes[value] |= PlainDisplayName;
        }

        return classes;
    }
}
