using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// What few calls have and nobody searches by, as one JSON text beside the columns of a table: of a call <c>assertedCaller</c>, <c>originated_by</c>, <c>conference</c>, <c>variables</c>, <c>transfers</c> and <c>recordings</c>, of a leg
/// <c>hold_count</c>, <c>hold_ms</c>, <c>sound</c>, <c>line</c> and <c>quality</c>, all as in <see cref="CallRecordJson"/>. A later version's members are passed over.
/// </summary>
public static class CallRecordDetails
{
    // {} and nothing in it.
    private const int EmptyBytes = 2;

    /// <summary>The details of a call without its legs'; null when it has none.</summary>
    public static string? Write(CallRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Write(record, static (writer, call) =>
        {
            CallRecordJson.Text(writer, CallRecordJson.Field.AssertedCaller, call.AssertedCaller);
            CallRecordJson.Text(writer, CallRecordJson.Field.OriginatedBy, call.OriginatedBy);
            CallRecordJson.Text(writer, CallRecordJson.Field.Conference, call.Conference);
            CallRecordJson.WriteLists(writer, call);
        });
    }

    /// <summary>The details of a leg; null when it has none.</summary>
    public static string? Write(LegRecord leg)
    {
        ArgumentNullException.ThrowIfNull(leg);
        return Write(leg, CallRecordJson.WriteSound);
    }

    /// <summary>A call with its details; as it is where they are none or damaged.</summary>
    public static CallRecord Read(string? details, CallRecord record) => Read(details, record, static (ref Utf8JsonReader reader, CallRecord call) => CallRecordJsonReader.Read(ref reader, call));

    /// <summary>A leg with its details; as it is where they are none or damaged.</summary>
    public static LegRecord Read(string? details, LegRecord leg) => Read(details, leg, static (ref Utf8JsonReader reader, LegRecord known) =>
    {
        reader.Read();
        return CallRecordJsonReader.ReadLeg(ref reader, known);
    });

    private delegate T Reading<T>(ref Utf8JsonReader reader, T known);

    private static string? Write<T>(T of, Action<Utf8JsonWriter, T> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer, of);
            writer.WriteEndObject();
        }

        return buffer.WrittenCount > EmptyBytes ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    private static T Read<T>(string? details, T known, Reading<T> read)
    {
        if (details is null)
        {
            return known;
        }

        // Whoever has written into the database with other tools gets the rest of the record.
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(details), new JsonReaderOptions { MaxDepth = 8 });
            return read(ref reader, known);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return known;
        }
    }
}
