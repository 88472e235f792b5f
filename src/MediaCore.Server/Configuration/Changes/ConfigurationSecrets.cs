using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>Keeps secrets out of what is shown, and puts them back where what was shown is given back.</summary>
internal static class ConfigurationSecrets
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Hidden = "***";

    /// <summary>Keys whose values are secrets, wherever they stand. Names of files and of environment variables are none.</summary>
    private static readonly HashSet<string> s_keys = new(["password", "secret", "token"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys of a header rule: what it sets may be a credential (a peer's API key), and nobody can tell.</summary>
    private const string RuleHeader = "header";
    private const string RuleValue = "value";

    /// <summary>A copy without secrets.</summary>
    public static JsonNode Hide(JsonNode node)
    {
        JsonNode copy = node.DeepClone();
        HideWithin(copy);
        return copy;
    }

    /// <summary>Puts the secrets of <paramref name="current"/> where <paramref name="given"/> says <see cref="Hidden"/>; the path of one that is not there to be kept, or null.</summary>
    public static string? Restore(JsonNode? given, JsonNode? current, string path = "")
    {
        switch (given)
        {
            case JsonObject members:
                foreach (string name in members.Select(static member => member.Key).ToArray())
                {
                    string memberPath = path.Length == 0 ? name : $"{path}.{name}";
                    JsonNode? known = current is JsonObject now ? now[name] : null;
                    if (IsSecret(members, name) && IsHidden(members[name]))
                    {
                        if (known is not JsonValue || IsHidden(known))
                        {
                            return memberPath;
                        }

                        members[name] = known.DeepClone();
                    }
                    else if (Restore(members[name], known, memberPath) is { } missing)
                    {
                        return missing;
                    }
                }

                return null;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    if (Restore(items[i], current is JsonArray known ? FindItem(items, i, known) : null, $"{path}[{i}]") is { } missing)
                    {
                        return missing;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static void HideWithin(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (string name in members.Select(static member => member.Key).ToArray())
                {
                    if (IsSecret(members, name))
                    {
                        members[name] = Hidden;
                    }
                    else
                    {
                        HideWithin(members[name]);
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    HideWithin(item);
                }

                break;
        }
    }

    private static bool IsSecret(JsonObject members, string name) =>
        members[name] is JsonValue text && text.GetValueKind() == JsonValueKind.String && (s_keys.Contains(name) || (name.Equals(RuleValue, StringComparison.OrdinalIgnoreCase) && FindRuleHeader(members) is not null));

    /// <summary>What an item of a list was before. Header rules have no names: one that was moved, or lost its neighbour, must not get another's value.</summary>
    private static JsonNode? FindItem(JsonArray given, int index, JsonArray current)
    {
        JsonNode? there = index < current.Count ? current[index] : null;
        if (given[index] is not JsonObject rule || FindRuleHeader(rule) is not { } header)
        {
            return there;
        }

        string shown = ConfigurationJson.WriteCanonical(rule);
        JsonNode[] same = [.. current.OfType<JsonNode>().Where(each => ConfigurationJson.WriteCanonical(Hide(each)) == shown)];
        return same.Length switch
        {
            1 => same[0],

            // Changed otherwise than in its value, or one of several that look the same: in its place, as long as the list is as long as it was.
            _ when given.Count == current.Count && there is JsonObject former && FindRuleHeader(former) == header => there,
            _ => null,
        };
    }

    private static string? FindRuleHeader(JsonObject members) =>
        members.FirstOrDefault(static member => member.Key.Equals(RuleHeader, StringComparison.OrdinalIgnoreCase)).Value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : null;

    private static bool IsHidden(JsonNode? value) => value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>() == Hidden;
}
