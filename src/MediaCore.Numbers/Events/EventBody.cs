using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Events;

/// <summary>An event as webhooks and brokers get it: the body of Standard Webhooks (<c>type</c>, <c>timestamp</c>, <c>data</c>) with <c>subject</c> and <c>sequence</c>. The same event is always the same bytes.</summary>
internal static class EventBody
{
    /// <summary>Writes an event that has its number.</summary>
    public static byte[] Write(ServiceEvent told)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", told.Type);
            json.WriteString("timestamp", Time(told.CreatedAtMs));
            json.WriteString("subject", told.Subject);
            json.WriteNumber("sequence", told.Sequence);
            json.WritePropertyName("data");
            json.WriteRawValue(told.Data);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A time as RFC 3339 with milliseconds, in UTC.</summary>
    public static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
