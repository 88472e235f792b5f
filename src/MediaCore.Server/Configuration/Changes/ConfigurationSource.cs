using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>Where a configuration comes from: what file, environment and command line say, and what was changed since, which is laid over all three.</summary>
internal sealed record ConfigurationSource
{
    private readonly IReadOnlyDictionary<ResourceName, string> _fingerprints;

    /// <summary>A source without changes.</summary>
    /// <param name="tree">File, environment and command line; not read yet.</param>
    /// <param name="baseFolder">Where relative paths begin.</param>
    public ConfigurationSource(ConfigurationObject tree, string baseFolder)
    {
        Tree = tree;
        BaseFolder = baseFolder;
        string data = tree.Members.GetValueOrDefault("dataFolder") is ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override, Text.Length: > 0 } folder
            ? folder.Text
            : ServerSettingsReader.DefaultDataFolder;
        ChangesFile = Path.Combine(Path.GetFullPath(data, baseFolder), ConfigurationChangesFile.Name);
        Dictionary<ResourceName, string> fingerprints = [];
        foreach (string section in ConfigurationSections.All)
        {
            if (!tree.Members.TryGetValue(section, out ConfigurationNode? node))
            {
                continue;
            }

            if (!ConfigurationSections.IsList(section))
            {
                fingerprints[new ResourceName(section, "")] = Hash(node);
                continue;
            }

            foreach (ConfigurationNode item in (node as ConfigurationList)?.Items ?? [])
            {
                if (ConfigurationChanges.NameOf(item) is { } name)
                {
                    fingerprints[new ResourceName(section, name)] = Hash(item);
                }
            }
        }

        _fingerprints = fingerprints;
    }

    /// <summary>What file, environment and command line say.</summary>
    public ConfigurationObject Tree { get; }

    /// <summary>Where relative paths begin.</summary>
    public string BaseFolder { get; }

    /// <summary>Where changes are kept.</summary>
    public string ChangesFile { get; }

    /// <summary>What was changed.</summary>
    public ConfigurationChanges Changes { get; init; } = ConfigurationChanges.None;

    /// <summary>Remarks for operators: what the file says otherwise than when it was changed.</summary>
    public IEnumerable<string> Notices =>
    [
        .. Changes.Items.Keys.OrderBy(static name => name.ToString(), StringComparer.Ordinal).Select(GetNotice).OfType<string>(),
        .. Changes.Orders.Where(order => order.Value.IsOverridden(ConfigurationResources.GetNames(Tree, order.Key))).Select(static order =>
            $"the order of {order.Key} was changed over the control interface, and the configuration file has changed it since: that of the control interface holds; mcctl config reset {order.Key} lets the file's hold"),
    ];

    /// <summary>The whole, as it is read.</summary>
    public ConfigurationObject Merge(ConfigurationErrors errors) => Changes.ApplyTo(Tree, ChangesFile, errors);

    /// <summary>What tells whether the file says the same of a piece as before; empty where it says nothing.</summary>
    public string Fingerprint(ResourceName name) => _fingerprints.GetValueOrDefault(name, "");

    /// <summary>What an operator should know of a piece; null for nothing.</summary>
    public string? GetNotice(ResourceName name)
    {
        // A deleted piece that the file does not have either needs no words.
        if (!Changes.Items.TryGetValue(name, out ConfigurationChange? change) || change.BasedOn == Fingerprint(name) || (change.Json is null && Fingerprint(name).Length == 0))
        {
            return null;
        }

        string what = change.Json is null ? "deleted" : "changed";
        return string.Create(CultureInfo.InvariantCulture, $"{name} was {what} over the control interface ({change.At:yyyy-MM-dd HH:mm}, {change.By}), and the configuration file has changed it since: what was {what} over the control interface holds; mcctl config reset lets the file's hold");
    }

    /// <summary>By names and texts alone, so that an override counts the same before and after it was read.</summary>
    private static string Hash(ConfigurationNode node)
    {
        StringBuilder text = new();
        Write(node);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));

        void Write(ConfigurationNode each)
        {
            switch (each)
            {
                case ConfigurationObject members:
                    text.Append('{');
                    foreach ((string name, ConfigurationNode value) in members.Members.OrderBy(static member => member.Key, StringComparer.OrdinalIgnoreCase))
                    {
                        text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name.ToUpperInvariant()}");
                        Write(value);
                    }

                    text.Append('}');
                    break;
                case ConfigurationList list:
                    text.Append('[');
                    list.Items.ForEach(Write);
                    text.Append(']');
                    break;
                case ConfigurationScalar scalar:
                    text.Append(CultureInfo.InvariantCulture, $"{scalar.Text.Length}:{scalar.Text}");
                    break;
            }
        }
    }
}
