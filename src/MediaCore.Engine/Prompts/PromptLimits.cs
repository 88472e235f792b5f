namespace MediaCore.Engine.Prompts;

/// <summary>Bounds of prompts and speech.</summary>
public static class PromptLimits
{
    /// <summary>Longest text to speak: 5000 characters, about six minutes of speech and more than any announcement.</summary>
    public const int MaxTextCharacters = 5000;

    /// <summary>Longest voice name; espeak-ng's longest with a variant has about thirty characters.</summary>
    public const int MaxVoiceCharacters = 64;

    /// <summary>Longest path of a prompt file, PATH_MAX of Linux.</summary>
    public const int MaxPathCharacters = 4096;

    /// <summary>Longest prompt: 15 minutes, a long piece of music on hold; 43 MB in memory.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(15);

    /// <summary>How often files in memory are compared with the disk: one stat each, and as soon as anybody expects a new prompt to be heard.</summary>
    public static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes taken from the speech synthesizer: <see cref="MaxTextCharacters"/> at 22,050 Hz and half the usual speed are about 34 MB.</summary>
    public const int MaxSynthesizedBytes = 48 * 1024 * 1024;

    /// <summary>Most bytes kept of what a synthesizer writes to its error stream.</summary>
    public const int MaxErrorBytes = 1024;

    /// <summary>Speech synthesized at the same time, so that a burst of new texts leaves cores to the calls.</summary>
    public const int MaxConcurrentSyntheses = 2;

    /// <summary>Most texts waiting for the synthesizer or being read; further ones are told <see cref="PromptStatus.Busy"/>.</summary>
    public const int MaxPendingPrompts = 256;

    /// <summary>How long one synthesis may take, waiting excluded: espeak-ng speaks several hundred times faster than real time.</summary>
    public static readonly TimeSpan SynthesisTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Default bound of clips kept in memory: 64 MiB, half an hour of narrowband sound.</summary>
    public const long DefaultMemoryBytes = 64L * 1024 * 1024;

    /// <summary>Default bound of synthesized files on disk: 512 MiB, nine hours of speech; the oldest go first.</summary>
    public const long DefaultDiskBytes = 512L * 1024 * 1024;
}
