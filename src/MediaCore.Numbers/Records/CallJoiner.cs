using System.Globalization;
using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Records;

/// <summary>Joins all that is known of a call into one record (docs/call-records.md). A function of what it is given: the same parts make the same record.</summary>
public static class CallJoiner
{
    /// <summary>The record; null while the engine's own of the first call has not come.</summary>
    public static JoinedCall? Join(CallParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Calls[0] is not { Record: { } record } root)
        {
            return null;
        }

        CallStory story = CallStory.Read(root.Trace);
        IReadOnlyList<JoinedLeg> legs = JoinedLegs.Of(parts);
        HashSet<string> asked = [.. parts.Calls.Where(part => part.Link == CallLinkKind.Forward && !story.Path.Any(static one => one.Kind == WaypointKinds.Accepted)).Select(static part => part.CallId)];
        JoinedLeg[] talks = [.. legs.Where(leg => leg.IsTalk && !asked.Contains(leg.CallId)).OrderBy(static leg => leg.Record.AnsweredAt)];
        CallDisposition disposition = CallDispositions.Of(record, story, talks, legs, parts);
        string[] tags = [.. parts.Calls.SelectMany(static part => CallStory.Read(part.Trace).Tags).Distinct(StringComparer.Ordinal)];
        var document = new JsonObject
        {
            ["call_id"] = root.CallId,
            ["direction"] = DirectionOf(record),
            ["number"] = record.Number,
            ["caller"] = record.AssertedCaller ?? record.Caller,
            ["called"] = record.Called,
            ["started_at"] = Time(record.StartedAt),
            ["ringing_at"] = Time(record.RingingAt),
            ["answered_at"] = Time(record.AnsweredAt),
            ["ended_at"] = Time(record.EndedAt),
            ["duration_ms"] = Ms(record.Duration),
            ["billsec_ms"] = Math.Min(Ms(record.TalkTime), Ms(record.Duration)),
            ["talk_ms"] = TalkMs(talks),
            ["hold_ms"] = legs.Any(static leg => leg.Record.HoldCount > 0) ? legs.Sum(static leg => (long)leg.Record.HoldMilliseconds) : null,
            ["disposition"] = CallNames.Of(disposition),
            ["end"] = EndOf(record, disposition, legs),
            ["plan"] = PlanOf(story),
            ["configuration"] = story.Configuration == 0 ? null : story.Configuration,
            ["queues"] = Array(parts.Queues.Select(QueueOf)),
            ["menu_path"] = Array(MenuPath(story)),
            ["forwards"] = Array(story.Path.Where(static one => one.Kind is WaypointKinds.Forward or WaypointKinds.Number).Select(static one => new JsonObject { ["at"] = Time(one.At), ["to"] = one.Name })),
            ["voicemail"] = Array(parts.Messages.Select(static message => new JsonObject { ["message_id"] = message.Id.ToString(), ["box"] = message.Box, ["duration_ms"] = message.DurationMs })),
            ["tags"] = Array(tags.Select(static tag => JsonValue.Create(tag))),
            ["variables"] = Variables(story),
        };
        if (parts.IsOwners)
        {
            document["account"] = record.Account;
            document["inbound_trunk"] = record.InboundTrunk;
            document["outbound_trunk"] = record.OutboundTrunk;
            document["conference"] = record.Conference;
            document["transfers"] = Array(parts.Calls.Where(static part => part.Record is not null).SelectMany(static part => part.Record!.Transfers.Select(transfer => TransferOf(part, transfer))));
            document["legs"] = Array(legs.Select(LegOf));
            document["calls"] = Array(parts.Calls.Skip(1).Select(static part => new JsonObject
            {
                ["call_id"] = part.CallId,
                ["linked_from"] = part.LinkedFrom,
                ["kind"] = CallNames.Of(part.Link),
                ["started_at"] = Time(part.Record?.StartedAt),
                ["ended_at"] = Time(part.Record?.EndedAt),
            }));
            document["recordings"] = Array(parts.Recordings.Select(RecordingOf));
        }

        document["steps"] = Array(parts.Calls.SelectMany(static part => CallStory.Read(part.Trace).Steps.Select(step => (part.CallId, Step: step))).OrderBy(static one => one.Step.At)
            .Select(static one => new JsonObject { ["at"] = Time(one.Step.At), ["call_id"] = one.CallId, ["kind"] = one.Step.Kind, ["text"] = one.Step.Text }));
        Prune(document);
        return new JoinedCall
        {
            CallId = root.CallId,
            TenantId = parts.TenantId,
            Number = record.Number,
            StartedAtMs = record.StartedAt.ToUnixTimeMilliseconds(),
            Disposition = CallNames.Of(disposition),
            Queues = Lines(parts.Queues.Select(static visit => visit.Queue)),
            Agents = Lines(parts.Queues.Select(static visit => visit.Agent)),
            Tags = Lines(tags),
            Peers = Lines(parts.IsOwners ? [record.Caller, record.AssertedCaller, record.Called, .. legs.Where(static leg => !leg.Record.Inbound).Select(static leg => leg.Record.Peer)] : [record.Caller, record.AssertedCaller]),
            Document = document.ToJsonString(),
        };
    }

    /// <summary>A text as it stands among others in a column of <see cref="JoinedCall"/>: what is searched for.</summary>
    public static string Line(string text) => $"\n{text}\n";

    private static string Lines(IEnumerable<string?> texts)
    {
        string[] all = [.. texts.OfType<string>().Where(static text => text.Length > 0).Distinct(StringComparer.Ordinal)];
        return all.Length == 0 ? "" : Line(string.Join('\n', all));
    }

    private static string DirectionOf(CallRecord record)
        => record.OriginatedBy is not null ? "made" : record.InboundTrunk is not null || record.Account is null ? "inbound" : record.OutboundTrunk is not null ? "outbound" : "internal";

    /// <summary>Why it ended. Where nobody could be reached that is what the last who was called has said, and not that the service hung up an answered call.</summary>
    private static JsonObject EndOf(CallRecord record, CallDisposition disposition, IReadOnlyList<JoinedLeg> legs)
    {
        (int status, int cause) = (record.SipStatus, record.Q850Cause);
        if (record.AnsweredAt is not null && disposition is CallDisposition.Busy or CallDisposition.NoAnswer or CallDisposition.Rejected or CallDisposition.Blocked or CallDisposition.Failed
            && CallDispositions.LastAttempt(legs) is { Record: { SipStatus: > 0 } attempt })
        {
            (status, cause) = (attempt.SipStatus, attempt.Q850Cause);
        }

        return new JsonObject { ["by"] = CallEndNames.Of(record.EndedBy), ["reason"] = CallEndNames.Of(record.Reason), ["sip_status"] = status, ["q850_cause"] = cause, ["q850_text"] = CallCauses.TextOf(cause) };
    }

    private static JsonObject? PlanOf(CallStory story)
    {
        if (story.Path.FirstOrDefault(static one => one.Kind == WaypointKinds.Plan) is not { Name: { } name })
        {
            return null;
        }

        int at = name.LastIndexOf('@');
        return new JsonObject { ["name"] = name[..at], ["revision"] = int.Parse(name.AsSpan(at + 1), CultureInfo.InvariantCulture) };
    }

    private static IEnumerable<JsonNode?> MenuPath(CallStory story)
    {
        string menu = "";
        foreach (CallWaypoint one in story.Path)
        {
            menu = one.Kind == WaypointKinds.Menu ? one.Name : menu;
            if (one.Kind == WaypointKinds.Node)
            {
                yield return JsonValue.Create($"{menu}/{one.Name}");
            }
        }
    }

    private static JsonObject QueueOf(QueueVisit visit) => new()
    {
        ["queue"] = visit.Queue,
        ["call_id"] = visit.CallId,
        ["entered_at"] = Time(DateTimeOffset.FromUnixTimeMilliseconds(visit.EnteredAtMs)),
        ["left_at"] = Time(visit.LeftAtMs is { } left ? DateTimeOffset.FromUnixTimeMilliseconds(left) : null),
        ["wait_ms"] = visit.WaitMs,
        ["credit_ms"] = visit.CreditMs == 0 ? null : visit.CreditMs,
        ["position"] = visit.Position,
        ["result"] = visit.State switch
        {
            QueueEntryState.Connected => "answered",
            QueueEntryState.TimedOut => "timed_out",
            _ => visit.State.ToString().ToLowerInvariant(),
        },
        ["agent"] = visit.Agent,
    };

    private static JsonObject? Variables(CallStory story)
        => story.Variables.Count == 0 ? null : new JsonObject(story.Variables.Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)JsonValue.Create(one.Value))));

    private static JsonObject TransferOf(CallPart part, TransferRecord transfer) => new()
    {
        ["at"] = Time(transfer.At),
        ["call_id"] = part.CallId,
        ["kind"] = CallEndNames.Of(transfer.Kind),
        ["by"] = transfer.By,
        ["to"] = transfer.To,
        ["sip_status"] = transfer.Status,
        ["result"] = transfer.Status switch
        {
            >= 200 and < 300 => "completed",
            408 or 480 or 487 => "unanswered",
            _ => "refused",
        },

        // Who transferred was there still: the talk went on with him.
        ["recalled"] = transfer.Status >= 300 && part.Record!.Legs.FirstOrDefault(leg => leg.LegId == transfer.By) is { } by && by.EndedAt > transfer.At ? true : null,
    };

    private static JsonObject LegOf(JoinedLeg leg)
    {
        // All that the engine knows of it, and what only the whole call tells.
        JsonObject json = (JsonObject)JsonNode.Parse(CallRecordJson.ToText(leg.Record))!;
        json["call_id"] = leg.CallId;
        json["role"] = leg.Role;
        if (leg.Link != CallLinkKind.None)
        {
            json["linked_from"] = new JsonObject { ["kind"] = CallNames.Of(leg.Link), ["of"] = leg.LinkedFrom };
        }

        json["duration_ms"] = leg.DurationMs;
        json["states"] = new JsonObject { ["setup_ms"] = leg.SetupMs, ["ringing_ms"] = leg.RingingMs, ["answered_ms"] = leg.AnsweredMs };
        json["q850_text"] = CallCauses.TextOf(leg.Record.Q850Cause);
        return json;
    }

    private static JsonObject RecordingOf(Recording recording) => new()
    {
        ["id"] = recording.Id.ToString(),
        ["call_id"] = recording.CallId,
        ["state"] = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(recording.State.ToString()),
        ["started_at"] = Time(DateTimeOffset.FromUnixTimeMilliseconds(recording.StartedAtMs)),
        ["duration_ms"] = recording.DurationMs,
    };

    /// <summary>The time in which somebody talked with the caller; two at once count once.</summary>
    private static long TalkMs(IReadOnlyList<JoinedLeg> talks)
    {
        long sum = 0;
        DateTimeOffset until = DateTimeOffset.MinValue;
        foreach (JoinedLeg leg in talks)
        {
            DateTimeOffset from = leg.Record.AnsweredAt!.Value > until ? leg.Record.AnsweredAt.Value : until;
            DateTimeOffset to = leg.Record.EndedAt;
            if (to > from)
            {
                sum += Ms(to - from);
                until = to;
            }
        }

        return sum;
    }

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static long Ms(TimeSpan time) => Math.Max(0, (long)time.TotalMilliseconds);

    // What there is none of is left out.
    private static void Prune(JsonNode node)
    {
        if (node is JsonObject json)
        {
            foreach ((string name, JsonNode? value) in json.ToArray())
            {
                if (value is null or JsonArray { Count: 0 })
                {
                    json.Remove(name);
                }
                else
                {
                    Prune(value);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? one in list)
            {
                if (one is not null)
                {
                    Prune(one);
                }
            }
        }
    }
}
