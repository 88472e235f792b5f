namespace MediaCore.Sip.Messages;

/// <summary>SIP-date, RFC 3261 §20.17: the RFC 1123 form, always in GMT.</summary>
internal static class SipDate
{
    /// <summary>Whether the text is of the form <c>Sat, 13 Nov 2010 23:29:00 GMT</c> with every field in its range.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        // wkday "," SP 2DIGIT SP month SP 4DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP "GMT"
        return text.Length == 29
            && text[3] == ',' && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && text[19] == ':' && text[22] == ':' && text[25] == ' '
            && IsOneOf("MonTueWedThuFriSatSun"u8, text[..3]) && IsOneOf("JanFebMarAprMayJunJulAugSepOctNovDec"u8, text.Slice(8, 3))
            && SipGrammar.TryParseNumber(text.Slice(5, 2), 31, out ulong day) && day > 0
            && SipGrammar.TryParseNumber(text.Slice(12, 4), 9999, out _)
            && SipGrammar.TryParseNumber(text.Slice(17, 2), 23, out _)
            && SipGrammar.TryParseNumber(text.Slice(20, 2), 59, out _)
            && SipGrammar.TryParseNumber(text.Slice(23, 2), 60, out _)
            && System.Text.Ascii.EqualsIgnoreCase(text[26..], "GMT"u8);
    }

    private static bool IsOneOf(ReadOnlySpan<byte> threes, ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < threes.Length; i += 3)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(threes.Slice(i, 3), text))
            {
                return true;
            }
        }

        return false;
    }
}
