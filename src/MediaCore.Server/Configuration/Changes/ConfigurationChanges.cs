using System.Collections.Immutable;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>All that was changed while the server ran, to be laid over the file. Immutable.</summary>
/// <param name="Items">The changed pieces.</param>
/// <param name="Orders">Of lists in which something was added or moved: their order.</param>
internal sealed record ConfigurationChanges(ImmutableDictionary<ResourceName, ConfigurationChange> Items, ImmutableDictionary<string, ConfigurationOrder> Orders)
{
    /// <summary>Nothing was changed.</summary>
    public static ConfigurationChanges None { get; } = new(ImmutableDictionary<ResourceName, ConfigurationChange>.Empty, ImmutableDictionary.Create<string, ConfigurationOrder>(StringComparer.Ordinal));

    /// <summary>Whether nothing was.</summary>
    public bool IsEmpty => Items.IsEmpty && Orders.IsEmpty;

    /// <summary>A tree with the changes; <paramref name="tree"/> stays as it is, and what was not changed is shared.</summary>
    public ConfigurationObject ApplyTo(ConfigurationObject tree, string source, ConfigurationErrors errors)
    {
        ConfigurationObject result = new(tree.Origin);
        foreach ((string name, ConfigurationNode node) in tree.Members)
        {
            result.Members.Add(name, node);
        }

        foreach ((ResourceName name, ConfigurationChange change) in Items.Where(static item => item.Key.Name.Length == 0))
        {
            if (change.Json is { } json)
            {
                result.Members[name.Section] = ConfigurationJson.ToTree(json, source, errors);
            }
            else
            {
                result.Members.Remove(name.Section);
            }
        }

        foreach (string section in ConfigurationSections.Lists)
        {
            ApplyTo(result, section, source, errors);
        }

        return result;
    }

    /// <summary>The name of an item of a list; null where it has none.</summary>
    public static string? NameOf(ConfigurationNode node) =>
        node is ConfigurationObject item && item.Members.TryGetValue("name", out ConfigurationNode? name) && name is ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override } text ? text.Text : null;

    private void ApplyTo(ConfigurationObject root, string section, string source, ConfigurationErrors errors)
    {
        ImmutableArray<string> order = Orders.GetValueOrDefault(section)?.Names ?? [];
        KeyValuePair<ResourceName, ConfigurationChange>[] changes = [.. Items.Where(item => item.Key.Section == section).OrderBy(static item => item.Key.Name, StringComparer.Ordinal)];
        bool isWritten = root.Members.TryGetValue(section, out ConfigurationNode? written);
        if ((changes.Length == 0 && order.IsEmpty) || (isWritten && written is not ConfigurationList))
        {
            return;
        }

        ConfigurationList list = new(written?.Origin ?? new ConfigurationOrigin(source, 0));
        list.Items.AddRange((written as ConfigurationList)?.Items ?? []);
        foreach ((ResourceName name, ConfigurationChange change) in changes)
        {
            int index = list.Items.FindIndex(item => NameOf(item) == name.Name);
            if (change.Json is not { } json)
            {
                if (index >= 0)
                {
                    list.Items.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                list.Items[index] = ConfigurationJson.ToTree(json, source, errors);
            }
            else
            {
                list.Items.Add(ConfigurationJson.ToTree(json, source, errors));
            }
        }

        Arrange(list.Items, order);
        root.Members[section] = list;
    }

    /// <summary>Puts those that an order names into it; one that it does not name (it was written into the file later) stays behind the one that it stands behind there.</summary>
    private static void Arrange(List<ConfigurationNode> items, ImmutableArray<string> order)
    {
        if (order.IsEmpty)
        {
            return;
        }

        Dictionary<string, int> ranks = new(StringComparer.Ordinal);
        foreach (string name in order)
        {
            ranks.TryAdd(name, ranks.Count);
        }

        List<(int Rank, ConfigurationNode Node)> arranged = new(items.Count);
        int rank = -1;
        foreach (ConfigurationNode item in items)
        {
            rank = NameOf(item) is { } name && ranks.TryGetValue(name, out int own) ? own : rank;
            arranged.Add((rank, item));
        }

        // Stable, and an item without a rank of its own comes after the one whose rank it has: that one was before it.
        items.Clear();
        items.AddRange(arranged.OrderBy(static each => each.Rank).Select(static each => each.Node));
    }
}
