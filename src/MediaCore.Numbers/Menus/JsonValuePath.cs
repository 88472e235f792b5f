using System.Globalization;
using System.Text.Json;

namespace MediaCore.Numbers.Menus;

/// <summary>Where in a JSON answer a value stands: <c>customer.names[0]</c>; empty for the whole.</summary>
internal static class JsonValuePath
{
    /// <summary>The value as text: a string as it is, anything else as JSON; null where there is none, or <c>null</c>.</summary>
    public static string? Find(JsonElement from, string path)
    {
        JsonElement at = from;
        foreach (string step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step is ['[', .. var digits, ']'])
            {
                if (at.ValueKind != JsonValueKind.Array || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= at.GetArrayLength())
                {
                    return null;
                }

                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return null;
            }
        }

        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => at.GetRawText(),
        };
    }
}
