namespace MediaCore.Numbers.Model;

/// <summary>Where a prompt's sound comes from.</summary>
public enum PromptOrigin : byte
{
    /// <summary>Spoken by the server.</summary>
    Text,

    /// <summary>A file that was uploaded.</summary>
    Upload,

    /// <summary>Recorded by phone.</summary>
    Phone,
}

/// <summary>Something that is played, in one language.</summary>
public sealed class Prompt : TenantRow
{
    /// <summary>Name; unique within tenant and language.</summary>
    public string Name { get; set; } = "";

    /// <summary>Language, RFC 5646.</summary>
    public string Language { get; set; } = "en";

    /// <summary>Where the sound comes from.</summary>
    public PromptOrigin Origin { get; set; }

    /// <summary>The words; of a recording, what is said in it.</summary>
    public string Text { get; set; } = "";

    /// <summary>Voice; null for the language's own.</summary>
    public string? Voice { get; set; }

    /// <summary>File below the prompt folder; null for a text.</summary>
    public string? File { get; set; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public string? Sha256 { get; set; }
}
