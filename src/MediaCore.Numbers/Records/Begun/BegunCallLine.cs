using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>
/// The lines of the journal, a JSON object each. <c>{"record":{…},"decisions":[…]}</c>: all that is known of a call in progress; the last one of a call holds. <c>{"ended":"…"}</c>: that call is over and has its record. <c>{"alive":ms}</c>: the server was there then, milliseconds of Unix time.
/// </summary>
internal static class BegunCallLine
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the line of a call in progress.</summary>
    public static void WriteCall(ArrayBufferWriter<byte> to, CallRecord record, IEnumerable<CompletedCall> decisions)
    {
        using (var json = new Utf8JsonWriter(to, s_options))
        {
            json.WriteStartObject();
            json.WritePropertyName("record");
            CallRecordJson.Write(json, record);
            json.WriteStartArray("decisions");
            foreach (CompletedCall call in decisions)
            {
                KeptDecisions kept = KeptDecisions.Of(call);
                json.WriteStartObject();
                json.WriteString("tenant", kept.Row.TenantId);
                json.WriteString("number", kept.Row.Number);
                json.WriteNumber("at", kept.Row.AtMs);
                json.WriteString("linked_from", kept.LinkedFrom);
                json.WriteString("link", kept.Link.ToString());
                json.WriteString("document", kept.Row.Document);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        to.Write("\n"u8);
    }

    /// <summary>Writes that a call is over.</summary>
    public static void WriteEnd(ArrayBufferWriter<byte> to, string callId)
    {
        using (var json = new Utf8JsonWriter(to, s_options))
        {
            json.WriteStartObject();
            json.WriteString("ended", callId);
            json.WriteEndObject();
        }

        to.Write("\n"u8);
    }

    /// <summary>Writes that the server is there.</summary>
    public static void WriteAlive(ArrayBufferWriter<byte> to, long ms)
    {
        using (var json = new Utf8JsonWriter(to, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("alive", ms);
            json.WriteEndObject();
        }

        to.Write("\n"u8);
    }

    /// <summary>Reads lines, in the order in which they were written, over the calls that are known from earlier files.</summary>
    /// <param name="text">A file; what a crash has torn off at its end is passed over.</param>
    /// <param name="calls">Calls in progress by their identifier.</param>
    /// <param name="aliveMs">When the server was last there.</param>
    public static void Read(ReadOnlySpan<byte> text, Dictionary<string, CutOffCall> calls, ref long aliveMs)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            try
            {
                var reader = new Utf8JsonReader(line);
                using var json = JsonDocument.ParseValue(ref reader);
                ReadLine(json.RootElement, calls, ref aliveMs);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
            {
                // Torn off by a crash, or damaged by somebody: what other lines say holds.
            }
        }
    }

    private static void ReadLine(JsonElement line, Dictionary<string, CutOffCall> calls, ref long aliveMs)
    {
        if (line.TryGetProperty("alive", out JsonElement alive))
        {
            aliveMs = Math.Max(aliveMs, alive.GetInt64());
        }
        else if (line.TryGetProperty("ended", out JsonElement ended))
        {
            calls.Remove(ended.GetString() ?? "");
        }
        else if (CallRecordJson.TryRead(Encoding.UTF8.GetBytes(line.GetProperty("record").GetRawText()), out CallRecord record))
        {
            calls[record.CallId] = new CutOffCall(record, [.. line.GetProperty("decisions").EnumerateArray().Select(one => ReadDecisions(record.CallId, one))]);
            aliveMs = Math.Max(aliveMs, record.EndedAt.ToUnixTimeMilliseconds());
        }
    }

    private static KeptDecisions ReadDecisions(string callId, JsonElement json) => new(
        new CallTrace
        {
            CallId = callId,
            TenantId = json.GetProperty("tenant").GetGuid(),
            Number = json.GetProperty("number").GetString() ?? "",
            AtMs = json.GetProperty("at").GetInt64(),
            Document = json.GetProperty("document").GetString() ?? "{}",
        },
        json.GetProperty("linked_from").GetString(),
        Enum.TryParse(json.GetProperty("link").GetString(), out CallLinkKind link) ? link : CallLinkKind.None);
}
