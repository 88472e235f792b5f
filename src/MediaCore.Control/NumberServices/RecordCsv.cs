using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>Joined records as lines of CSV (RFC 4180); the columns are in docs/call-records.md, and are added to at the end alone.</summary>
internal static class RecordCsv
{
    /// <summary>The first line.</summary>
    public const string Headings = "call_id,number,caller,called,started_at,answered_at,ended_at,duration_ms,billsec_ms,ended_by,reason,disposition,direction,talk_ms,sip_status,q850_cause,q850_text,plan,plan_revision,queues,queue_wait_ms,agents,tags,transfers,voicemail,recordings,linked_calls,hold_ms,queue_position\r\n";

    /// <summary>Adds the line of a record.</summary>
    public static void Append(StringBuilder text, JoinedCall row, string document)
    {
        JsonNode record = JsonNode.Parse(document)!;
        string[] fields =
        [
            row.CallId, Text("number"), Text("caller"), Text("called"), Text("started_at"), Text("answered_at"), Text("ended_at"), Text("duration_ms"), Text("billsec_ms"), Text("end", "by"), Text("end", "reason"), row.Disposition,
            Text("direction"), Text("talk_ms"), Text("end", "sip_status"), Text("end", "q850_cause"), Text("end", "q850_text"), Text("plan", "name"), Text("plan", "revision"), Words(row.Queues),
            record["queues"] is JsonArray visits ? visits.Sum(static visit => (long?)visit!["wait_ms"] ?? 0).ToString() : "", Words(row.Agents), Words(row.Tags), Count("transfers"), Count("voicemail"), Count("recordings"), Count("calls"), Text("hold_ms"),
            record["queues"] is JsonArray { Count: > 0 } waits ? waits[^1]!["position"]?.ToString() ?? "" : "",
        ];
        text.AppendJoin(',', fields.Select(Escape)).Append("\r\n");

        string Text(params ReadOnlySpan<string> path)
        {
            JsonNode? at = record;
            foreach (string name in path)
            {
                at = at?[name];
            }

            return at?.ToString() ?? "";
        }

        string Count(string name) => record[name] is JsonArray list ? list.Count.ToString() : "0";
    }

    private static string Words(string lines) => string.Join(' ', lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>
    /// RFC 4180 §2: quotes around what has a comma, quote or line break, and quotes within doubled. Who calls chooses what stands here, and a spreadsheet takes <c>=</c> and its like for a formula: such a text gets an
    /// apostrophe before it. A number with its + is none.
    /// </summary>
    private static string Escape(string value)
    {
        if (value is ['=' or '-' or '@' or '\t', ..] || (value is ['+', ..] && value.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            value = "'" + value;
        }

        return value.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
