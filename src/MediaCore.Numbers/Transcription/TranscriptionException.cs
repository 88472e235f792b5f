namespace MediaCore.Numbers.Transcription;

/// <summary>Speech of which no text was made.</summary>
/// <param name="message">Why.</param>
/// <param name="isFinal">Whether another attempt changes nothing.</param>
public sealed class TranscriptionException(string message, bool isFinal = true) : Exception(message)
{
    /// <summary>Whether another attempt changes nothing.</summary>
    public bool IsFinal { get; } = isFinal;
}
