namespace MediaCore.Engine.Prompts;

/// <summary>The kinds of <see cref="PromptSource"/>.</summary>
public enum PromptKind
{
    /// <summary>Nothing to play.</summary>
    None = 0,

    /// <summary>A text to speak.</summary>
    Text,

    /// <summary>A WAVE file.</summary>
    File,

    /// <summary>A finished recording.</summary>
    Recording,
}
