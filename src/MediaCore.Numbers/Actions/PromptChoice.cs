namespace MediaCore.Numbers.Actions;

/// <summary>Something to be played: exactly one of a stored prompt, a file, a text. In JSON a string stands for a text.</summary>
public sealed record PromptChoice
{
    /// <summary>Name of a stored prompt, which may be there in several languages.</summary>
    public string? Prompt { get; init; }

    /// <summary>File below the prompt folder.</summary>
    public string? File { get; init; }

    /// <summary>A text, spoken in the call's language; <c>{name}</c> is replaced by that variable.</summary>
    public string? Text { get; init; }

    /// <summary>Texts by language, RFC 5646, where they differ; that of the call's language is spoken, else the tenant's, else the first.</summary>
    public IReadOnlyDictionary<string, string>? Texts { get; init; }
}
