using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>Configuration trees as JSON and back.</summary>
internal static class ConfigurationJson
{
    private static readonly JsonSerializerOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads what a client gives: strict JSON, nothing written twice, not too deep.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonNode? Parse(string json) => JsonNode.Parse(json, nodeOptions: null, new JsonDocumentOptions { MaxDepth = ConfigurationLimits.MaxDepth, AllowDuplicateProperties = false });

    /// <summary>The text of a value.</summary>
    public static string Write(JsonNode? node) => node?.ToJsonString(s_writing) ?? "null";

    /// <summary>A text that is equal for equal values, whatever the order of their members.</summary>
    public static string WriteCanonical(JsonNode? node) => Write(Sort(node));

    /// <summary>A tree as JSON. Overrides that were read have the types of their keys by then; of others the text is taken.</summary>
    public static JsonNode? ToJson(ConfigurationNode node) => node switch
    {
        ConfigurationObject members => new JsonObject(members.Members.Select(static member => KeyValuePair.Create(member.Key, ToJson(member.Value)))),
        ConfigurationList list => new JsonArray([.. list.Items.Select(ToJson)]),
        ConfigurationScalar { Kind: ConfigurationScalarKind.Null } => null,
        ConfigurationScalar { Kind: ConfigurationScalarKind.Boolean or ConfigurationScalarKind.Number } scalar => JsonNode.Parse(scalar.Text),
        ConfigurationScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException($"{node.GetType().Name} is no node of a configuration."),
    };

    /// <summary>JSON as a tree; an empty object and errors where something in it differs in nothing but case.</summary>
    public static ConfigurationNode ToTree(string json, string source, ConfigurationErrors errors) =>
        ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), source, errors) ?? new ConfigurationObject(new ConfigurationOrigin(source, 0));

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, Sort(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sort)]),
        _ => node?.DeepClone(),
    };
}
