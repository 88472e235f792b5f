using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>What rows and messages have in common.</summary>
internal static class ApiMapping
{
    /// <summary>The etag of a row.</summary>
    public static string ETag(Row row) => row.Version.ToString();

    /// <summary>A time of a row.</summary>
    public static Timestamp Time(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));

    /// <summary>A time of a row; null stays null.</summary>
    public static Timestamp? Time(long? ms) => ms is { } known ? Time(known) : null;

    /// <summary>A time of a request as rows have it; null stays null.</summary>
    public static long? Ms(Timestamp? time, string field)
    {
        if (time is null)
        {
            return null;
        }

        // The bounds of google.protobuf.Timestamp: the years 1 to 9999.
        return time.Seconds is >= -62_135_596_800 and <= 253_402_300_799 && time.Nanos is >= 0 and <= 999_999_999
            ? (time.Seconds * 1000) + (time.Nanos / 1_000_000)
            : throw ApiErrors.Invalid(field, "This is no time.");
    }

    /// <summary>A time of a request; null stays null.</summary>
    public static DateTimeOffset? Moment(Timestamp? time, string field) => Ms(time, field) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>An enumeration of a row as that of the messages: their names are the same.</summary>
    public static T To<T>(System.Enum value)
        where T : struct, System.Enum => System.Enum.Parse<T>(value.ToString());

    /// <summary>An enumeration of a message as that of the rows; the other way round.</summary>
    /// <param name="value">The value.</param>
    /// <param name="usual">What unspecified stands for; null where it must be said.</param>
    /// <param name="field">The field.</param>
    public static T From<T>(System.Enum value, T? usual, string field)
        where T : struct, System.Enum
    {
        if (Convert.ToInt32(value) == 0)
        {
            return usual ?? throw ApiErrors.Invalid(field, $"One of {string.Join(", ", System.Enum.GetNames<T>())} is needed.");
        }

        return System.Enum.IsDefined(value.GetType(), value) && System.Enum.TryParse(value.ToString(), out T found) ? found : throw ApiErrors.Invalid(field, "It has no such value.");
    }

    /// <summary>A name.</summary>
    public static string Name(string name, string field = "name") => string.IsNullOrWhiteSpace(name) || name.Length > InventoryLimits.MaxLabelCharacters || name.Any(char.IsControl)
        ? throw ApiErrors.Invalid(field, $"A name has 1 to {InventoryLimits.MaxLabelCharacters} characters.")
        : Guid.TryParse(name, out _) ? throw ApiErrors.Invalid(field, "A name does not look like an identifier.") : name;

    /// <summary>A text that may be empty.</summary>
    public static string Text(string text, string field, int max = InventoryLimits.MaxLabelCharacters) => text.Length > max || text.Any(static c => char.IsControl(c) && c is not ('\n' or '\t'))
        ? throw ApiErrors.Invalid(field, $"It has at most {max} characters.")
        : text;

    /// <summary>A text that is null when it is empty.</summary>
    public static string? TextOrNull(string text, string field) => text.Length == 0 ? null : Text(text, field);

    /// <summary>A number in its bounds.</summary>
    public static int Number(int value, int min, int max, string field) => value >= min && value <= max ? value : throw ApiErrors.Invalid(field, $"It is {min} to {max}.");

    /// <summary>A time zone.</summary>
    public static string Zone(string zone, string field = "time_zone") => NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null
        ? zone
        : throw ApiErrors.Invalid(field, "There is no such time zone: write its IANA name, as Europe/Berlin.");

    /// <summary>A language tag, RFC 5646: letters and digits in groups of up to eight.</summary>
    public static string Language(string language, string field = "language") => language.Length is > 0 and <= 35 && language.Split('-').All(static part => part.Length is > 0 and <= 8 && part.All(char.IsAsciiLetterOrDigit))
        ? language
        : throw ApiErrors.Invalid(field, "This is no language: write its tag, as en or pt-BR.");

    /// <summary>A JSON object.</summary>
    public static string Json(string json, string field, int maxBytes = 1024 * 1024)
    {
        if (Encoding.UTF8.GetByteCount(json) > maxBytes)
        {
            throw ApiErrors.Invalid(field, $"It has at most {maxBytes} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? json : throw ApiErrors.Invalid(field, "It is a JSON object.");
        }
        catch (JsonException e)
        {
            throw ApiErrors.Invalid(field, $"It is no JSON: {e.Message}");
        }
    }

    /// <summary>Rows of a page.</summary>
    public static int PageSize(int asked) => asked <= 0 ? ApiLimits.DefaultPageRows : Math.Min(asked, ApiLimits.MaxPageRows);

    /// <summary>A page token of the last row's key.</summary>
    public static string ToToken(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>The key of a page token; null for the first page.</summary>
    public static string? FromToken(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[ApiLimits.MaxPageTokenCharacters];
        return token.Length <= ApiLimits.MaxPageTokenCharacters && Base64Url.IsValid(token) && Base64Url.TryDecodeFromChars(token, bytes, out int length)
            ? Encoding.UTF8.GetString(bytes[..length])
            : throw BadToken();
    }

    /// <summary>The identifier in a page token; <see cref="Guid.Empty"/> for the first page.</summary>
    public static Guid IdFromToken(string token) => FromToken(token) is not { } key ? Guid.Empty : Guid.TryParse(key, out Guid id) ? id : throw BadToken();

    /// <summary>A token that was never given out.</summary>
    public static Grpc.Core.RpcException BadToken() => ApiErrors.Invalid("page_token", "This is no page token of this list: begin with an empty one.");
}
