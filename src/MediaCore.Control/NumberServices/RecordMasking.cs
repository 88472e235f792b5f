using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaCore.Control.NumberServices;

/// <summary>What stands for the numbers of callers and called where somebody may see records but not who called: as many stars, and the last two digits, by which people can still tell two calls apart.</summary>
internal static class RecordMasking
{
    private const int ShownCharacters = 2;

    // Members of joined records that hold the number or address of somebody. The virtual number is the tenant's own.
    private static readonly HashSet<string> s_hidden = ["caller", "called", "from", "to", "remote_address", "text"];

    /// <summary>A number with stars.</summary>
    public static string Mask(string number) => number.Length <= ShownCharacters ? new string('*', number.Length) : new string('*', number.Length - ShownCharacters) + number[^ShownCharacters..];

    /// <summary>A joined record with stars.</summary>
    public static string MaskDocument(string document)
    {
        JsonNode root = JsonNode.Parse(document) ?? throw new JsonException("It is null.");
        Hide(root);
        return root.ToJsonString();
    }

    private static void Hide(JsonNode node)
    {
        if (node is JsonObject json)
        {
            foreach ((string name, JsonNode? value) in json.ToArray())
            {
                if (s_hidden.Contains(name) && value is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                {
                    json[name] = Mask(text.GetValue<string>());
                }
                else if (name == "variables" || name == "peer")
                {
                    json.Remove(name);
                }
                else if (value is not null)
                {
                    Hide(value);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? one in list)
            {
                if (one is not null)
                {
                    Hide(one);
                }
            }
        }
    }
}
