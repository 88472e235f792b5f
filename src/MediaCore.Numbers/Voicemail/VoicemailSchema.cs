using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Voicemail;

/// <summary>The published JSON Schema (draft 2020-12) of <see cref="VoicemailSettings"/>.</summary>
public static class VoicemailSchema
{
    /// <summary>Its text.</summary>
    public static string Json { get; } = EmbeddedText.Read("MediaCore.Numbers.Voicemail.voicemail.schema.json");
}
