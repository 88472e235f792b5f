using System.Text.Json;
using MediaCore.Engine.Recordings;

namespace MediaCore.Numbers.Recordings;

/// <summary>What the file beside a recording says of it (docs/adr/0019-recordings.md).</summary>
internal static class RecordingDescription
{
    /// <summary>Its ending behind the recording's own.</summary>
    public const string Suffix = ".json";

    /// <summary>Reads one; null where there is none, it is another's, or it is damaged.</summary>
    /// <param name="folder">The folder of recordings.</param>
    /// <param name="file">The recording below it.</param>
    public static RecordingInfo? Read(string folder, string file)
    {
        string path = Path.Combine(folder, file + Suffix);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            return root.GetProperty("file").GetString() == file && root.TryGetProperty("sha256", out JsonElement hash)
                ? new RecordingInfo
                {
                    File = file,
                    CallId = Text(root, "call_id"),
                    LegId = Text(root, "leg_id"),
                    Status = RecordingNames.ParseStatus(Text(root, "status")),
                    Format = RecordingNames.ParseFormat(Text(root, "format")),
                    Layout = RecordingNames.ParseLayout(Text(root, "layout")),
                    SampleRateHz = root.GetProperty("sample_rate_hz").GetInt32(),
                    StartedAt = root.GetProperty("started_at").GetDateTimeOffset(),
                    Duration = TimeSpan.FromMilliseconds(root.GetProperty("duration_ms").GetInt64()),
                    Bytes = root.GetProperty("bytes").GetInt64(),
                    Sha256 = hash.GetString() ?? "",
                }
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? "" : "";
}
