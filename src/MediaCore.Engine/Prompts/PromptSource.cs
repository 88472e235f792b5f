namespace MediaCore.Engine.Prompts;

/// <summary>Where a prompt comes from: a text to speak or a WAVE file in the prompt directory. Equal sources share one clip.</summary>
public readonly record struct PromptSource
{
    private PromptSource(PromptKind kind, string value, string? voice)
    {
        Kind = kind;
        Value = value;
        Voice = voice;
    }

    /// <summary>Which of the two; <see cref="PromptKind.None"/> for <c>default</c>.</summary>
    public PromptKind Kind { get; }

    /// <summary>The text, or the path relative to the prompt directory.</summary>
    public string Value { get; }

    /// <summary>The voice that speaks a text; null for the synthesizer's own.</summary>
    public string? Voice { get; }

    /// <summary>A text to speak.</summary>
    public static PromptSource FromText(string text, string? voice = null) => new(PromptKind.Text, text, string.IsNullOrEmpty(voice) ? null : voice);

    /// <summary>A WAVE file inside the prompt directory.</summary>
    public static PromptSource FromFile(string path) => new(PromptKind.File, path, null);

    /// <summary>A finished recording inside the directory of recordings.</summary>
    public static PromptSource FromRecording(string path) => new(PromptKind.Recording, path, null);

    /// <summary>For logs: a file by its path, a text by its length alone, since it may say numbers and names.</summary>
    public override string ToString() => Kind switch
    {
        PromptKind.File or PromptKind.Recording => Value,
        PromptKind.Text => $"a text of {Value.Length} characters",
        _ => "none",
    };
}
