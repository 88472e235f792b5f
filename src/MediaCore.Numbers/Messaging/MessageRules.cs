using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace MediaCore.Numbers.Messaging;

/// <summary>What keeps a message from being sent, or from being sent now.</summary>
internal static class MessageRules
{
    private static readonly string[] s_types = ["image/", "audio/", "video/", "text/vcard", "text/calendar", "text/plain", "application/pdf"];

    /// <summary>What is wrong with a message in itself; null for nothing.</summary>
    public static string? Check(OutgoingText message, DateTimeOffset now) => message switch
    {
        { Text.Length: 0, Media.Count: 0 } => "A message has words or media: neither is there.",
        { Text.Length: > MessageLimits.MaxCharacters } => $"A message has at most {MessageLimits.MaxCharacters} characters.",
        { From.Length: > MessageLimits.MaxPartyCharacters } or { To.Length: > MessageLimits.MaxPartyCharacters } => $"A number or account has at most {MessageLimits.MaxPartyCharacters} characters.",
        { To.Length: 0 } => "Whom to? Give a number, as +441632960001, or an account.",
        { Key.Length: > MessageLimits.MaxKeyCharacters } => $"A key has at most {MessageLimits.MaxKeyCharacters} characters.",
        _ when message.Text.Any(static c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) => "A message has no control characters but for line ends.",
        _ when message.To[0] == '+' && !IsE164(message.To) => $"'{message.To}' is no number: write it as +441632960001.",
        _ when message.Validity is { } validity && (validity < TimeSpan.FromMinutes(1) || validity > MessageLimits.MaxAhead) => "The validity is a minute to 35 days.",
        _ when message.At - now > MessageLimits.MaxAhead => "The time of sending is at most 35 days ahead.",
        _ => CheckMedia(message.Media),
    };

    /// <summary>What is wrong with files; null for nothing.</summary>
    public static string? CheckMedia(IReadOnlyList<MessageMedia> media)
        => media.Count > MessageLimits.MaxMedia ? $"There are at most {MessageLimits.MaxMedia} files."
        : media.Any(static file => file.Bytes < 0) || media.Sum(static file => file.Bytes) > MessageLimits.MaxMediaBytes ? $"All files have at most {MessageLimits.MaxMediaBytes} bytes."
        : media.FirstOrDefault(static file => !Array.Exists(s_types, type => file.Type.StartsWith(type, StringComparison.OrdinalIgnoreCase))) is { } wrong ? $"'{wrong.Type}' is no type that an MMS carries: pictures, sound, films, vCards, text and PDF are."
        : media.Any(static file => !file.Uri.IsAbsoluteUri || file.Uri.Scheme is not ("http" or "https")) ? "Files are given by their addresses, http or https."
        : null;

    /// <summary>A number, E.164.</summary>
    public static bool IsE164(string number) => number is ['+', >= '1' and <= '9', ..] && number.Length is >= 8 and <= 16 && !number.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether a receiver wants no messages of a number.</summary>
    public static Task<bool> IsOptedOutAsync(ServiceContext context, Guid tenant, string number, string peer, CancellationToken cancellationToken)
        => context.MessageOptOuts.AnyAsync(row => row.TenantId == tenant && row.Number == number && row.Peer == peer && row.IsOut, cancellationToken);

    /// <summary>What a tenant has set, or the usual.</summary>
    public static async Task<MessageSettings> ReadSettingsAsync(ServiceContext context, Guid tenant, CancellationToken cancellationToken)
        => await context.MessageSettings.AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant, cancellationToken) ?? new MessageSettings { TenantId = tenant };

    /// <summary>Which rate a further message would go beyond; null for none. Two at the same moment may both find room for one.</summary>
    public static async Task<string?> CheckRatesAsync(ServiceContext context, MessageSettings settings, string number, string peer, long nowMs, CancellationToken cancellationToken)
    {
        Guid tenant = settings.TenantId;
        long minute = nowMs - 60_000;
        if (await context.Messages.CountAsync(row => row.TenantId == tenant && !row.Inbound && row.CreatedAtMs > minute, cancellationToken) >= settings.PerMinute)
        {
            return $"There were {settings.PerMinute} messages within a minute already: wait, or raise the limit (per_minute).";
        }

        long hour = nowMs - 3_600_000;
        IQueryable<string> peers = context.Messages.Where(row => row.TenantId == tenant && row.Number == number && !row.Inbound && row.CreatedAtMs > hour).Select(static row => row.Peer).Distinct();
        return await peers.CountAsync(cancellationToken) >= settings.ReceiversPerHour && !await peers.ContainsAsync(peer, cancellationToken)
            ? $"This number has written to {settings.ReceiversPerHour} receivers within an hour already: wait, or raise the limit (receivers_per_hour)."
            : null;
    }

    /// <summary>When something may go that is due: then, or at the end of the tenant's quiet hours.</summary>
    public static long AfterQuiet(MessageSettings settings, string timeZone, long dueMs)
    {
        if (settings.QuietFrom == settings.QuietUntil)
        {
            return dueMs;
        }

        DateTimeZone zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        LocalDateTime local = Instant.FromUnixTimeMilliseconds(dueMs).InZone(zone).LocalDateTime;
        int minute = (local.Hour * 60) + local.Minute;
        bool overMidnight = settings.QuietUntil < settings.QuietFrom;
        bool isQuiet = overMidnight ? minute >= settings.QuietFrom || minute < settings.QuietUntil : minute >= settings.QuietFrom && minute < settings.QuietUntil;
        if (!isQuiet)
        {
            return dueMs;
        }

        LocalDate day = overMidnight && minute >= settings.QuietFrom ? local.Date.PlusDays(1) : local.Date;
        return (day + LocalTime.FromMinutesSinceMidnight(settings.QuietUntil)).InZoneLeniently(zone).ToInstant().ToUnixTimeMilliseconds();
    }
}
