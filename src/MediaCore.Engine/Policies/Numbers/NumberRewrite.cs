using System.Collections.Immutable;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Numbers;

/// <summary>
/// Rewrites the number of a trunk's messages, the same way wherever it stands: Request-URI, From, To, P-Asserted-Identity, Diversion, ... Only what is a
/// number is touched: digits after an optional plus sign, escapes undone and visual separators (<c>- . ( )</c>, RFC 3966 §5.1.1) left out. Names,
/// short numbers and emergency numbers (fewer digits than <see cref="MinDigits"/>) stay as they are, byte for byte. What follows a
/// semicolon in the user part (<c>;npdi;rn=…</c>, RFC 4694) is kept. Pure; allocates nothing.
/// <para>Order: <see cref="Strip"/>, then <see cref="Format"/>, then <see cref="Prefix"/>.</para>
/// </summary>
public sealed record NumberRewrite
{
    /// <summary>Longest user part that is looked at; E.164 has 15 digits, numbers with routing prefixes seldom 30. Longer ones are left alone.</summary>
    public const int MaxUserBytes = 64;

    /// <summary>Most digits of an E.164 number (ITU-T E.164 §6.2.1).</summary>
    public const int MaxE164Digits = 15;

    /// <summary>Most bytes of a configured prefix.</summary>
    public const int MaxPrefixBytes = 16;

    /// <summary>Prefixes to take off; the first that the number begins with. May have <c>*</c> and <c>#</c> (technical prefixes).</summary>
    public ImmutableArray<string> Strip { get; init; } = [];

    /// <summary>What is put in front at the end; empty for nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>How the number is written.</summary>
    public NumberFormat Format { get; init; }

    /// <summary>Country calling code, 1 to 3 digits (ITU-T E.164 §6.2.1); needed by every format but <see cref="NumberFormat.AsIs"/>.</summary>
    public string Country { get; init; } = "";

    /// <summary>Dialled before a national number: <c>0</c> in most countries, <c>1</c> in North America, empty in some.</summary>
    public string NationalPrefix { get; init; } = "";

    /// <summary>Dialled in place of a plus sign: <c>00</c> in most countries, <c>011</c> in North America.</summary>
    public string InternationalPrefix { get; init; } = "00";

    /// <summary>What a number without any prefix is.</summary>
    public BareNumber Bare { get; init; }

    /// <summary>Numbers with fewer digits are left alone: emergency numbers and short codes are the same everywhere. 7 by default.</summary>
    public int MinDigits { get; init; } = 7;

    /// <summary>Writes what becomes of a user part.</summary>
    /// <param name="user">The user part as it stands in the URI, escapes kept.</param>
    /// <param name="destination">At least <see cref="MaxUserBytes"/> + 2·<see cref="MaxPrefixBytes"/> bytes.</param>
    /// <returns>Bytes written; -1 when the user part is to be left as it is.</returns>
    public int Apply(ReadOnlySpan<byte> user, Span<byte> destination)
    {
        int semicolon = user.IndexOf((byte)';');
        ReadOnlySpan<byte> tail = semicolon < 0 ? default : user[semicolon..];
        ReadOnlySpan<byte> text = semicolon < 0 ? user : user[..semicolon];
        if (user.Length > MaxUserBytes)
        {
            return -1;
        }

        // Step 1: the number without escapes and separators.
        Span<byte> plain = stackalloc byte[MaxUserBytes];
        int length = ReadPlain(text, plain);
        if (length <= 0)
        {
            return -1;
        }

        ReadOnlySpan<byte> number = plain[..length];
        if (CountDigits(number) < MinDigits)
        {
            return -1;
        }

        // Step 2: strip.
        foreach (string prefix in Strip)
        {
            if (StartsWith(number, prefix))
            {
                number = number[prefix.Length..];
                break;
            }
        }

        if (!IsNumber(number))
        {
            return -1;
        }

        // Step 3: format, step 4: prefix.
        var writer = new SipWriter(destination);
        Write(ref writer, Prefix);
        if (Format == NumberFormat.AsIs)
        {
            writer.Raw(number);
        }
        else if (!TryWriteFormatted(ref writer, number))
        {
            return -1;
        }

        writer.Raw(tail);
        return writer.Overflowed ? -1 : writer.Length;
    }

    private bool TryWriteFormatted(ref SipWriter writer, scoped ReadOnlySpan<byte> number)
    {
        // The number as country code and national part, or as all its international digits.
        scoped ReadOnlySpan<byte> international;
        scoped ReadOnlySpan<byte> national = default;
        if (number[0] == (byte)'+')
        {
            international = number[1..];
        }
        else if (InternationalPrefix.Length > 0 && StartsWith(number, InternationalPrefix))
        {
            international = number[InternationalPrefix.Length..];
        }
        else if (NationalPrefix.Length > 0 && StartsWith(number, NationalPrefix))
        {
            international = default;
            national = number[NationalPrefix.Length..];
        }
        else if (Bare == BareNumber.International)
        {
            international = number;
        }
        else if (Bare == BareNumber.National)
        {
            international = default;
            national = number;
        }
        else
        {
            return false;
        }

        if (!international.IsEmpty && StartsWith(international, Country))
        {
            national = international[Country.Length..];
        }

        int digits = international.IsEmpty ? Country.Length + national.Length : international.Length;
        if (digits < MinDigits || digits > MaxE164Digits || (international.IsEmpty && national.IsEmpty))
        {
            return false;
        }

        if (Format == NumberFormat.National && !national.IsEmpty)
        {
            Write(ref writer, NationalPrefix);
            writer.Raw(national);
            return true;
        }

        if (Format is NumberFormat.National or NumberFormat.International)
        {
            Write(ref writer, InternationalPrefix);
        }
        else if (Format == NumberFormat.E164)
        {
            writer.Raw("+"u8);
        }

        if (international.IsEmpty)
        {
            Write(ref writer, Country);
            writer.Raw(national);
        }
        else
        {
            writer.Raw(international);
        }

        return true;
    }

    /// <summary>Escapes undone, separators left out; -1 for what is no number (a technical prefix with * or # may stand in it).</summary>
    private static int ReadPlain(ReadOnlySpan<byte> text, Span<byte> plain)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            if (value == (byte)'%')
            {
                if (i + 2 >= text.Length || !System.Buffers.Text.Utf8Parser.TryParse(text.Slice(i + 1, 2), out value, out int used, 'x') || used != 2)
                {
                    return -1;
                }

                i += 2;
            }

            if (value is (byte)'-' or (byte)'.' or (byte)'(' or (byte)')')
            {
                continue;
            }

            if (!char.IsAsciiDigit((char)value) && value is not ((byte)'*' or (byte)'#') && !(value == (byte)'+' && length == 0))
            {
                return -1;
            }

            plain[length++] = value;
        }

        return length;
    }

    private static int CountDigits(ReadOnlySpan<byte> number)
    {
        int digits = 0;
        foreach (byte value in number)
        {
            digits += char.IsAsciiDigit((char)value) ? 1 : 0;
        }

        return digits;
    }

    private static bool IsNumber(ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> digits = !number.IsEmpty && number[0] == (byte)'+' ? number[1..] : number;
        return !digits.IsEmpty && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private static bool StartsWith(ReadOnlySpan<byte> number, string prefix)
    {
        if (number.Length <= prefix.Length)
        {
            return false;
        }

        for (int i = 0; i < prefix.Length; i++)
        {
            if (number[i] != prefix[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Write(ref SipWriter writer, string ascii)
    {
        Span<byte> bytes = stackalloc byte[MaxPrefixBytes];
        writer.Raw(System.Text.Encoding.ASCII.TryGetBytes(ascii, bytes, out int length) ? bytes[..length] : default);
    }
}
