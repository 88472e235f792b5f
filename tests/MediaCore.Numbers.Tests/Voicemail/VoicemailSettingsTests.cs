using System.Text.Json;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Tests.Voicemail;

public sealed class VoicemailSettingsTests
{
    [Fact]
    public void Document_IsRead()
    {
        VoicemailSettings settings = VoicemailSettings.Parse(
            """{ "$schema": "x", "greetings": { "unavailable": "u", "closed": { "texts": { "de": "zu" } }, "temporary": { "prompt": "away" } }, "operator": { "do": "forward", "to": "+12025550100" } }""", new DocumentErrors())!;
        Assert.Equal(["away", null, null], settings.Greetings(GreetingReason.Closed).Select(static choice => choice.Prompt));
        Assert.Equal(2, settings.Greetings(GreetingReason.Busy).Count());
        Assert.IsType<ForwardAction>(settings.Operator);
        Assert.Empty(VoicemailSettings.Parse("{}", new DocumentErrors())!.Greetings(GreetingReason.Busy));
    }

    [Fact]
    public void Document_WithManyMistakes_IsToldAllOfThem_WithTheirPaths()
    {
        var errors = new DocumentErrors();
        Assert.Null(VoicemailSettings.Parse("""{ "greetings": { "busy": "", "closed": { "prompt": "a", "text": "b" }, "lunch": "x" }, "operator": { "do": "dance" }, "pin": 1, "notify": { "mail": ["ann"], "attach": "both", "text": "a b", "fax": 1 } }""", errors));
        Assert.Equal(["$.greetings.busy", "$.greetings.closed", "$.greetings.lunch", "$.operator.do", "$.notify.attach", "$.notify.mail", "$.notify.text", "$.notify.fax", "$.pin"], errors.All.Select(static error => error.Path));
    }

    [Fact]
    public void Schema_KnowsTheMembersThatTheReaderKnows()
    {
        using var schema = JsonDocument.Parse(VoicemailSchema.Json);
        JsonElement properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(["$schema", "greetings", "lamps", "language", "notify", "operator", "review", "trustOwnerPhones"], Names(properties));
        Assert.Equal(["attach", "mail", "text"], Names(properties.GetProperty("notify").GetProperty("properties")));
        Assert.Equal(["busy", "closed", "name", "temporary", "unavailable"], Names(properties.GetProperty("greetings").GetProperty("properties")));
        var errors = new DocumentErrors();
        VoicemailSettings.Parse("""{ "?": 1, "greetings": { "?": 1 } }""", errors);
        Assert.Equal(["is not known here; known are busy, closed, name, temporary, unavailable", "is not known here; known are $schema, greetings, lamps, language, notify, operator, review, trustOwnerPhones"], errors.All.Select(static error => error.Message));
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal);
}
