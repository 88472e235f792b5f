namespace MediaCore.Numbers.Transcription;

/// <summary>The engines there are.</summary>
internal static class Transcribers
{
    /// <summary>The one that is configured; null for none.</summary>
    public static ITranscriber? Make(TranscriptionOptions options) => options.Engine switch
    {
        TranscriptionEngine.PocketSphinx => new PocketSphinx(options),
        TranscriptionEngine.Http => new HttpTranscriber(options),
        _ => null,
    };
}
