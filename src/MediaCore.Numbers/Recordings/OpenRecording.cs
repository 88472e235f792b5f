using System.Text.Json;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;

namespace MediaCore.Numbers.Recordings;

/// <summary>A recording that is under way, or whose row does not say yet what became of it. Events come on shards, the row is written by one task.</summary>
internal sealed class OpenRecording(Guid id, Guid tenantId, string? number, RecordingInfo begun, DateTimeOffset seenAt)
{
    private readonly Lock _lock = new();
    private readonly List<(long StartMs, long? EndMs, bool IsPaused)> _segments = [(0, null, false)];
    private volatile RecordingInfo? _ended;

    /// <summary>Key of its row.</summary>
    public Guid Id => id;

    /// <summary>Whose it is.</summary>
    public Guid TenantId => tenantId;

    /// <summary>The virtual number; null for none.</summary>
    public string? Number => number;

    /// <summary>As it began.</summary>
    public RecordingInfo Begun => begun;

    /// <summary>Since when it is known here.</summary>
    public DateTimeOffset SeenAt => seenAt;

    /// <summary>Whether its row is there; of the one task alone.</summary>
    public bool IsWritten { get; set; }

    /// <summary>How it ended, as the engine has told; null until then.</summary>
    public RecordingInfo? Ended => _ended;

    /// <summary>Something has happened to it; true when that was its end.</summary>
    public bool Take(RecordingChanged changed)
    {
        lock (_lock)
        {
            long atMs = Math.Max(0, (long)(changed.At - begun.StartedAt).TotalMilliseconds);
            switch (changed.Stage)
            {
                case RecordingStage.Paused or RecordingStage.Resumed when _segments.Count < RecordingRegisterLimits.MaxSegments:
                    _segments[^1] = _segments[^1] with { EndMs = atMs };
                    _segments.Add((atMs, null, changed.Stage == RecordingStage.Paused));
                    return false;
                case RecordingStage.Stopped:
                    _segments[^1] = _segments[^1] with { EndMs = atMs };
                    return false;
                case RecordingStage.Saved or RecordingStage.Discarded or RecordingStage.Failed:
                    _ended = changed.Recording;
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>When it was recorded and paused, as its row has it. One whose end nobody has seen lasts as long as its file.</summary>
    public string Segments(TimeSpan duration)
    {
        lock (_lock)
        {
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartArray();
                foreach ((long start, long? end, bool isPaused) in _segments)
                {
                    json.WriteStartObject();
                    json.WriteNumber("start_ms", start);
                    json.WriteNumber("end_ms", end ?? Math.Max(start, (long)duration.TotalMilliseconds));
                    json.WriteString("kind", isPaused ? "paused" : "recorded");
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
