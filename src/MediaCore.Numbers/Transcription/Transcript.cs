using System.Text.Json;

namespace MediaCore.Numbers.Transcription;

/// <summary>A word of a transcript.</summary>
/// <param name="Word">The word.</param>
/// <param name="StartMs">Where it begins in the sound, milliseconds.</param>
/// <param name="EndMs">Where it ends.</param>
/// <param name="Confidence">How sure the engine is, 0 to 1.</param>
public sealed record TranscriptWord(string Word, int StartMs, int EndMs, double Confidence);

/// <summary>Text of speech, as <see cref="Model.VoicemailMessage.Transcript"/> keeps it.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Confidence">How sure the engine is, 0 to 1: by its own account, which is not measured against what was said.</param>
/// <param name="Words">The words, in their order; empty where the engine tells none.</param>
public sealed record Transcript(string Text, double Confidence, IReadOnlyList<TranscriptWord> Words)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Who made it.</summary>
    public string Engine { get; init; } = "";

    /// <summary>In which language it was listened to.</summary>
    public string Language { get; init; } = "";

    /// <summary>Why there is none; null where there is one.</summary>
    public string? Problem { get; init; }

    /// <summary>As JSON, names in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads one; null for none.</summary>
    public static Transcript? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<Transcript>(json, s_json);
}
