namespace MediaCore.Server.Configuration.Changes;

/// <summary>
/// The sections that can be changed while the server runs. Not those that say where the server is reached, who may change it and where its data is (<c>grpc</c>, <c>http</c>, <c>ng</c>,
/// <c>dataFolder</c>, <c>storage</c>, <c>engine</c>): a mistake there could not be mended the same way.
/// </summary>
internal static class ConfigurationSections
{
    /// <summary>Lists, whose items have names.</summary>
    public static IReadOnlyList<string> Lists { get; } = ["trunks", "routes", "conferences"];

    /// <summary>Single objects.</summary>
    public static IReadOnlyList<string> Objects { get; } = ["sip", "media", "calls", "control", "numbers", "prompts", "recording", "records", "drain", "logging", "trace"];

    /// <summary>All, in the order they are listed in.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Lists, .. Objects];

    /// <summary>Whether it is a list.</summary>
    public static bool IsList(string section) => Lists.Contains(section, StringComparer.Ordinal);

    /// <summary>Whether it can be changed.</summary>
    public static bool IsKnown(string section) => All.Contains(section, StringComparer.Ordinal);
}
