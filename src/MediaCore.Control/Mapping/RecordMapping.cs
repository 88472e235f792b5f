using System.Buffers;
using System.Text;
using System.Text.Json;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Recordings;

namespace MediaCore.Control.Mapping;

/// <summary>Records of calls and recordings.</summary>
internal static class RecordMapping
{
    /// <summary>A call's record: what everybody asks for as fields, all of it as JSON.</summary>
    public static V1.CallRecord ToRecord(CallRecord record) => new()
    {
        CallId = record.CallId,
        Caller = record.Caller,
        Called = record.Called,
        Number = record.Number ?? "",
        Account = record.Account ?? "",
        InboundTrunk = record.InboundTrunk ?? "",
        OutboundTrunk = record.OutboundTrunk ?? "",
        StartedAt = DurationMapping.ToTimestamp(record.StartedAt),
        AnsweredAt = DurationMapping.ToTimestamp(record.AnsweredAt),
        EndedAt = DurationMapping.ToTimestamp(record.EndedAt),
        TalkTime = DurationMapping.ToDuration(record.TalkTime),
        EndReason = CallEndNames.Of(record.Reason),
        EndedBy = CallEndNames.Of(record.EndedBy),
        SipStatus = record.SipStatus,
        Q850Cause = record.Q850Cause,
        Json = ToJson(record),
    };

    /// <summary>A recording.</summary>
    public static V1.Recording ToRecording(RecordingInfo recording) => new()
    {
        Path = recording.File,
        StartedAt = DurationMapping.ToTimestamp(recording.StartedAt),
        Duration = DurationMapping.ToDuration(recording.Duration),
        SizeBytes = recording.Bytes,
        Sha256 = recording.Sha256,
        Gaps = DurationMapping.ToDuration(recording.Gaps),
    };

    private static string ToJson(CallRecord record)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            CallRecordJson.Write(writer, record);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
