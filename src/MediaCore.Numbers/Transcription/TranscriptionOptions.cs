namespace MediaCore.Numbers.Transcription;

/// <summary>What makes text of speech.</summary>
public enum TranscriptionEngine
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>pocketsphinx, a program on this host.</summary>
    PocketSphinx,

    /// <summary>A web server.</summary>
    Http,
}

/// <summary>How messages are transcribed (<c>numbers.transcription</c>).</summary>
public sealed record TranscriptionOptions
{
    /// <summary>What makes text of speech.</summary>
    public TranscriptionEngine Engine { get; init; }

    /// <summary>Program of <see cref="TranscriptionEngine.PocketSphinx"/>, a name or a path.</summary>
    public string Program { get; init; } = "pocketsphinx_continuous";

    /// <summary>Language of its model, RFC 5646; messages in others have no transcript.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Address of <see cref="TranscriptionEngine.Http"/>. The operator's own, so it may be in a private network.</summary>
    public Uri? Url { get; init; }

    /// <summary>What it is asked with as a bearer token (RFC 6750 §2.1); null for none. Shown nowhere.</summary>
    public string? Token { get; init; }

    /// <summary>Longest that one message may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public override string ToString() => Engine.ToString();
}
