using System.Globalization;
using System.Text;

namespace MediaCore.Numbers.Mail;

/// <summary>A mail, and its form on the wire: RFC 5322, MIME (RFC 2045 to 2047), in ASCII throughout so that every server takes it.</summary>
/// <param name="From">Sender.</param>
/// <param name="To">Receiver.</param>
/// <param name="Subject">Subject, any characters.</param>
/// <param name="Body">Text, any characters.</param>
public sealed record OutgoingMail(string From, string To, string Subject, string Body)
{
    /// <summary>Left side of the Message-ID; the same for each attempt, so that a receiver can tell a repetition.</summary>
    public required string Id { get; init; }

    /// <summary>Left side of the Message-ID that this one follows; null for none.</summary>
    public string? Follows { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Name of the attached file; null without one.</summary>
    public string? FileName { get; init; }

    /// <summary>The attached file.</summary>
    public ReadOnlyMemory<byte> File { get; init; }

    /// <summary>The bytes that follow DATA, with dots doubled (RFC 5321 §4.5.2), without the final dot.</summary>
    public byte[] ToBytes()
    {
        string domain = From[(From.LastIndexOf('@') + 1)..];
        string boundary = "=_" + Id;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Date: {Date.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n");
        text.Append(CultureInfo.InvariantCulture, $"From: <{From}>\r\nTo: <{To}>\r\nMessage-ID: <{Id}@{domain}>\r\n");
        if (Follows is { } first)
        {
            text.Append(CultureInfo.InvariantCulture, $"In-Reply-To: <{first}@{domain}>\r\nReferences: <{first}@{domain}>\r\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Subject: {EncodeWords(Subject)}\r\n");

        // RFC 3834 §5: nobody's holiday reply should answer.
        text.Append("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
        if (FileName is null)
        {
            AppendText(text);
        }
        else
        {
            string type = FileName.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ? "audio/wav" : "audio/ogg";
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n");
            AppendText(text);
            text.Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: {type}; name=\"{FileName}\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"{FileName}\"\r\n\r\n");
            AppendBase64(text, File.Span);
            text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n");
        }

        return Encoding.ASCII.GetBytes(text.Replace("\r\n.", "\r\n..").ToString());
    }

    private void AppendText(StringBuilder text)
    {
        text.Append("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        AppendBase64(text, Encoding.UTF8.GetBytes(Body.ReplaceLineEndings("\r\n")));
    }

    /// <summary>Lines of 76 characters (RFC 2045 §6.8), each with its end.</summary>
    private static void AppendBase64(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += 57)
        {
            text.Append(Convert.ToBase64String(bytes.Slice(at, Math.Min(57, bytes.Length - at)))).Append("\r\n");
        }
    }

    /// <summary>Encoded words (RFC 2047 §2: lines of at most 76 characters, the first one with the name of the header, and never a part of a character in a word) where it is not plain and short.</summary>
    private static string EncodeWords(string subject)
    {
        if (subject.Length <= 60 && subject.All(static c => c is >= ' ' and <= '~') && !subject.Contains("=?", StringComparison.Ordinal))
        {
            return subject;
        }

        var words = new List<string>();
        var piece = new List<byte>();
        Span<byte> one = stackalloc byte[4];
        foreach (Rune rune in subject.EnumerateRunes().Where(static rune => !Rune.IsControl(rune)))
        {
            int length = rune.EncodeToUtf8(one);
            if (piece.Count + length > (words.Count == 0 ? 36 : 45))
            {
                words.Add(Convert.ToBase64String([.. piece]));
                piece.Clear();
            }

            piece.AddRange(one[..length]);
        }

        words.Add(Convert.ToBase64String([.. piece]));
        return string.Join("\r\n ", words.Select(static word => $"=?utf-8?B?{word}?="));
    }
}
