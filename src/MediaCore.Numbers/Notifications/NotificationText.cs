using System.Globalization;
using System.Text;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Transcription;

namespace MediaCore.Numbers.Notifications;

/// <summary>What a notification says, in the language and the time zone of its receivers.</summary>
/// <param name="Subject">Subject of a mail, and the first words of a text message.</param>
/// <param name="Body">Text of a mail.</param>
/// <param name="Short">A text message.</param>
internal sealed record NotificationText(string Subject, string Body, string Short)
{
    /// <summary>Of a message.</summary>
    public static NotificationText Of(VoicemailMessage message, NotificationSubject subject, string language, string timeZone, string? link, bool isTooLarge)
    {
        var words = NotificationWords.Of(language);
        string time = Local(message.ReceivedAtMs, timeZone);
        string length = TimeSpan.FromMilliseconds(message.DurationMs).ToString(@"m\:ss", CultureInfo.InvariantCulture);
        string title = Title(subject == NotificationSubject.Transcript ? words.Transcript : words.Voicemail, message.Caller, words);
        StringBuilder body = Head(title, message.Caller, message.Called, time, words).Append(CultureInfo.InvariantCulture, $"{words.Length}: {length}\n");
        string brief = $"{title}, {time}, {length}";
        if (subject == NotificationSubject.Transcript && Transcript.Parse(message.Transcript) is { } transcript)
        {
            string confidence = string.Format(CultureInfo.InvariantCulture, words.Confidence, Math.Round(transcript.Confidence * 100));
            body.Append(CultureInfo.InvariantCulture, $"\n{transcript.Text}\n\n({confidence})\n");
            brief = $"{title}: {transcript.Text}";
        }

        if (link is not null)
        {
            body.Append(CultureInfo.InvariantCulture, $"{words.Listen}: {link}\n");
        }

        if (isTooLarge)
        {
            body.Append('\n').Append(words.TooLarge).Append('\n');
        }

        return new NotificationText(title, body.ToString(), Cut(brief));
    }

    /// <summary>Of a call.</summary>
    public static NotificationText Of(Notification row, string language, string timeZone)
    {
        var words = NotificationWords.Of(language);
        string title = Title(words.Call, row.Caller, words);
        StringBuilder body = Head(title, row.Caller, row.Called, Local(row.CreatedAtMs, timeZone), words);
        if (row.Text.Length > 0)
        {
            body.Append('\n').Append(row.Text).Append('\n');
        }

        return new NotificationText(title, body.ToString(), Cut(row.Text.Length > 0 ? row.Text : $"{title}, {Local(row.CreatedAtMs, timeZone)}"));
    }

    private static StringBuilder Head(string title, string caller, string called, string time, NotificationWords words) => new StringBuilder(title).Append("\n\n")
        .Append(CultureInfo.InvariantCulture, $"{words.From}: {Caller(caller, words)}\n").Append(CultureInfo.InvariantCulture, $"{words.To}: {called}\n").Append(CultureInfo.InvariantCulture, $"{words.Time}: {time}\n");

    private static string Title(string pattern, string caller, NotificationWords words) => string.Format(CultureInfo.InvariantCulture, pattern, Caller(caller, words));

    private static string Caller(string caller, NotificationWords words) => caller.Length > 0 ? caller : words.Unknown;

    private static string Local(long ms, string timeZone)
    {
        TimeZoneInfo zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out TimeZoneInfo? found) ? found : TimeZoneInfo.Utc;
        return TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
    }

    private static string Cut(string text) => text.Length <= NotificationLimits.MaxTextCharacters ? text : text[..(NotificationLimits.MaxTextCharacters - 3)] + "...";
}
