namespace MediaCore.Control.Mapping;

/// <summary>Texts: what messages leave empty the engine has as null.</summary>
internal static class TextMapping
{
    /// <summary>Null for an empty text.</summary>
    public static string? ToNullable(string text) => text.Length == 0 ? null : text;
}
