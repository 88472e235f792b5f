namespace MediaCore.Engine.Calls;

/// <summary>A text that a call keeps, in an array that is little longer than the text and stays with the pooled call: thousands of calls hold theirs for minutes, and room for the longest would be most of a call's memory.</summary>
internal struct CallText
{
    private const int StepBytes = 32;

    private byte[]? _bytes;

    /// <summary>Its bytes; 0 for none.</summary>
    public int Length { get; private set; }

    /// <summary>The text.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Keeps another text.</summary>
    public void Set(scoped ReadOnlySpan<byte> text)
    {
        if (_bytes is null || _bytes.Length < text.Length)
        {
            _bytes = text.IsEmpty ? _bytes : new byte[(text.Length + StepBytes - 1) / StepBytes * StepBytes];
        }

        text.CopyTo(_bytes);
        Length = text.Length;
    }

    /// <summary>Forgets it; the room stays.</summary>
    public void Clear() => Length = 0;
}
