using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Events;

/// <summary>What programs are told of a call that has ended. Without its legs, which show addresses of peers; and digits that a menu has collected into variables may be a PIN or a card.</summary>
internal static class CallEvents
{
    /// <summary>The data of <see cref="ServiceEventTypes.CallCompleted"/>.</summary>
    public static JsonObject Completed(CallRecord record)
    {
        var data = new JsonObject
        {
            ["call_id"] = record.CallId,
            ["number"] = record.Number,
            ["caller"] = record.Caller,
            ["called"] = record.Called,
            ["started_at"] = Time(record.StartedAt),
            ["answered_at"] = record.AnsweredAt is { } answered ? Time(answered) : null,
            ["ended_at"] = Time(record.EndedAt),
            ["duration_ms"] = (long)record.Duration.TotalMilliseconds,
            ["talk_ms"] = (long)record.TalkTime.TotalMilliseconds,
            ["ended_by"] = CallEndNames.Of(record.EndedBy),
            ["reason"] = CallEndNames.Of(record.Reason),
            ["sip_status"] = record.SipStatus,
            ["q850_cause"] = record.Q850Cause,
            ["account"] = record.Account,
            ["recordings"] = record.Recordings.Count,
        };
        if (record.Variables is { Count: > 0 } variables)
        {
            data["variables"] = new JsonObject(variables.Select(static each => KeyValuePair.Create<string, JsonNode?>(each.Key, Mask(each.Value))));
        }

        return data;
    }

    private static string Mask(string value) => value.Length > 0 && value.All(static c => char.IsAsciiDigit(c) || c is '*' or '#') ? new string('x', value.Length) : value;

    private static string Time(DateTimeOffset time) => EventBody.Time(time.ToUnixTimeMilliseconds());
}
