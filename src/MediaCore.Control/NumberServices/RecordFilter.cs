using MediaCore.Control.V1;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>Which records a request asks for.</summary>
internal static class RecordFilter
{
    /// <summary>An export asks as a list does.</summary>
    public static ListRecordsRequest Of(ExportRecordsRequest request)
    {
        ListRecordsRequest list = new()
        {
            Number = request.Number,
            Caller = request.Caller,
            From = request.From,
            Until = request.Until,
            Reason = request.Reason,
            Peer = request.Peer,
            Disposition = request.Disposition,
            Queue = request.Queue,
            Agent = request.Agent,
            Tag = request.Tag,
        };
        if (request.HasAnswered)
        {
            list.Answered = request.Answered;
        }

        return list;
    }

    /// <summary>The engine's records that are asked for.</summary>
    public static IQueryable<CallEntry> Of(ServiceContext database, ListRecordsRequest request, ApiCaller caller)
    {
        if ((request.Caller.Length > 0 || request.Peer.Length > 0) && !caller.Allows(CallRecordsService.CallersPermission))
        {
            throw ApiErrors.Denied($"Whoever may not see who called may not ask for it either: {CallRecordsService.CallersPermission} is needed.");
        }

        Guid tenant = caller.TenantId;
        IQueryable<CallEntry> rows = database.Calls.Where(row => row.TenantId == tenant);
        if (request.Number is { Length: > 0 } number)
        {
            rows = rows.Where(row => row.Number == number);
        }

        if (request.Caller is { Length: > 0 } who)
        {
            rows = rows.Where(row => row.Caller == who);
        }

        if (ApiMapping.Ms(request.From, "from") is { } from)
        {
            rows = rows.Where(row => row.StartedAtMs >= from);
        }

        if (ApiMapping.Ms(request.Until, "until") is { } until)
        {
            rows = rows.Where(row => row.StartedAtMs < until);
        }

        if (request.HasAnswered)
        {
            bool answered = request.Answered;
            rows = rows.Where(row => (row.AnsweredAtMs != null) == answered);
        }

        if (request.Reason is { Length: > 0 } reason)
        {
            rows = rows.Where(row => row.Reason == reason);
        }

        IQueryable<JoinedCall> found = Of(database.JoinedCalls.Where(joined => joined.TenantId == tenant), request);
        return IsJoined(request) ? rows.Where(row => found.Any(joined => joined.CallId == row.CallId)) : rows;
    }

    /// <summary>The joined records that are asked for, by what they alone have.</summary>
    public static IQueryable<JoinedCall> Of(IQueryable<JoinedCall> rows, ListRecordsRequest request)
    {
        if (request.Disposition is { Length: > 0 } disposition)
        {
            rows = CallNames.Dispositions.Contains(disposition) ? rows.Where(row => row.Disposition == disposition) : throw ApiErrors.Invalid("disposition", $"One of {string.Join(", ", CallNames.Dispositions)}.");
        }

        if (request.Queue.Length > 0)
        {
            string queue = CallJoiner.Line(request.Queue);
            rows = rows.Where(row => row.Queues.Contains(queue));
        }

        if (request.Agent.Length > 0)
        {
            string agent = CallJoiner.Line(request.Agent);
            rows = rows.Where(row => row.Agents.Contains(agent));
        }

        if (request.Tag.Length > 0)
        {
            string tag = CallJoiner.Line(request.Tag);
            rows = rows.Where(row => row.Tags.Contains(tag));
        }

        if (request.Peer.Length > 0)
        {
            string peer = CallJoiner.Line(request.Peer);
            rows = rows.Where(row => row.Peers.Contains(peer));
        }

        return rows;
    }

    private static bool IsJoined(ListRecordsRequest request) => request.Disposition.Length > 0 || request.Queue.Length > 0 || request.Agent.Length > 0 || request.Tag.Length > 0 || request.Peer.Length > 0;
}
