using System.Text.Json;

namespace MediaCore.Engine.Recordings;

/// <summary>A recording as one JSON object: in the call's record, and in the file beside the recording.</summary>
internal static class RecordingJson
{
    /// <summary>Writes the object; what is not known yet is left out.</summary>
    public static void Write(Utf8JsonWriter writer, RecordingInfo recording)
    {
        writer.WriteStartObject();
        if (recording.CallId.Length > 0)
        {
            writer.WriteString("call_id"u8, recording.CallId);
        }

        if (recording.LegId.Length > 0)
        {
            writer.WriteString("leg_id"u8, recording.LegId);
        }

        writer.WriteString("file"u8, recording.File);
        writer.WriteString("status"u8, RecordingNames.Of(recording.Status));
        writer.WriteString("format"u8, RecordingNames.Of(recording.Format));
        writer.WriteString("layout"u8, RecordingNames.Of(recording.Layout));
        writer.WriteNumber("sample_rate_hz"u8, recording.SampleRateHz);
        writer.WriteString("started_at"u8, recording.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteNumber("duration_ms"u8, (long)recording.Duration.TotalMilliseconds);
        writer.WriteNumber("gaps_ms"u8, (long)recording.Gaps.TotalMilliseconds);
        if (recording.Sha256.Length > 0)
        {
            writer.WriteNumber("bytes"u8, recording.Bytes);
            writer.WriteString("sha256"u8, recording.Sha256);
        }

        writer.WriteEndObject();
    }
}
