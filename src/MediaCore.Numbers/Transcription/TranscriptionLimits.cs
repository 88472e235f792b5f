namespace MediaCore.Numbers.Transcription;

/// <summary>Bounds of transcription, and what happens at each.</summary>
public static class TranscriptionLimits
{
    /// <summary>Samples per second of what engines get: that of the models of nearly all of them.</summary>
    public const int SampleRateHz = 16_000;

    /// <summary>Longest sound: what a box may take at most. Longer ones have no transcript.</summary>
    public static readonly TimeSpan MaxSound = TimeSpan.FromHours(1);

    /// <summary>Bytes of an engine's answer: an hour of speech has some 10,000 words, each with its times about 80 bytes.</summary>
    public const int MaxAnswerBytes = 2 * 1024 * 1024;

    /// <summary>Characters of a transcript.</summary>
    public const int MaxCharacters = 100_000;

    /// <summary>Words of a transcript.</summary>
    public const int MaxWords = 20_000;

    /// <summary>Messages that wait and are looked at for one that can be made here; the others come after them.</summary>
    public const int Batch = 256;

    /// <summary>How often it is looked for messages that nobody told of.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>After so long a message that could not be transcribed (its sound on no server that runs, the engine unreachable) has no transcript.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>So long a message rests after an attempt that is worth another.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);
}
