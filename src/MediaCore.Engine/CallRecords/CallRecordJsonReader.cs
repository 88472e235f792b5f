using System.Globalization;
using System.Text.Json;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.CallRecords;

/// <summary>The reading half of <see cref="CallRecordJson"/>; throws on damaged input, which its one caller turns into a verdict.</summary>
internal static class CallRecordJsonReader
{
    /// <summary>Reads an object over what is known of the call already.</summary>
    internal static CallRecord Read(ref Utf8JsonReader reader, CallRecord record)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader, out string name))
        {
            record = name switch
            {
                "call_id" => record with { CallId = reader.GetString() ?? "" },
                "started_at" => record with { StartedAt = Time(ref reader) },
                "ringing_at" => record with { RingingAt = Time(ref reader) },
                "answered_at" => record with { AnsweredAt = Time(ref reader) },
                "ended_at" => record with { EndedAt = Time(ref reader) },
                "caller" => record with { Caller = reader.GetString() ?? "" },
                "called" => record with { Called = reader.GetString() ?? "" },
                "number" => record with { Number = reader.GetString() },
                "inbound_trunk" => record with { InboundTrunk = reader.GetString() },
                "outbound_trunk" => record with { OutboundTrunk = reader.GetString() },
                "assertedCaller" => record with { AssertedCaller = reader.GetString() },
                "account" => record with { Account = reader.GetString() },
                "originated_by" => record with { OriginatedBy = reader.GetString() },
                "conference" => record with { Conference = reader.GetString() },
                "ended_by" => record with { EndedBy = Side(ref reader) },
                "reason" => record with { Reason = Reason(ref reader) },
                "sip_status" => record with { SipStatus = reader.GetInt32() },
                "q850_cause" => record with { Q850Cause = reader.GetInt32() },
                "variables" => record with { Variables = ReadVariables(ref reader) },
                "transfers" => record with { Transfers = ReadTransfers(ref reader) },
                "recordings" => record with { Recordings = ReadRecordings(ref reader, record.CallId) },
                "legs" => record with { Legs = ReadLegs(ref reader) },
                _ => PassOver(ref reader, record),
            };
        }

        return record;
    }

    private static List<LegRecord> ReadLegs(ref Utf8JsonReader reader)
    {
        var legs = new List<LegRecord>(2);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("legs is not an array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (legs.Count >= CallRecordLimits.MaxLegs)
            {
                throw new JsonException("more legs than are ever written");
            }

            legs.Add(ReadLeg(ref reader, new LegRecord { LegId = "" }));
        }

        return legs;
    }

    private static Dictionary<string, string> ReadVariables(ref Utf8JsonReader reader)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("variables is not an object");
        }

        while (NextName(ref reader, out string name))
        {
            if (variables.Count >= Control.ControlLimits.MaxVariables)
            {
                throw new JsonException("more variables than a call ever has");
            }

            variables[name] = reader.GetString() ?? "";
        }

        return variables;
    }

    private static List<RecordingInfo> ReadRecordings(ref Utf8JsonReader reader, string callId)
    {
        var recordings = new List<RecordingInfo>(1);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("recordings is not an array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (recordings.Count >= CallRecordLimits.MaxRecordings || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("more recordings than are ever written, or one that is no object");
            }

            var recording = new RecordingInfo { File = "", CallId = callId };
            while (NextName(ref reader, out string name))
            {
                recording = name switch
                {
                    "leg_id" => recording with { LegId = reader.GetString() ?? "" },
                    "file" => recording with { File = reader.GetString() ?? "" },
                    "status" => recording with { Status = RecordingNames.ParseStatus(reader.GetString()) },
                    "format" => recording with { Format = RecordingNames.ParseFormat(reader.GetString()) },
                    "layout" => recording with { Layout = RecordingNames.ParseLayout(reader.GetString()) },
                    "sample_rate_hz" => recording with { SampleRateHz = reader.GetInt32() },
                    "started_at" => recording with { StartedAt = Time(ref reader) },
                    "duration_ms" => recording with { Duration = TimeSpan.FromMilliseconds(reader.GetInt64()) },
                    "gaps_ms" => recording with { Gaps = TimeSpan.FromMilliseconds(reader.GetInt64()) },
                    "bytes" => recording with { Bytes = reader.GetInt64() },
                    "sha256" => recording with { Sha256 = reader.GetString() ?? "" },
                    _ => PassOver(ref reader, recording),
                };
            }

            recordings.Add(recording);
        }

        return recordings;
    }

    private static List<TransferRecord> ReadTransfers(ref Utf8JsonReader reader)
    {
        var transfers = new List<TransferRecord>(1);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("transfers is not an array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (transfers.Count >= CallRecordLimits.MaxTransfers || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("more transfers than are ever written, or one that is no object");
            }

            var transfer = new TransferRecord();
            while (NextName(ref reader, out string name))
            {
                transfer = name switch
                {
                    "at" => transfer with { At = Time(ref reader) },
                    "kind" => transfer with { Kind = CallEndNames.TryParse(reader.GetString(), out TransferKind kind) ? kind : throw new JsonException("unknown kind") },
                    "by" => transfer with { By = reader.GetString() ?? "" },
                    "to" => transfer with { To = reader.GetString() ?? "" },
                    "status" => transfer with { Status = reader.GetInt32() },
                    _ => PassOver(ref reader, transfer),
                };
            }

            transfers.Add(transfer);
        }

        return transfers;
    }

    /// <summary>Reads the object that the reader is at over what is known of the leg already.</summary>
    internal static LegRecord ReadLeg(ref Utf8JsonReader reader, LegRecord leg)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a leg is not an object");
        }

        while (NextName(ref reader, out string name))
        {
            leg = name switch
            {
                "leg_id" => leg with { LegId = reader.GetString() ?? "" },
                "inbound" => leg with { Inbound = reader.GetBoolean() },
                "sip_call_id" => leg with { SipCallId = reader.GetString() ?? "" },
                "from" => leg with { From = reader.GetString() ?? "" },
                "to" => leg with { To = reader.GetString() ?? "" },
                "peer" => leg with { Peer = reader.GetString() },
                "remote_address" => leg with { RemoteAddress = reader.GetString() ?? "" },
                "invited_at" => leg with { InvitedAt = Time(ref reader) },
                "ringing_at" => leg with { RingingAt = Time(ref reader) },
                "answered_at" => leg with { AnsweredAt = Time(ref reader) },
                "ended_at" => leg with { EndedAt = Time(ref reader) },
                "ended_by" => leg with { EndedBy = Side(ref reader) },
                "sip_status" => leg with { SipStatus = reader.GetInt32() },
                "q850_cause" => leg with { Q850Cause = reader.GetInt32() },
                "hold_count" => leg with { HoldCount = reader.GetInt32() },
                "hold_ms" => leg with { HoldMilliseconds = reader.GetInt32() },
                "codec" => leg with { Codec = reader.GetString() },
                "srtp" => leg with { Srtp = reader.GetString() },
                "received" => leg with { Received = ReadFigures(ref reader) },
                "sent" => leg with { Sent = ReadFigures(ref reader) },
                "line" => leg with { Line = LineRecordJson.Read(ref reader) },
                "quality" => leg with { Quality = ReadQuality(ref reader) },
                "sound" => leg with { Sound = ReadSound(ref reader) },
                _ => PassOver(ref reader, leg),
            };
        }

        return leg;
    }

    private static MediaQuality ReadQuality(ref Utf8JsonReader reader)
    {
        var quality = new MediaQuality();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a quality is not an object");
        }

        while (NextName(ref reader, out string name))
        {
            quality = MediaQualityJson.Read(ref reader, name, quality) ?? PassOver(ref reader, quality);
        }

        return quality;
    }

    private static SoundFigures ReadSound(ref Utf8JsonReader reader)
    {
        var sound = new SoundFigures();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("figures of sound are not an object");
        }

        while (NextName(ref reader, out string name))
        {
            sound = SoundFigures.Read(ref reader, name, sound) ?? PassOver(ref reader, sound);
        }

        return sound;
    }

    private static MediaFigures ReadFigures(ref Utf8JsonReader reader)
    {
        var figures = default(MediaFigures);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("media figures are not an object");
        }

        while (NextName(ref reader, out string name))
        {
            figures = name switch
            {
                "packets" => figures with { Packets = reader.GetInt64() },
                "bytes" => figures with { Bytes = reader.GetInt64() },
                "lost" => figures with { Lost = reader.GetInt64() },
                "jitter_ms" => figures with { JitterMilliseconds = reader.GetDouble() },
                "max_jitter_ms" => figures with { MaxJitterMilliseconds = reader.GetDouble() },
                _ => PassOver(ref reader, figures),
            };
        }

        return figures;
    }

    // Leaves the reader on the value of the next property; false at the end of the object.
    private static bool NextName(ref Utf8JsonReader reader, out string name)
    {
        name = "";
        if (!reader.Read())
        {
            throw new JsonException("the object has no end");
        }

        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        name = reader.GetString() ?? "";
        return reader.Read() ? true : throw new JsonException("a name has no value");
    }

    private static T PassOver<T>(ref Utf8JsonReader reader, T unchanged)
    {
        reader.Skip();
        return unchanged;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException("not an object");
        }
    }

    private static DateTimeOffset Time(ref Utf8JsonReader reader)
        => DateTimeOffset.Parse(reader.GetString() ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static CallEndReason Reason(ref Utf8JsonReader reader)
        => CallEndNames.TryParse(reader.GetString(), out CallEndReason reason) ? reason : throw new JsonException("unknown reason");

    private static CallEndSide Side(ref Utf8JsonReader reader)
        => CallEndNames.TryParse(reader.GetString(), out CallEndSide side) ? side : throw new JsonException("unknown side");
}
