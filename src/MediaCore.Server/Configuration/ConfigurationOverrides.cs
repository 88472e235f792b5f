using System.Collections;
using System.Globalization;
using System.Text;

namespace MediaCore.Server.Configuration;

/// <summary>
/// Values laid over the file: <c>MEDIACORE__SIP__LISTEN__0=udp://…</c> from the environment, then <c>--sip:listen:0=udp://…</c> from the
/// command line. A number selects an element of a list; without one a list takes a comma-separated text or a JSON list.
/// </summary>
internal sealed record ConfigurationOverride(IReadOnlyList<string> Path, string Value, string Source)
{
    /// <summary>What the environment's names begin with.</summary>
    public const string EnvironmentPrefix = "MEDIACORE__";

    /// <summary>Picks the overrides out of the environment, in the order of their names so that list elements come in order.</summary>
    public static IReadOnlyList<ConfigurationOverride> FromEnvironment(IDictionary environment)
    {
        List<ConfigurationOverride> result = [];
        foreach (DictionaryEntry entry in environment)
        {
            string name = (string)entry.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                result.Add(new ConfigurationOverride(name[EnvironmentPrefix.Length..].Split("__"), (string?)entry.Value ?? "", name));
            }
        }

        result.Sort(static (a, b) => ComparePaths(a.Path, b.Path));
        return result;
    }

    /// <summary>Reads <c>--section:key=value</c>; null when the argument has another shape.</summary>
    public static ConfigurationOverride? FromArgument(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 2 || !argument.StartsWith("--", StringComparison.Ordinal))
        {
            return null;
        }

        return new ConfigurationOverride(argument[2..equals].Split(':'), argument[(equals + 1)..], argument[..equals]);
    }

    /// <summary>Lays the overrides over the tree, later ones over earlier ones.</summary>
    public static void Apply(ConfigurationObject root, IEnumerable<ConfigurationOverride> overrides, ConfigurationErrors errors)
    {
        foreach (ConfigurationOverride item in overrides)
        {
            item.Apply(root, errors);
        }
    }

    private void Apply(ConfigurationObject root, ConfigurationErrors errors)
    {
        ConfigurationOrigin origin = new(Source, 0);
        ConfigurationNode? value = ReadValue(origin, errors);
        if (value is null)
        {
            return;
        }

        ConfigurationNode current = root;
        for (int i = 0; i < Path.Count; i++)
        {
            bool last = i == Path.Count - 1;
            bool nextIsIndex = !last && IsIndex(Path[i + 1], out _);
            switch (current)
            {
                case ConfigurationObject node:
                    if (last)
                    {
                        node.Members[Path[i]] = value;
                        return;
                    }

                    if (!node.Members.TryGetValue(Path[i], out ConfigurationNode? child) || child is ConfigurationScalar)
                    {
                        child = nextIsIndex ? new ConfigurationList(origin) : new ConfigurationObject(origin);
                        node.Members[Path[i]] = child;
                    }

                    current = child;
                    break;
                case ConfigurationList list:
                    if (!IsIndex(Path[i], out int index) || index > list.Items.Count)
                    {
                        errors.Add(Describe(i), origin, $"\"{Path[i]}\" is no element of a list that has {list.Items.Count}; the next one to add is {list.Items.Count}");
                        return;
                    }

                    if (index == list.Items.Count)
                    {
                        list.Items.Add(last ? value : nextIsIndex ? new ConfigurationList(origin) : new ConfigurationObject(origin));
                    }
                    else if (last)
                    {
                        list.Items[index] = value;
                    }

                    current = list.Items[index];
                    break;
                default:
                    errors.Add(Describe(i), origin, "is a plain value and has nothing inside it");
                    return;
            }
        }
    }

    private ConfigurationNode? ReadValue(ConfigurationOrigin origin, ConfigurationErrors errors)
    {
        string trimmed = Value.Trim();
        return trimmed is ['[', .., ']'] or ['{', .., '}']
            ? ConfigurationFile.Parse(Encoding.UTF8.GetBytes(trimmed), Source, errors)
            : new ConfigurationScalar(origin, ConfigurationScalarKind.Override, Value);
    }

    private string Describe(int count) => string.Join('.', Path.Take(count));

    private static bool IsIndex(string segment, out int index) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index <= ConfigurationLimits.MaxListIndex;

    private static int ComparePaths(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            int order = IsIndex(a[i], out int x) && IsIndex(b[i], out int y)
                ? x.CompareTo(y)
                : string.Compare(a[i], b[i], StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Count.CompareTo(b.Count);
    }
}
