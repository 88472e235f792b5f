using System.Text.Json.Nodes;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>JSON merge patch (RFC 7396 §2). What it can't say is a member whose value is null: there null means that the member goes.</summary>
internal static class JsonMergePatch
{
    /// <summary>A patch laid over a target; neither is changed. As in the RFC's pseudocode a target that is no object is put aside for a patch that is one.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }

        JsonObject result = target is JsonObject known ? (JsonObject)known.DeepClone() : [];
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }
}
