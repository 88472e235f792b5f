namespace MediaCore.Numbers.Transcription;

/// <summary>Makes text of speech.</summary>
public interface ITranscriber
{
    /// <summary>Name and version of the engine, as transcripts say it.</summary>
    string Engine { get; }

    /// <summary>Makes a transcript.</summary>
    /// <param name="samples">The sound, mono at 16 kHz.</param>
    /// <param name="language">What is spoken, RFC 5646.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TranscriptionException">There is none, and why; <see cref="TranscriptionException.IsFinal"/> where another attempt changes nothing.</exception>
    Task<Transcript> TranscribeAsync(ReadOnlyMemory<short> samples, string language, CancellationToken cancellationToken);
}
