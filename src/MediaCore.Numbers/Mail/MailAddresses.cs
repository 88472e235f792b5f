namespace MediaCore.Numbers.Mail;

/// <summary>Mail addresses as they stand in commands of SMTP.</summary>
public static class MailAddresses
{
    /// <summary>Whether a text is an address of a dot-string and a domain (RFC 5321 §4.1.2): ASCII, without quoted local parts, which next to nobody has.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.LastIndexOf('@');
        return text.Length <= MailLimits.MaxAddressCharacters && at is > 0 and <= 64 && IsDotted(text.AsSpan(0, at), "!#$%&'*+-/=?^_`{|}~") && IsDotted(text.AsSpan(at + 1), "-");
    }

    private static bool IsDotted(ReadOnlySpan<char> text, string others)
    {
        if (text.IsEmpty || text[0] == '.' || text[^1] == '.')
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (!char.IsAsciiLetterOrDigit(c) && !others.Contains(c, StringComparison.Ordinal) && !(c == '.' && text[i - 1] != '.'))
            {
                return false;
            }
        }

        return true;
    }
}
