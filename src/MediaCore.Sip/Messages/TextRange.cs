namespace MediaCore.Sip.Messages;

/// <summary>A part of a text of at most 65,535 bytes: what the index of a parsed header is made of, so that it can be kept where a span can't.</summary>
internal readonly record struct TextRange(ushort Start, ushort Length)
{
    /// <summary>Of the bytes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public static TextRange Between(int start, int end) => new((ushort)start, (ushort)(end - start));

    /// <summary>The part itself.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
