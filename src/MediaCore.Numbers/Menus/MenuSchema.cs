using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Menus;

/// <summary>The published JSON Schema (draft 2020-12) of <see cref="MenuDocument"/>.</summary>
public static class MenuSchema
{
    /// <summary>Its text.</summary>
    public static string Json { get; } = EmbeddedText.Read("MediaCore.Numbers.Menus.menu.schema.json");
}
