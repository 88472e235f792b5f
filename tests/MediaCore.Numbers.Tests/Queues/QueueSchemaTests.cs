using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;

namespace MediaCore.Numbers.Tests.Queues;

/// <summary>The schema of a queue's settings against what reads them.</summary>
public sealed class QueueSchemaTests
{
    [Fact]
    public void Schema_HasTheMembersThatTheReaderHas()
    {
        using JsonDocument schema = JsonDocument.Parse(QueueSchema.Json);
        JsonElement properties = schema.RootElement.GetProperty("properties");
        Compare(properties, "Document");
        Compare(properties.GetProperty("relax").GetProperty("items").GetProperty("properties"), "RelaxDocument");
        Compare(properties.GetProperty("delays").GetProperty("properties"), "DelayDocument");
        Compare(properties.GetProperty("announce").GetProperty("properties"), "AnnouncementDocument");
        Compare(properties.GetProperty("callback").GetProperty("properties"), "CallbackDocument");
        Compare(properties.GetProperty("overflow").GetProperty("items").GetProperty("properties"), "OverflowDocument");
    }

    [Fact]
    public void Defaults_OfTheSchema_AreRead()
    {
        using JsonDocument schema = JsonDocument.Parse(QueueSchema.Json);
        Dictionary<string, JsonElement> defaults = schema.RootElement.GetProperty("properties").EnumerateObject()
            .Where(static one => one.Value.TryGetProperty("default", out _)).ToDictionary(static one => one.Name, static one => one.Value.GetProperty("default"), StringComparer.Ordinal);
        Assert.Empty(QueueSettings.Parse(new CallQueue { Settings = JsonSerializer.Serialize(defaults) }, out QueueRules written));
        QueueSettings.Parse(new CallQueue(), out QueueRules plain);
        Assert.Equal(
            (plain.Closing, plain.TierWait, plain.ProgressEvery, plain.ShortAbandon, plain.MaxExpected, plain.Record),
            (written.Closing, written.TierWait, written.ProgressEvery, written.ShortAbandon, written.MaxExpected, written.Record));
    }

    private static void Compare(JsonElement properties, string type)
    {
        Type document = typeof(QueueSettings).GetNestedType(type, BindingFlags.NonPublic)!;
        string[] read = [.. document.GetProperties().Where(static one => one.Name != "EqualityContract").Select(static one => one.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(one.Name))];
        Assert.Equal(read.Order(StringComparer.Ordinal), properties.EnumerateObject().Select(static one => one.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{ "music": 5 }""", "$.music")]
    [InlineData("""{ "maxPerAgent": "many" }""", "$.maxPerAgent")]
    [InlineData("""{ "announce": [] }""", "$.announce")]
    public void Setting_OfAnotherType_IsNamed_WithoutTheNamesOfOurs(string settings, string path)
    {
        DocumentError error = Assert.Single(QueueSettings.Parse(new CallQueue { Settings = settings }, out _));
        Assert.Equal(path, error.Path);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MediaCore.", error.Message, StringComparison.Ordinal);
    }
}
