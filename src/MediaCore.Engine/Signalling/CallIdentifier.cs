namespace MediaCore.Engine.Signalling;

/// <summary>
/// Our own identifier of a call: 26 characters of Crockford's base 32, 48 bits of Unix milliseconds and then 80 random bits, so that
/// records sort by time and two nodes never make the same one.
/// </summary>
internal static class CallIdentifier
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Create(DateTimeOffset now, IdentifierSource source)
    {
        var state = (Milliseconds: (ulong)now.ToUnixTimeMilliseconds(), High: source.Next() & 0xFF_FFFF_FFFF, Low: source.Next() & 0xFF_FFFF_FFFF);
        return string.Create(26, state, static (text, parts) =>
        {
            Fill(text[..10], parts.Milliseconds);
            Fill(text.Slice(10, 8), parts.High);
            Fill(text.Slice(18, 8), parts.Low);
        });
    }

    private static void Fill(Span<char> text, ulong value)
    {
        for (int i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    }
}
