namespace MediaCore.Server.Configuration;

/// <summary>A value of the configuration before it has a type, with the place it was written at.</summary>
internal abstract class ConfigurationNode(ConfigurationOrigin origin)
{
    /// <summary>Where it was written.</summary>
    public ConfigurationOrigin Origin { get; } = origin;
}

/// <summary>An object: named values in the order of the file.</summary>
internal sealed class ConfigurationObject(ConfigurationOrigin origin) : ConfigurationNode(origin)
{
    /// <summary>The members; names are compared without case, since environment variables are written in capitals.</summary>
    public Dictionary<string, ConfigurationNode> Members { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The member of a name; null where there is none. It is written as the name from then on, so that what an environment variable said in capitals is shown as a key of the file.</summary>
    public ConfigurationNode? Find(string name)
    {
        if (!Members.TryGetValue(name, out ConfigurationNode? node))
        {
            return null;
        }

        if (!Members.Keys.Contains(name, StringComparer.Ordinal))
        {
            Members.Remove(name);
            Members.Add(name, node);
        }

        return node;
    }
}

/// <summary>A list.</summary>
internal sealed class ConfigurationList(ConfigurationOrigin origin) : ConfigurationNode(origin)
{
    /// <summary>The elements.</summary>
    public List<ConfigurationNode> Items { get; } = [];
}

/// <summary>What a scalar was written as.</summary>
internal enum ConfigurationScalarKind
{
    /// <summary>JSON null.</summary>
    Null,

    /// <summary>JSON true or false.</summary>
    Boolean,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>Text of an override, which has no JSON type of its own: it is read as whatever the key wants.</summary>
    Override,
}

/// <summary>A value without members.</summary>
internal sealed class ConfigurationScalar(ConfigurationOrigin origin, ConfigurationScalarKind kind, string text) : ConfigurationNode(origin)
{
    /// <summary>What it was written as.</summary>
    public ConfigurationScalarKind Kind { get; } = kind;

    /// <summary>The text, unescaped.</summary>
    public string Text { get; } = text;
}
