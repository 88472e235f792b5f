using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Keeps the decisions of calls that are over (<see cref="CallTrace"/>). Calls do not wait for it: what is to be written stands in a list with a bound, a task writes it and tries again while the database is down. What there is no room for
/// is lost and counted (<c>mediacore_numbers_traces_lost_total</c>); a call's record is not among that, it goes to the journal.
/// </summary>
public sealed partial class CallTraceStore : IAsyncDisposable
{
    /// <summary>Traces that wait for the database: half a minute of 300 calls a second, some 20 MB.</summary>
    public const int MaxWaiting = 10_000;

    private const int MaxBatch = 100;
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<(CallTrace Row, CallFacts Facts)> _waiting = Channel.CreateBounded<(CallTrace Row, CallFacts Facts)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _writing;
    private bool _failing;

    /// <summary>Begins to write.</summary>
    public CallTraceStore(ServiceStore store, ILoggerFactory? loggers = null)
    {
        _store = store;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallTraceStore>();
        _writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Has a call's decisions kept; returns at once. From any thread.</summary>
    public void Add(CompletedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var row = new CallTrace { CallId = call.Facts.CallId, TenantId = call.Facts.TenantId, Number = call.Facts.Number, AtMs = call.Facts.At.ToUnixTimeMilliseconds(), Document = Describe(call) };
        if (!_waiting.Writer.TryWrite((row, call.Facts)))
        {
            NumberMetrics.TracesLost.Add(1);
        }
    }

    /// <summary>Writes what waits, once more, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

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

    private async Task WriteAsync()
    {
        List<(CallTrace Row, CallFacts Facts)> batch = [];
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out (CallTrace Row, CallFacts Facts) row))
            {
                batch.Add(row);
            }

            while (batch.Count > 0)
            {
                try
                {
                    await InsertAsync(batch);
                    batch.Clear();
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
                {
                    if (!_failing)
                    {
                        LogFailed(e);
                    }

                    _failing = true;
                    if (_stopping.IsCancellationRequested)
                    {
                        NumberMetrics.TracesLost.Add(batch.Count + _waiting.Reader.Count);
                        return;
                    }

                    await Task.Delay(s_retry, _store.Time, _stopping.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
    }

    // A call that was given back and came again has more to tell the second time.
    private async Task InsertAsync(List<(CallTrace Row, CallFacts Facts)> rows)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(CancellationToken.None);
        foreach ((CallTrace row, CallFacts facts) in rows)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO call_traces (call_id, tenant_id, number, at_ms, document) VALUES ({row.CallId}, {row.TenantId}, {row.Number}, {row.AtMs}, {row.Document}) ON CONFLICT (call_id, tenant_id) DO UPDATE SET document = excluded.document", CancellationToken.None);
            if (facts.LinkedFrom is { } from)
            {
                string kind = facts.Link.ToString();
                await context.Database.ExecuteSqlAsync($"INSERT INTO call_links (call_id, tenant_id, linked_from, kind) VALUES ({row.CallId}, {row.TenantId}, {from}, {kind}) ON CONFLICT (call_id) DO NOTHING", CancellationToken.None);
            }

            CallJoins.Request(context, row.CallId, _store.NowMs);
        }

        await context.SaveChangesAsync(CancellationToken.None);

        await transaction.CommitAsync(CancellationToken.None);
    }

    [LoggerMessage(7055, LogLevel.Error, "The decisions of calls cannot be written; they wait, and it is tried again every second.", EventName = "CallTracesUnwritable")]
    private partial void LogFailed(Exception fault);
}
