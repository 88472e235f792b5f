using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recording = MediaCore.Numbers.Model.Recording;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.CallRecords</c>: what has become of calls, and their recordings.</summary>
/// <param name="store">The database.</param>
/// <param name="recordings">The folder of recordings; null where the server has none.</param>
/// <param name="loggers">Logs.</param>
public sealed class CallRecordsService(ServiceStore store, string? recordings, ILoggerFactory loggers) : V1.CallRecords.CallRecordsBase
{
    /// <summary>Who may see the numbers of callers and called.</summary>
    internal const string CallersPermission = "callers:read";

    private readonly ILogger _logger = loggers.CreateLogger<CallRecordsService>();

    /// <inheritdoc/>
    public override async Task<ListRecordsResponse> ListRecords(ListRecordsRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        (List<CallEntry> rows, string next) = await ReadAsync(database, request, caller, context.CancellationToken);
        string[] ids = [.. rows.Select(static row => row.CallId)];
        Guid tenant = caller.TenantId;
        Dictionary<string, JoinedCall> joined = await database.JoinedCalls.AsNoTracking().Where(row => row.TenantId == tenant && ids.Contains(row.CallId)).ToDictionaryAsync(static row => row.CallId, StringComparer.Ordinal, context.CancellationToken);
        bool shows = caller.Allows(CallersPermission);
        return new ListRecordsResponse { Records = { rows.Select(row => ToMessage(row, joined.GetValueOrDefault(row.CallId), shows)) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<CallHistoryRecord> GetRecord(GetRecordRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid tenant = caller.TenantId;
        string callId = request.CallId;
        await using ServiceContext database = store.Open(caller.Scope);
        CallEntry? entry = await database.Calls.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == callId && row.TenantId == tenant, context.CancellationToken);
        JoinedCall? joined = await FindJoinedAsync(database, callId, tenant, context.CancellationToken);
        bool shows = caller.Allows(CallersPermission);
        CallHistoryRecord message = entry is not null ? ToMessage(entry, joined, shows)
            : joined is not null ? ToMessage(joined, new CallHistoryRecord { CallId = joined.CallId, Number = joined.Number ?? "", StartedAt = ApiMapping.Time(joined.StartedAtMs) })
            : throw ApiErrors.NotFound("There is no record of such a call (yet).");
        message.Record = shows ? entry?.Record ?? "" : "";
        message.Joined = joined is null ? "" : shows ? joined.Document : RecordMasking.MaskDocument(joined.Document);
        return message;
    }

    /// <inheritdoc/>
    public override async Task ExportRecords(ExportRecordsRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
    {
        bool isCsv = request.Format switch
        {
            ExportRecordsRequest.Types.Format.Unspecified or ExportRecordsRequest.Types.Format.Csv => true,
            ExportRecordsRequest.Types.Format.JsonLines => false,
            _ => throw ApiErrors.Invalid("format", "CSV or JSON lines."),
        };
        ApiCaller caller = ApiCaller.Of(context);
        ListRecordsRequest filter = RecordFilter.Of(request);
        long after = ApiMapping.FromToken(request.PageToken) is { } token ? long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out long seq) ? seq : throw ApiMapping.BadToken() : 0;
        bool shows = caller.Allows(CallersPermission);
        await using ServiceContext database = store.Open(caller.Scope);

        // Where this file ends is settled before it begins; what changes meanwhile has a greater number, and comes with the next.
        List<long> ends = await Query(database, filter, caller, after).Select(static row => row.Seq).Take(ApiLimits.MaxExportRows + 1).ToListAsync(context.CancellationToken);
        bool hasMore = ends.Count > ApiLimits.MaxExportRows;
        long end = ends.Count == 0 ? after : ends[hasMore ? ^2 : ^1];
        DataChunk chunk = new() { ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson", Cursor = ApiMapping.ToToken(end.ToString(CultureInfo.InvariantCulture)) };
        chunk.NextPageToken = hasMore ? chunk.Cursor : "";
        StringBuilder text = new(isCsv ? RecordCsv.Headings : "");
        do
        {
            List<JoinedCall> rows = await Query(database, filter, caller, after).Where(row => row.Seq <= end).Take(ApiLimits.MaxPageRows).ToListAsync(context.CancellationToken);
            foreach (JoinedCall row in rows)
            {
                string document = shows ? row.Document : RecordMasking.MaskDocument(row.Document);
                if (isCsv)
                {
                    RecordCsv.Append(text, row, document);
                }
                else
                {
                    text.Append(document).Append('\n');
                }
            }

            chunk.Data = ByteString.CopyFromUtf8(text.ToString());
            await responseStream.WriteAsync(chunk, context.CancellationToken);
            after = rows.Count < ApiLimits.MaxPageRows ? end : rows[^1].Seq;
            text.Clear();
            chunk = new DataChunk();
        }
        while (after < end);
    }

    /// <inheritdoc/>
    public override async Task<ListRecordingsResponse> ListRecordings(ListRecordsRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        ListRecordsRequest all = request.Clone();
        all.WithLinked = true;
        (List<CallEntry> rows, string next) = await ReadAsync(database, all, caller, context.CancellationToken);
        ListRecordingsResponse response = new() { NextPageToken = next };
        ILookup<string, Recording> known = await ReadRecordingsAsync(database, caller, [.. rows.Select(static row => row.CallId)], context.CancellationToken);
        foreach (CallEntry row in rows)
        {
            response.Recordings.AddRange(known[row.CallId].Any() ? known[row.CallId].Select(ToMessage) : RecordingsOf(row).Select((info, index) => ToMessage(row, info, index)));
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task FetchRecording(FetchRecordingRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Recording[] known = [.. (await ReadRecordingsAsync(database, caller, [request.CallId], context.CancellationToken))[request.CallId]];
        string file;
        if (known.Length > 0)
        {
            Recording row = request.Index >= 0 && request.Index < known.Length ? known[request.Index] : throw NoRecording();
            file = row.State == RecordingState.Completed ? row.File : throw ApiErrors.NotFound(row.State == RecordingState.InProgress ? "The recording is not saved yet." : "The recording is not there (any more).");
        }
        else
        {
            Guid tenant = caller.TenantId;
            CallEntry entry = await database.Calls.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == request.CallId && row.TenantId == tenant, context.CancellationToken) ?? throw NoRecording();
            IReadOnlyList<RecordingInfo> found = RecordingsOf(entry);
            file = request.Index >= 0 && request.Index < found.Count ? found[request.Index].File : throw NoRecording();
        }

        ApiLog.RecordingFetched(_logger, request.CallId, request.Index, caller.Actor);
        await FileChunks.SendAsync(recordings, file, responseStream, context.CancellationToken, request.Offset, request.Length);
    }

    /// <inheritdoc/>
    public override async Task<Done> DeleteRecording(DeleteRecordingRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid tenant = caller.TenantId;
        await using ServiceContext database = store.Open(caller.Scope);
        List<Recording> rows = await Ordered(database.Recordings.Where(row => row.TenantId == tenant && row.CallId == request.CallId)).ToListAsync(context.CancellationToken);
        Recording found = request.Index >= 0 && request.Index < rows.Count ? rows[request.Index] : throw NoRecording();
        if (found.State == RecordingState.InProgress)
        {
            throw ApiErrors.Precondition("The recording is not saved yet: end it first.");
        }

        // The server that has the file deletes it (RecordingRegister).
        if (found.State == RecordingState.Completed)
        {
            found.State = RecordingState.Deleted;
            await database.SaveChangesAsync(context.CancellationToken);
            ApiLog.RecordingDeleted(_logger, request.CallId, request.Index, caller.Actor);
        }

        return new Done();
    }

    private static RpcException NoRecording() => ApiErrors.NotFound("The call has no such recording.");

    private static IQueryable<Recording> Ordered(IQueryable<Recording> rows) => rows.OrderBy(static row => row.StartedAtMs).ThenBy(static row => row.Id);

    private static async Task<ILookup<string, Recording>> ReadRecordingsAsync(ServiceContext database, ApiCaller caller, string[] calls, CancellationToken cancellationToken)
    {
        Guid tenant = caller.TenantId;
        return (await Ordered(database.Recordings.AsNoTracking().Where(row => row.TenantId == tenant && calls.Contains(row.CallId))).ToListAsync(cancellationToken)).ToLookup(static row => row.CallId, StringComparer.Ordinal);
    }

    /// <summary>The joined record that a call is part of; null where it was not joined yet.</summary>
    private static async Task<JoinedCall?> FindJoinedAsync(ServiceContext database, string callId, Guid tenant, CancellationToken cancellationToken)
    {
        for (int step = 0; step < CallJoinLimits.MaxSteps; step++)
        {
            string id = callId;
            if (await database.JoinedCalls.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == id && row.TenantId == tenant, cancellationToken) is { } found)
            {
                return found;
            }

            if (await database.CallLinks.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == id && row.TenantId == tenant, cancellationToken) is not { } link)
            {
                return null;
            }

            callId = link.LinkedFrom;
        }

        return null;
    }

    private static IQueryable<JoinedCall> Query(ServiceContext database, ListRecordsRequest filter, ApiCaller caller, long after)
    {
        // A call that another tenant's number has led here has no record of its own here: only what asks for more than the joined one has goes by those.
        Guid tenant = caller.TenantId;
        IQueryable<CallEntry> entries = RecordFilter.Of(database, filter, caller);
        IQueryable<JoinedCall> rows = RecordFilter.Of(database.JoinedCalls.AsNoTracking().Where(row => row.TenantId == tenant && row.Seq > after), filter);
        bool asksEntries = filter is not { Number: "", Caller: "", Reason: "", HasAnswered: false, From: null, Until: null };
        return (asksEntries ? rows.Where(row => entries.Any(entry => entry.CallId == row.CallId)) : rows).OrderBy(static row => row.Seq);
    }

    private static async Task<(List<CallEntry> Rows, string Next)> ReadAsync(ServiceContext database, ListRecordsRequest request, ApiCaller caller, CancellationToken cancellationToken)
    {
        IQueryable<CallEntry> rows = RecordFilter.Of(database, request, caller);
        if (!request.WithLinked)
        {
            rows = rows.Where(row => !database.CallLinks.Any(link => link.CallId == row.CallId));
        }

        if (ApiMapping.FromToken(request.PageToken) is { } token)
        {
            string[] parts = token.Split(' ', 2);
            if (parts.Length != 2 || !long.TryParse(parts[0], out long afterMs))
            {
                throw ApiMapping.BadToken();
            }

            string afterId = parts[1];
            rows = rows.Where(row => row.StartedAtMs > afterMs || (row.StartedAtMs == afterMs && string.Compare(row.CallId, afterId) > 0));
        }

        int size = ApiMapping.PageSize(request.PageSize);
        List<CallEntry> page = await rows.AsNoTracking().OrderBy(static row => row.StartedAtMs).ThenBy(static row => row.CallId).Take(size + 1).ToListAsync(cancellationToken);
        if (page.Count <= size)
        {
            return (page, "");
        }

        page.RemoveAt(size);
        return (page, ApiMapping.ToToken($"{page[^1].StartedAtMs} {page[^1].CallId}"));
    }

    private static IReadOnlyList<RecordingInfo> RecordingsOf(CallEntry row) =>
        Engine.CallRecords.CallRecordJson.TryRead(Encoding.UTF8.GetBytes(row.Record), out Engine.CallRecords.CallRecord record) ? record.Recordings : [];

    private static CallRecordingInfo ToMessage(Recording row, int index) => new()
    {
        CallId = row.CallId,
        Index = index,
        LegId = row.LegId,
        StartedAt = ApiMapping.Time(row.StartedAtMs),
        Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(row.DurationMs)),
        Bytes = row.Bytes,
        Sha256 = row.Sha256,
        Format = row.Format,
        Id = row.Id.ToString(),
        State = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(row.State.ToString()),
        Layout = row.Layout,
        Segments = row.Segments,
        RetainUntil = ApiMapping.Time(row.RetainUntilMs),
    };

    private static CallRecordingInfo ToMessage(CallEntry row, RecordingInfo info, int index) => new()
    {
        CallId = row.CallId,
        Index = index,
        LegId = info.LegId,
        StartedAt = Timestamp.FromDateTimeOffset(info.StartedAt),
        Duration = Duration.FromTimeSpan(info.Duration),
        Bytes = info.Bytes,
        Sha256 = info.Sha256,
        Format = RecordingNames.Of(info.Format),
        State = "completed",
        Layout = RecordingNames.Of(info.Layout),
    };

    private static CallHistoryRecord ToMessage(CallEntry row, JoinedCall? joined, bool shows)
    {
        CallHistoryRecord message = new()
        {
            CallId = row.CallId,
            Number = row.Number ?? "",
            Caller = shows ? row.Caller : RecordMasking.Mask(row.Caller),
            Called = shows ? row.Called : RecordMasking.Mask(row.Called),
            StartedAt = ApiMapping.Time(row.StartedAtMs),
            AnsweredAt = ApiMapping.Time(row.AnsweredAtMs),
            EndedAt = ApiMapping.Time(row.EndedAtMs),
            Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(row.EndedAtMs - row.StartedAtMs)),
            TalkTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(row.AnsweredAtMs is { } answered ? row.EndedAtMs - answered : 0)),
            EndedBy = row.EndedBy,
            Reason = row.Reason,
        };
        return joined is null ? message : ToMessage(joined, message);
    }

    private static CallHistoryRecord ToMessage(JoinedCall joined, CallHistoryRecord message)
    {
        message.Disposition = joined.Disposition;
        message.Queues.AddRange(joined.Queues.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        message.Agents.AddRange(joined.Agents.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        message.Tags.AddRange(joined.Tags.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return message;
    }
}
