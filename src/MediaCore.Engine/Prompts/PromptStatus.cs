namespace MediaCore.Engine.Prompts;

/// <summary>How getting a prompt ended.</summary>
public enum PromptStatus
{
    /// <summary>There is a clip.</summary>
    Ready = 0,

    /// <summary>The source says nothing that could be played: no text, a text or voice that is too long or malformed.</summary>
    Invalid,

    /// <summary>No such file.</summary>
    NotFound,

    /// <summary>The path leads out of the prompt directory, or there is none.</summary>
    Forbidden,

    /// <summary>The file is no WAVE file that can be read, or too long.</summary>
    Unreadable,

    /// <summary>The synthesizer is not installed, does not know the voice, failed or took too long.</summary>
    SpeechFailed,

    /// <summary><see cref="PromptLimits.MaxPendingPrompts"/> others are under way.</summary>
    Busy,
}
