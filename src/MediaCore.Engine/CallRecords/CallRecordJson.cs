using System.Globalization;
using System.Text.Json;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// A call record as one JSON object: names in snake_case, times in ISO 8601 UTC with milliseconds, durations in milliseconds, members of
/// closed sets by their snake_case names (<see cref="CallEndNames"/>). Fields without a value are left out. Writing into a warm
/// <see cref="Utf8JsonWriter"/> allocates nothing. Reading back gives the same record to the millisecond; derived fields
/// (<c>duration_ms</c>, <c>talk_ms</c>) are for those who read the file without us.
/// </summary>
public static class CallRecordJson
{
    /// <summary>Writes one object. Texts are cut at <see cref="CallRecordLimits.MaxFieldCharacters"/>, legs at <see cref="CallRecordLimits.MaxLegs"/>.</summary>
    public static void Write(Utf8JsonWriter writer, CallRecord record)
    {
        writer.WriteStartObject();
        Text(writer, Field.CallId, record.CallId);
        Time(writer, Field.StartedAt, record.StartedAt);
        Time(writer, Field.RingingAt, record.RingingAt);
        Time(writer, Field.AnsweredAt, record.AnsweredAt);
        Time(writer, Field.EndedAt, record.EndedAt);
        writer.WriteNumber(Field.DurationMs, (long)record.Duration.TotalMilliseconds);
        writer.WriteNumber(Field.TalkMs, (long)record.TalkTime.TotalMilliseconds);
        Text(writer, Field.Caller, record.Caller);
        Text(writer, Field.AssertedCaller, record.AssertedCaller);
        Text(writer, Field.Called, record.Called);
        Text(writer, Field.Number, record.Number);
        Text(writer, Field.InboundTrunk, record.InboundTrunk);
        Text(writer, Field.OutboundTrunk, record.OutboundTrunk);
        Text(writer, Field.Account, record.Account);
        if (record.OriginatedBy is { } originatedBy)
        {
            Text(writer, Field.OriginatedBy, originatedBy);
        }

        if (record.Conference is { } conference)
        {
            Text(writer, Field.Conference, conference);
        }

        writer.WriteString(Field.EndedBy, CallEndNames.Of(record.EndedBy));
        writer.WriteString(Field.Reason, CallEndNames.Of(record.Reason));
        writer.WriteNumber(Field.SipStatus, record.SipStatus);
        writer.WriteNumber(Field.Q850Cause, record.Q850Cause);
        writer.WriteStartArray(Field.Legs);
        int legs = Math.Min(record.Legs.Count, CallRecordLimits.MaxLegs);
        for (int i = 0; i < legs; i++)
        {
            WriteLeg(writer, record.Legs[i]);
        }

        writer.WriteEndArray();
        if (legs < record.Legs.Count)
        {
            writer.WriteNumber(Field.LegsLeftOut, record.Legs.Count - legs);
        }

        WriteLists(writer, record);
        writer.WriteEndObject();
    }

    /// <summary>A leg as one JSON object, as it stands in its call's.</summary>
    public static string ToText(LegRecord leg)
    {
        ArgumentNullException.ThrowIfNull(leg);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteLeg(writer, leg);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Variables, transfers and recordings, where there are any.</summary>
    internal static void WriteLists(Utf8JsonWriter writer, CallRecord record)
    {
        if (record.Variables is { Count: > 0 } variables)
        {
            // Whole: Control.ControlLimits bounds them.
            writer.WriteStartObject(Field.Variables);
            foreach ((string name, string value) in variables)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        if (record.Transfers.Count > 0)
        {
            writer.WriteStartArray(Field.Transfers);
            for (int i = 0; i < Math.Min(record.Transfers.Count, CallRecordLimits.MaxTransfers); i++)
            {
                WriteTransfer(writer, record.Transfers[i]);
            }

            writer.WriteEndArray();
        }

        if (record.Recordings.Count > 0)
        {
            writer.WriteStartArray(Field.Recordings);
            for (int i = 0; i < Math.Min(record.Recordings.Count, CallRecordLimits.MaxRecordings); i++)
            {
                // The call's own identifier stands above.
                RecordingJson.Write(writer, record.Recordings[i] with { CallId = "" });
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>
    /// Reads one object. Fields that are not known (a later version's) are passed over; a missing <c>call_id</c>, a wrong type or anything
    /// that is not JSON gives false.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out CallRecord record)
    {
        // A damaged file is outside input: the reader's exceptions for it end here, as one verdict.
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 8 });
            record = CallRecordJsonReader.Read(ref reader, new CallRecord { CallId = "" });
            return record.CallId.Length > 0 && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            record = new CallRecord { CallId = "" };
            return false;
        }
    }

    private static void WriteLeg(Utf8JsonWriter writer, LegRecord leg)
    {
        writer.WriteStartObject();
        Text(writer, Field.LegId, leg.LegId);
        writer.WriteBoolean(Field.Inbound, leg.Inbound);
        Text(writer, Field.SipCallId, leg.SipCallId);
        Text(writer, Field.From, leg.From);
        Text(writer, Field.To, leg.To);
        Text(writer, Field.Peer, leg.Peer);
        Text(writer, Field.RemoteAddress, leg.RemoteAddress);
        Time(writer, Field.InvitedAt, leg.InvitedAt);
        Time(writer, Field.RingingAt, leg.RingingAt);
        Time(writer, Field.AnsweredAt, leg.AnsweredAt);
        Time(writer, Field.EndedAt, leg.EndedAt);
        writer.WriteString(Field.EndedBy, CallEndNames.Of(leg.EndedBy));
        writer.WriteNumber(Field.SipStatus, leg.SipStatus);
        writer.WriteNumber(Field.Q850Cause, leg.Q850Cause);
        Text(writer, Field.Codec, leg.Codec);
        Text(writer, Field.Srtp, leg.Srtp);
        Figures(writer, Field.Received, leg.Received);
        Figures(writer, Field.Sent, leg.Sent);
        WriteSound(writer, leg);
        writer.WriteEndObject();
    }

    /// <summary>How long a leg was on hold, what became of its sound, what was found in it and how good it was, where that is known.</summary>
    internal static void WriteSound(Utf8JsonWriter writer, LegRecord leg)
    {
        if (leg.HoldCount > 0)
        {
            writer.WriteNumber(Field.HoldCount, leg.HoldCount);
            writer.WriteNumber(Field.HoldMs, leg.HoldMilliseconds);
        }

        if (leg.Sound is { } sound)
        {
            SoundFigures.Write(writer, sound);
        }

        if (leg.Line is { } line)
        {
            LineRecordJson.Write(writer, line);
        }

        if (leg.Quality is { } quality)
        {
            MediaQualityJson.Write(writer, quality);
        }
    }

    private static void WriteTransfer(Utf8JsonWriter writer, TransferRecord transfer)
    {
        writer.WriteStartObject();
        Time(writer, Field.At, transfer.At);
        writer.WriteString(Field.Kind, CallEndNames.Of(transfer.Kind));
        Text(writer, Field.By, transfer.By);
        Text(writer, Field.To, transfer.To);
        writer.WriteNumber(Field.Status, transfer.Status);
        writer.WriteEndObject();
    }

    private static void Figures(Utf8JsonWriter writer, JsonEncodedText name, in MediaFigures figures)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber(Field.Packets, figures.Packets);
        writer.WriteNumber(Field.Bytes, figures.Bytes);
        writer.WriteNumber(Field.Lost, figures.Lost);
        Milliseconds(writer, Field.JitterMs, figures.JitterMilliseconds);
        Milliseconds(writer, Field.MaxJitterMs, figures.MaxJitterMilliseconds);
        writer.WriteEndObject();
    }

    // JSON has no NaN and no infinity; a figure that came to one was never measured.
    private static void Milliseconds(Utf8JsonWriter writer, JsonEncodedText name, double value)
        => writer.WriteNumber(name, double.IsFinite(value) ? Math.Round(value, 3) : 0);

    internal static void Text(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            ReadOnlySpan<char> kept = value.AsSpan(0, Math.Min(value.Length, CallRecordLimits.MaxFieldCharacters));

            // A cut through a surrogate pair would leave half a character.
            writer.WriteString(name, kept.Length < value.Length && char.IsHighSurrogate(kept[^1]) ? kept[..^1] : kept);
        }
    }

    private static void Time(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            Span<byte> text = stackalloc byte[24];
            time.UtcDateTime.TryFormat(text, out int length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            writer.WriteString(name, text[..length]);
        }
    }

    internal static class Field
    {
        internal static readonly JsonEncodedText CallId = JsonEncodedText.Encode("call_id");
        internal static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("started_at");
        internal static readonly JsonEncodedText RingingAt = JsonEncodedText.Encode("ringing_at");
        internal static readonly JsonEncodedText AnsweredAt = JsonEncodedText.Encode("answered_at");
        internal static readonly JsonEncodedText EndedAt = JsonEncodedText.Encode("ended_at");
        internal static readonly JsonEncodedText DurationMs = JsonEncodedText.Encode("duration_ms");
        internal static readonly JsonEncodedText TalkMs = JsonEncodedText.Encode("talk_ms");
        internal static readonly JsonEncodedText Caller = JsonEncodedText.Encode("caller");
        internal static readonly JsonEncodedText Called = JsonEncodedText.Encode("called");
        internal static readonly JsonEncodedText Number = JsonEncodedText.Encode("number");
        internal static readonly JsonEncodedText InboundTrunk = JsonEncodedText.Encode("inbound_trunk");
        internal static readonly JsonEncodedText OutboundTrunk = JsonEncodedText.Encode("outbound_trunk");
        internal static readonly JsonEncodedText AssertedCaller = JsonEncodedText.Encode("assertedCaller");
        internal static readonly JsonEncodedText Account = JsonEncodedText.Encode("account");
        internal static readonly JsonEncodedText OriginatedBy = JsonEncodedText.Encode("originated_by");
        internal static readonly JsonEncodedText Conference = JsonEncodedText.Encode("conference");
        internal static readonly JsonEncodedText Variables = JsonEncodedText.Encode("variables");
        internal static readonly JsonEncodedText EndedBy = JsonEncodedText.Encode("ended_by");
        internal static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
        internal static readonly JsonEncodedText SipStatus = JsonEncodedText.Encode("sip_status");
        internal static readonly JsonEncodedText Q850Cause = JsonEncodedText.Encode("q850_cause");
        internal static readonly JsonEncodedText Legs = JsonEncodedText.Encode("legs");
        internal static readonly JsonEncodedText LegsLeftOut = JsonEncodedText.Encode("legs_left_out");
        internal static readonly JsonEncodedText LegId = JsonEncodedText.Encode("leg_id");
        internal static readonly JsonEncodedText Inbound = JsonEncodedText.Encode("inbound");
        internal static readonly JsonEncodedText SipCallId = JsonEncodedText.Encode("sip_call_id");
        internal static readonly JsonEncodedText From = JsonEncodedText.Encode("from");
        internal static readonly JsonEncodedText To = JsonEncodedText.Encode("to");
        internal static readonly JsonEncodedText Peer = JsonEncodedText.Encode("peer");
        internal static readonly JsonEncodedText RemoteAddress = JsonEncodedText.Encode("remote_address");
        internal static readonly JsonEncodedText InvitedAt = JsonEncodedText.Encode("invited_at");
        internal static readonly JsonEncodedText HoldCount = JsonEncodedText.Encode("hold_count");
        internal static readonly JsonEncodedText HoldMs = JsonEncodedText.Encode("hold_ms");
        internal static readonly JsonEncodedText Codec = JsonEncodedText.Encode("codec");
        internal static readonly JsonEncodedText Srtp = JsonEncodedText.Encode("srtp");
        internal static readonly JsonEncodedText Received = JsonEncodedText.Encode("received");
        internal static readonly JsonEncodedText Sent = JsonEncodedText.Encode("sent");
        internal static readonly JsonEncodedText Transfers = JsonEncodedText.Encode("transfers");
        internal static readonly JsonEncodedText Recordings = JsonEncodedText.Encode("recordings");
        internal static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
        internal static readonly JsonEncodedText Kind = JsonEncodedText.Encode("kind");
        internal static readonly JsonEncodedText By = JsonEncodedText.Encode("by");
        internal static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        internal static readonly JsonEncodedText Packets = JsonEncodedText.Encode("packets");
        internal static readonly JsonEncodedText Bytes = JsonEncodedText.Encode("bytes");
        internal static readonly JsonEncodedText Lost = JsonEncodedText.Encode("lost");
        internal static readonly JsonEncodedText JitterMs = JsonEncodedText.Encode("jitter_ms");
        internal static readonly JsonEncodedText MaxJitterMs = JsonEncodedText.Encode("max_jitter_ms");
    }
}
