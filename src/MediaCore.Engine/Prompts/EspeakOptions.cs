namespace MediaCore.Engine.Prompts;

/// <summary>Settings of <see cref="EspeakSynthesizer"/>.</summary>
public sealed record EspeakOptions
{
    /// <summary>The program: a name looked up in PATH, or a path. Default <c>espeak-ng</c>.</summary>
    public string Program { get; init; } = "espeak-ng";

    /// <summary>The voice when a prompt names none. Default <c>en-us</c>.</summary>
    public string DefaultVoice { get; init; } = "en-us";

    /// <summary>Words per minute, 80–450. Default 150, a little slower than espeak-ng's own 175: telephone speech loses consonants above 3.4 kHz.</summary>
    public int WordsPerMinute { get; init; } = 150;

    /// <summary>How long one synthesis may take. Default <see cref="PromptLimits.SynthesisTimeout"/>; when it passes the process is killed.</summary>
    public TimeSpan Timeout { get; init; } = PromptLimits.SynthesisTimeout;
}
