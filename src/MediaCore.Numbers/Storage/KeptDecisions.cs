using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;

namespace MediaCore.Numbers.Storage;

/// <summary>What was decided for a call, as it is kept for one tenant.</summary>
/// <param name="Row">The decisions.</param>
/// <param name="LinkedFrom">The call that it was made for; null for none.</param>
/// <param name="Link">What it was made for.</param>
internal sealed record KeptDecisions(CallTrace Row, string? LinkedFrom, CallLinkKind Link)
{
    /// <summary>The decisions of a call.</summary>
    public static KeptDecisions Of(CompletedCall call)
        => new(
            new CallTrace { CallId = call.Facts.CallId, TenantId = call.Facts.TenantId, Number = call.Facts.Number, AtMs = call.Facts.At.ToUnixTimeMilliseconds(), Document = Describe(call) },
            call.Facts.LinkedFrom,
            call.Facts.Link);

    private static string Describe(CompletedCall call)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("outcome", call.Result?.Outcome.ToString() ?? nameof(ActivityOutcome.HungUp));
            json.WriteString("detail", call.Result?.Detail ?? "");
            json.WriteNumber("configuration", call.Configuration);
            json.WriteStartArray("tags");
            foreach (string tag in call.Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteStartObject("variables");
            foreach ((string name, string value) in call.Variables)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            if (call.Facts.LinkedFrom is { } from)
            {
                json.WriteString("linked_from", from);
                json.WriteString("link", CallNames.Of(call.Facts.Link));
            }

            json.WriteStartArray("path");
            foreach (CallWaypoint waypoint in call.Path)
            {
                json.WriteStartObject();
                json.WriteString("at", waypoint.At);
                json.WriteString("kind", waypoint.Kind);
                json.WriteString("name", waypoint.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (CallTraceLine line in call.Trace)
            {
                json.WriteStartObject();
                json.WriteString("at", line.At);
                json.WriteString("kind", line.Kind);
                json.WriteString("text", line.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
