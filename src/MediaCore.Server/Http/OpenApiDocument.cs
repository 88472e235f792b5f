using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;

namespace MediaCore.Server.Http;

/// <summary>The OpenAPI 3.1 description of <see cref="RestApi"/>, made of the descriptors of its messages and the comments of their files.</summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<string> s_text = new(static () => Make().ToJsonString());

    /// <summary>The description as JSON.</summary>
    public static string Text => s_text.Value;

    private static JsonObject Make()
    {
        JsonObject paths = [];
        SortedDictionary<string, MessageDescriptor> messages = new(StringComparer.Ordinal);
        foreach (ApiMethod method in ApiMethods.All)
        {
            if (paths[method.Path] is not JsonObject path)
            {
                paths[method.Path] = path = [];
            }

            path[method.Verb.ToLowerInvariant()] = Describe(method, messages);
        }

        JsonObject schemas = [];
        foreach ((string name, MessageDescriptor message) in messages)
        {
            schemas[name] = Describe(message);
        }

        schemas["Problem"] = JsonNode.Parse("""
            {
              "type": "object",
              "description": "RFC 9457",
              "required": ["type", "title", "status", "detail"],
              "properties": {
                "type": { "type": "string" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string", "description": "What is wrong, and what would be right." },
                "code": { "type": "string", "description": "The gRPC status." },
                "reason": { "type": "string", "description": "Why, for programs." },
                "problems": {
                  "type": "array",
                  "description": "Everything that is wrong with a request or a document.",
                  "items": { "type": "object", "properties": { "path": { "type": "string" }, "message": { "type": "string" } } }
                }
              }
            }
            """);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "MediaCore number service",
                ["version"] = "1",
                ["description"] = "Virtual numbers and what happens when they are called. The same services as over gRPC (mediacore.v1).",
                ["license"] = new JsonObject { ["name"] = "Apache 2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }, new JsonObject()),
            ["tags"] = new JsonArray([.. ApiMethods.All.Select(static method => method.Service).Distinct(StringComparer.Ordinal)
                .Select(static name => (JsonNode)new JsonObject { ["name"] = name, ["description"] = ProtoComments.Get($"mediacore.v1.{name}") })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key (mck_…) or a control token; over loopback none is needed unless the configuration says so." },
                },
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonObject Describe(ApiMethod method, SortedDictionary<string, MessageDescriptor> messages)
    {
        MethodDescriptor descriptor = ApiMethods.Describe(method);
        HashSet<string> inPath = [.. method.Path.Split('/').Where(static part => part.StartsWith('{')).Select(static part => part.Trim('{', '}'))];
        JsonArray parameters = [.. inPath.Select(name => Parameter("path", descriptor.InputType.FindFieldByName(name)))];
        bool hasBody = method.Verb is "POST" or "PUT" or "PATCH" && !descriptor.IsClientStreaming;
        if (!hasBody)
        {
            foreach (FieldDescriptor field in descriptor.InputType.Fields.InFieldNumberOrder().Where(field => !inPath.Contains(field.Name) && field.FieldType != FieldType.Bytes))
            {
                parameters.Add(Parameter("query", field));
            }
        }

        parameters.Add(Header(ApiInterceptor.TenantHeader, "The tenant that the call acts for, by identifier or name; the caller's own when left out."));
        if (method.IsChanging && !descriptor.IsClientStreaming)
        {
            parameters.Add(Header(ApiInterceptor.IdempotencyHeader, "The same request under the same key within 24 hours is carried out once."));
        }

        string comment = ProtoComments.Get(descriptor.FullName);
        JsonObject operation = new()
        {
            ["operationId"] = method.Name,
            ["tags"] = new JsonArray(method.Service),
            ["summary"] = comment.Length > 0 ? comment.Split(". ")[0].TrimEnd('.') : method.Name,
            ["description"] = $"{comment}{(comment.Length > 0 ? " " : "")}Needs {method.Permission}.",
            ["parameters"] = parameters,
        };
        if (hasBody && descriptor.InputType.Fields.InFieldNumberOrder().Any(field => !inPath.Contains(field.Name)))
        {
            operation["requestBody"] = Content("application/json", Reference(descriptor.InputType, messages));
        }
        else if (descriptor.IsClientStreaming)
        {
            operation["requestBody"] = Content("application/octet-stream", new JsonObject());
            operation["requestBody"]!["required"] = true;
        }

        JsonObject answer = descriptor.IsServerStreaming && descriptor.OutputType.ClrType != typeof(DataChunk) ? Content("application/x-ndjson", Reference(descriptor.OutputType, messages))
            : descriptor.IsServerStreaming ? Content("application/octet-stream", new JsonObject()) : Content("application/json", Reference(descriptor.OutputType, messages));
        answer["description"] = "Done.";
        JsonObject problem = Content("application/problem+json", new JsonObject { ["$ref"] = "#/components/schemas/Problem" });
        problem["description"] = "Refused.";
        operation["responses"] = new JsonObject { ["200"] = answer, ["4XX"] = problem, ["5XX"] = problem.DeepClone() };
        return operation;
    }

    private static JsonObject Content(string type, JsonNode schema) => new() { ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = schema } } };

    private static JsonObject Parameter(string where, FieldDescriptor field) => new()
    {
        ["name"] = field.Name,
        ["in"] = where,
        ["required"] = where == "path",
        ["description"] = ProtoComments.Get(field.FullName),
        ["schema"] = field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = Type(field, messages: null) } : Type(field, messages: null),
    };

    private static JsonObject Header(string name, string description) => new()
    {
        ["name"] = name,
        ["in"] = "header",
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Reference(MessageDescriptor message, SortedDictionary<string, MessageDescriptor> messages)
    {
        if (messages.TryAdd(message.Name, message))
        {
            foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder().Where(static field => field.FieldType == FieldType.Message && field.MessageType.File.Package == "mediacore.v1"))
            {
                Reference(field.MessageType, messages);
            }
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{message.Name}" };
    }

    private static JsonObject Describe(MessageDescriptor message)
    {
        JsonObject properties = [];
        foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder())
        {
            JsonObject type = Type(field, messages: []);
            JsonObject property = field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = type } : type;
            if (ProtoComments.Get(field.FullName) is { Length: > 0 } comment)
            {
                property["description"] = comment;
            }

            properties[field.Name] = property;
        }

        return new JsonObject { ["type"] = "object", ["description"] = ProtoComments.Get(message.FullName), ["properties"] = properties };
    }

    /// <summary>How a field looks in the JSON of protocol buffers.</summary>
    private static JsonObject Type(FieldDescriptor field, SortedDictionary<string, MessageDescriptor>? messages) => field.FieldType switch
    {
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        FieldType.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
        FieldType.Int64 => new JsonObject { ["type"] = "string", ["format"] = "int64" },
        FieldType.Bytes => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Enum => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. field.EnumType.Values.Select(static value => (JsonNode)value.Name)]) },
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Timestamp" => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Duration" => new JsonObject { ["type"] = "string", ["description"] = "Seconds, as 3.5s." },
        FieldType.Message => messages is null ? new JsonObject { ["type"] = "object" } : new JsonObject { ["$ref"] = $"#/components/schemas/{field.MessageType.Name}" },
        _ => new JsonObject { ["type"] = "string" },
    };
}
