using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.CallRecords</c>: what has become of calls, and their recordings.</summary>
/// <param name="store">The database.</param>
/// <param name="recordings">The folder of recordings; null where the server has none.</param>
public sealed class CallRecordsService(ServiceStore store, string? recordings) : V1.CallRecords.CallRecordsBase
{
    private const string CsvHeadings = "call_id,number,caller,called,started_at,answered_at,ended_at,duration_ms,talk_ms,ended_by,reason\r\n";

    /// <inheritdoc/>
    public override async Task<ListRecordsResponse> ListRecords(ListRecordsRequest request, ServerCallContext context)
    {
        (List<CallEntry> rows, string next) = await ReadAsync(request, ApiMapping.PageSize(request.PageSize), context);
        return new ListRecordsResponse { Records = { rows.Select(static row => ToMessage(row, withRecord: false)) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<CallHistoryRecord> GetRecord(GetRecordRequest request, ServerCallContext context) => ToMessage(await FindAsync(request.CallId, context), withRecord: true);

    /// <inheritdoc/>
    public override async Task ExportRecords(ExportRecordsRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
    {
        bool isCsv = request.Format switch
        {
            ExportRecordsRequest.Types.Format.Unspecified or ExportRecordsRequest.Types.Format.Csv => true,
            ExportRecordsRequest.Types.Format.JsonLines => false,
            _ => throw ApiErrors.Invalid("format", "CSV or JSON lines."),
        };
        ListRecordsRequest page = new()
        {
            PageToken = request.PageToken,
            Number = request.Number,
            Caller = request.Caller,
            From = request.From,
            Until = request.Until,
            Reason = request.Reason,
        };
        if (request.HasAnswered)
        {
            page.Answered = request.Answered;
        }

        DataChunk chunk = new() { ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson", NextPageToken = await FindEndAsync(page, context) };
        string end = chunk.NextPageToken;
        StringBuilder text = new(isCsv ? CsvHeadings : "");
        for (int left = ApiLimits.MaxExportRows; ; left -= ApiLimits.MaxPageRows)
        {
            (List<CallEntry> rows, string next) = await ReadAsync(page, Math.Min(left, ApiLimits.MaxPageRows), context);
            foreach (CallEntry row in rows)
            {
                _ = isCsv ? AppendCsv(text, row) : text.Append(row.Record).Append('\n');
            }

            chunk.Data = ByteString.CopyFromUtf8(text.ToString());
            await responseStream.WriteAsync(chunk, context.CancellationToken);
            if (next.Length == 0 || next == end)
            {
                return;
            }

            page.PageToken = next;
            text.Clear();
            chunk = new DataChunk();
        }
    }

    /// <inheritdoc/>
    public override async Task<ListRecordingsResponse> ListRecordings(ListRecordsRequest request, ServerCallContext context)
    {
        (List<CallEntry> rows, string next) = await ReadAsync(request, ApiMapping.PageSize(request.PageSize), context);
        ListRecordingsResponse response = new() { NextPageToken = next };
        foreach (CallEntry row in rows)
        {
            IReadOnlyList<RecordingInfo> found = RecordingsOf(row);
            for (int i = 0; i < found.Count; i++)
            {
                response.Recordings.Add(new CallRecordingInfo
                {
                    CallId = row.CallId,
                    Index = i,
                    LegId = found[i].LegId,
                    StartedAt = Timestamp.FromDateTimeOffset(found[i].StartedAt),
                    Duration = Duration.FromTimeSpan(found[i].Duration),
                    Bytes = found[i].Bytes,
                    Sha256 = found[i].Sha256,
                    Format = found[i].Format.ToString().ToLowerInvariant(),
                });
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task FetchRecording(FetchRecordingRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
    {
        IReadOnlyList<RecordingInfo> found = RecordingsOf(await FindAsync(request.CallId, context));
        string file = request.Index >= 0 && request.Index < found.Count ? found[request.Index].File : throw ApiErrors.NotFound("The call has no such recording.");
        await FileChunks.SendAsync(recordings, file, responseStream, context.CancellationToken);
    }

    private async Task<CallEntry> FindAsync(string callId, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid tenant = caller.TenantId;
        await using ServiceContext database = store.Open(caller.Scope);
        return await database.Calls.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == callId && row.TenantId == tenant, context.CancellationToken)
            ?? throw ApiErrors.NotFound("There is no record of such a call (yet).");
    }

    /// <summary>Where the file after this one begins; empty where this one has the rest.</summary>
    private async Task<string> FindEndAsync(ListRecordsRequest request, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        var last = await Query(database, request, context).Skip(ApiLimits.MaxExportRows - 1).Take(2).Select(static row => new { row.StartedAtMs, row.CallId }).ToListAsync(context.CancellationToken);
        return last.Count == 2 ? ApiMapping.ToToken($"{last[0].StartedAtMs} {last[0].CallId}") : "";
    }

    private async Task<(List<CallEntry> Rows, string Next)> ReadAsync(ListRecordsRequest request, int size, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        List<CallEntry> page = await Query(database, request, context).Take(size + 1).ToListAsync(context.CancellationToken);
        if (page.Count <= size)
        {
            return (page, "");
        }

        page.RemoveAt(size);
        return (page, ApiMapping.ToToken($"{page[^1].StartedAtMs} {page[^1].CallId}"));
    }

    /// <summary>What is asked for, by the time of the beginning, and by the call's identifier where two began in the same millisecond.</summary>
    private static IQueryable<CallEntry> Query(ServiceContext database, ListRecordsRequest request, ServerCallContext context)
    {
        Guid tenant = ApiCaller.Of(context).TenantId;
        IQueryable<CallEntry> rows = database.Calls.AsNoTracking().Where(row => row.TenantId == tenant);
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

        if (request.Number.Length > 0)
        {
            string number = request.Number;
            rows = rows.Where(row => row.Number == number);
        }

        if (request.Caller.Length > 0)
        {
            string who = request.Caller;
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

        if (request.Reason.Length > 0)
        {
            string reason = request.Reason;
            rows = rows.Where(row => row.Reason == reason);
        }

        return rows.OrderBy(static row => row.StartedAtMs).ThenBy(static row => row.CallId);
    }

    private static IReadOnlyList<RecordingInfo> RecordingsOf(CallEntry row) =>
        Engine.CallRecords.CallRecordJson.TryRead(Encoding.UTF8.GetBytes(row.Record), out Engine.CallRecords.CallRecord record) ? record.Recordings : [];

    private static CallHistoryRecord ToMessage(CallEntry row, bool withRecord) => new()
    {
        CallId = row.CallId,
        Number = row.Number ?? "",
        Caller = row.Caller,
        Called = row.Called,
        StartedAt = ApiMapping.Time(row.StartedAtMs),
        AnsweredAt = ApiMapping.Time(row.AnsweredAtMs),
        EndedAt = ApiMapping.Time(row.EndedAtMs),
        Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(row.EndedAtMs - row.StartedAtMs)),
        TalkTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(row.AnsweredAtMs is { } answered ? row.EndedAtMs - answered : 0)),
        EndedBy = row.EndedBy,
        Reason = row.Reason,
        Record = withRecord ? row.Record : "",
    };

    private static StringBuilder AppendCsv(StringBuilder text, CallEntry row)
    {
        Field(row.CallId);
        Field(row.Number ?? "");
        Field(row.Caller);
        Field(row.Called);
        Field(Time(row.StartedAtMs));
        Field(row.AnsweredAtMs is { } answered ? Time(answered) : "");
        Field(Time(row.EndedAtMs));
        Field((row.EndedAtMs - row.StartedAtMs).ToString(CultureInfo.InvariantCulture));
        Field((row.AnsweredAtMs is { } at ? row.EndedAtMs - at : 0).ToString(CultureInfo.InvariantCulture));
        Field(row.EndedBy);
        text.Append(Escape(row.Reason)).Append("\r\n");
        return text;

        void Field(string value) => text.Append(Escape(value)).Append(',');

        static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

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
