using System.Text.Json;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Records;

/// <summary>What was decided for one of the calls, read from <see cref="Model.CallTrace.Document"/>.</summary>
public sealed class CallStory
{
    private CallStory()
    {
    }

    /// <summary>Nothing.</summary>
    public static CallStory None { get; } = new();

    /// <summary>What the outermost activity ended with; null where there was none.</summary>
    public ActivityOutcome? Outcome { get; private init; }

    /// <summary>The version of the configuration that it went by.</summary>
    public long Configuration { get; private init; }

    /// <summary>Words that were noted.</summary>
    public IReadOnlyList<string> Tags { get; private init; } = [];

    /// <summary>Variables at the end; secret digits are not among them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; private init; } = [];

    /// <summary>What it came through.</summary>
    public IReadOnlyList<CallWaypoint> Path { get; private init; } = [];

    /// <summary>The decisions.</summary>
    public IReadOnlyList<CallTraceLine> Steps { get; private init; } = [];

    /// <summary>Reads a document; nothing for null, and for one that somebody has damaged.</summary>
    public static CallStory Read(string? document)
    {
        if (document is null)
        {
            return None;
        }

        try
        {
            using var json = JsonDocument.Parse(document);
            JsonElement root = json.RootElement;
            return new CallStory
            {
                Outcome = Enum.TryParse(Text(root, "outcome"), out ActivityOutcome outcome) ? outcome : null,
                Configuration = root.TryGetProperty("configuration", out JsonElement version) ? version.GetInt64() : 0,
                Tags = [.. List(root, "tags").Select(static tag => tag.GetString() ?? "")],
                Variables = root.TryGetProperty("variables", out JsonElement variables) ? [.. variables.EnumerateObject().Select(static one => KeyValuePair.Create(one.Name, one.Value.GetString() ?? ""))] : [],
                Path = [.. List(root, "path").Select(static one => new CallWaypoint(one.GetProperty("at").GetDateTimeOffset(), Text(one, "kind"), Text(one, "name")))],
                Steps = [.. List(root, "steps").Select(static one => new CallTraceLine(one.GetProperty("at").GetDateTimeOffset(), Text(one, "kind"), Text(one, "text")))],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // Whoever has written into the database with other tools gets the rest of the record.
            return None;
        }
    }

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? "" : "";

    private static IEnumerable<JsonElement> List(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
}
