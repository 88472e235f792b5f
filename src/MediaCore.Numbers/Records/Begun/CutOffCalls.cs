using System.Data.Common;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>
/// Gives a record to calls that an earlier run of this server was killed in the middle of (<see cref="BegunCalls"/>): it goes the way of all records, through the journal. One that has its record already (the server was killed between that and the end's line, or a second time) gets no other:
/// it stands in the journal, or in the database, where the call's id is the key. The files are removed when all of it is written.
/// </summary>
internal sealed partial class CutOffCalls
{
    /// <summary>Q.850 41, temporary failure: what a peer is told by a server that cannot go on (RFC 3398 §8.2.6.1: 500, 503).</summary>
    private const int TemporaryFailure = 41;

    private const int BatchCalls = 100;
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private readonly IReadOnlyList<string> _files;
    private readonly ServiceStore _store;
    private readonly ILogger _logger;

    /// <param name="files">What the earlier run left (<see cref="BegunCalls.Left"/>).</param>
    /// <param name="store">The database.</param>
    /// <param name="loggers">Logs.</param>
    public CutOffCalls(IReadOnlyList<string> files, ServiceStore store, ILoggerFactory? loggers = null)
    {
        (_files, _store) = (files, store);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CutOffCalls>();
    }

    /// <summary>The calls that the files leave in progress.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<CutOffCall> Read(IEnumerable<string> files)
    {
        Dictionary<string, CutOffCall> calls = new(StringComparer.Ordinal);
        long aliveMs = 0;
        foreach (string file in files)
        {
            BegunCallLine.Read(File.ReadAllBytes(file), calls, ref aliveMs);
        }

        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(aliveMs);
        return [.. calls.Values.Select(call => call with { Record = End(call.Record, end) }).OrderBy(static call => call.Record.StartedAt)];
    }

    /// <summary>Writes the records.</summary>
    /// <param name="journal">The journal of this run, before anything was taken from its folder.</param>
    /// <returns>The decisions that are to be written as well.</returns>
    /// <exception cref="IOException">Files cannot be read.</exception>
    public IReadOnlyList<KeptDecisions> WriteRecords(CallRecordJournal journal)
    {
        IReadOnlyList<CutOffCall> calls = Read(_files);
        if (calls.Count == 0)
        {
            return [];
        }

        HashSet<string> ended = ReadEnded(journal.Folder);
        CutOffCall[] cutOff = [.. calls.Where(call => !ended.Contains(call.Record.CallId))];
        foreach (CutOffCall call in cutOff)
        {
            journal.Write(0, call.Record);
        }

        BegunCallMetrics.CutOff.Add(cutOff.Length);
        if (cutOff.Length > 0)
        {
            LogCutOff(cutOff.Length);
        }

        return [.. cutOff.SelectMany(static call => call.Decisions)];
    }

    /// <summary>Writes the decisions, as soon as the database takes them, and removes the files.</summary>
    /// <param name="journal">The journal that has the records.</param>
    /// <param name="decisions">What is to be written.</param>
    /// <param name="cancellationToken">Ends it; the next run begins anew, and nothing comes twice.</param>
    public async Task FinishAsync(CallRecordJournal journal, IReadOnlyList<KeptDecisions> decisions, CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryFinishAsync(journal, decisions))
            {
                await Task.Delay(s_retry, _store.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task<bool> TryFinishAsync(CallRecordJournal journal, IReadOnlyList<KeptDecisions> decisions)
    {
        try
        {
            foreach (KeptDecisions[] batch in decisions.Chunk(BatchCalls))
            {
                await CallTraceStore.WriteAsync(_store, batch, areWhole: false);
            }

            // A record that the disk refuses stands in memory alone: the files are needed still.
            if (journal.HeldCount > 0)
            {
                return false;
            }

            foreach (string file in _files)
            {
                File.Delete(file);
            }

            return true;
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            LogNotYet(e);
            return false;
        }
    }

    private static CallRecord End(CallRecord record, DateTimeOffset end)
    {
        // The clock may have been set back in between.
        DateTimeOffset at = end > record.EndedAt ? end : record.EndedAt;
        return record with
        {
            EndedAt = at,
            EndedBy = CallEndSide.Server,
            Reason = CallEndReason.NodeFailure,
            Q850Cause = TemporaryFailure,
            Legs = [.. record.Legs.Select(leg => leg.Q850Cause != 0 ? leg : leg with { EndedAt = at, EndedBy = CallEndSide.Server, Q850Cause = TemporaryFailure })],
        };
    }

    private static HashSet<string> ReadEnded(string folder)
    {
        HashSet<string> ended = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, CallRecordFileName.SearchPattern))
        {
            using var reader = new CallRecordJournalReader(path);
            while (reader.TryRead(out CallRecord record, complete: true))
            {
                ended.Add(record.CallId);
            }
        }

        return ended;
    }

    [LoggerMessage(EventId = 7045, EventName = "CallsCutOff", Level = LogLevel.Warning, Message = "{Count} calls were in progress when this server was gone the last time; they have their records now, ended by node_failure")]
    private partial void LogCutOff(int count);

    [LoggerMessage(EventId = 7046, EventName = "CutOffCallsWaiting", Level = LogLevel.Warning, Message = "The decisions of calls that were cut off cannot be written yet; it is tried again every second")]
    private partial void LogNotYet(Exception fault);
}
