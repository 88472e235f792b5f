using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Control.Services;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>The pieces of a configuration as clients see them.</summary>
internal static class ConfigurationResources
{
    private const int ETagBytes = 12;

    /// <summary>Etags are keyed: who may read the configuration, but not its passwords, must not be able to try passwords out on them. So they end with the process.</summary>
    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);

    /// <summary>All pieces of a section, or of all, in order.</summary>
    public static IEnumerable<ConfigurationResource> List(ConfigurationSource source, string section)
    {
        ConfigurationObject tree = source.Merge(new ConfigurationErrors());
        foreach (string each in section.Length == 0 ? ConfigurationSections.All : [section])
        {
            if (!ConfigurationSections.IsList(each))
            {
                yield return ToResource(source, new ResourceName(each, ""), FindNode(tree, new ResourceName(each, ""))!);
                continue;
            }

            foreach (ConfigurationNode item in GetItems(tree, each))
            {
                if (ConfigurationChanges.NameOf(item) is { } name)
                {
                    yield return ToResource(source, new ResourceName(each, name), ConfigurationJson.ToJson(item)!);
                }
            }
        }
    }

    /// <summary>A piece with its secrets; null where there is none. A section that is not written is an empty object.</summary>
    public static JsonNode? FindNode(ConfigurationObject tree, ResourceName name)
    {
        if (!ConfigurationSections.IsList(name.Section))
        {
            return tree.Members.TryGetValue(name.Section, out ConfigurationNode? node) && node is ConfigurationObject ? ConfigurationJson.ToJson(node) : new JsonObject();
        }

        return GetItems(tree, name.Section).FirstOrDefault(item => ConfigurationChanges.NameOf(item) == name.Name) is { } found ? ConfigurationJson.ToJson(found) : null;
    }

    /// <summary>The names of a list, in order.</summary>
    public static List<string> GetNames(ConfigurationObject tree, string section) => [.. GetItems(tree, section).Select(ConfigurationChanges.NameOf).OfType<string>()];

    /// <summary>A piece as a client sees it.</summary>
    public static ConfigurationResource ToResource(ConfigurationSource source, ResourceName name, JsonNode value) => new(
        name.Section,
        name.Name,
        ConfigurationJson.Write(ConfigurationSecrets.Hide(value)),
        GetETag(value),
        source.Changes.Items.ContainsKey(name),
        source.GetNotice(name) ?? "");

    /// <summary>What changes with a value.</summary>
    public static string GetETag(JsonNode value) => Convert.ToHexStringLower(HMACSHA256.HashData(s_key, Encoding.UTF8.GetBytes(ConfigurationJson.WriteCanonical(value))).AsSpan(0, ETagBytes));

    /// <summary>A path of the reader with names in place of numbers, since nobody but the reader counts: <c>trunks[carrier].targets[0]</c>.</summary>
    public static string NamePath(ConfigurationObject tree, string path)
    {
        int open = path.IndexOf('[', StringComparison.Ordinal);
        int close = path.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open || !ConfigurationSections.IsList(path[..open]) || !int.TryParse(path.AsSpan(open + 1, close - open - 1), out int index))
        {
            return path;
        }

        return GetItems(tree, path[..open]).ElementAtOrDefault(index) is { } item && ConfigurationChanges.NameOf(item) is { } name ? $"{path[..open]}[{name}]{path[(close + 1)..]}" : path;
    }

    private static List<ConfigurationNode> GetItems(ConfigurationObject tree, string section) => tree.Members.TryGetValue(section, out ConfigurationNode? node) && node is ConfigurationList list ? list.Items : [];
}
