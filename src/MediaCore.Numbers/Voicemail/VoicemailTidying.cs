using System.Data.Common;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// Tidies away messages that were deleted, an hour after it has seen that, and those that are older than their box keeps them (<see cref="VoicemailBox.RetentionDays"/>): first the sound, then the row, so that a crash between the two is mended by the next
/// look and no sound is left that nobody knows of. At most <see cref="VoicemailLimits.MaxTidied"/> at a time.
/// </summary>
internal sealed partial class VoicemailTidying : IAsyncDisposable
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    private readonly ServiceStore _store;
    private readonly VoicemailDesk _desk;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();

    // Since when this node has seen that a message is due; at most MaxTidied of them.
    private Dictionary<Guid, long> _seen = [];
    private Task _loop = Task.CompletedTask;

    internal VoicemailTidying(ServiceStore store, VoicemailDesk desk, ILoggerFactory? loggers = null)
    {
        _store = store;
        _desk = desk;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<VoicemailTidying>();
    }

    internal static VoicemailTidying Start(ServiceStore store, VoicemailDesk desk, ILoggerFactory? loggers)
    {
        var tidying = new VoicemailTidying(store, desk, loggers);
        tidying._loop = Task.Run(tidying.WorkAsync, CancellationToken.None);
        return tidying;
    }

    /// <summary>Tidies once; gives how many messages are gone.</summary>
    /// <exception cref="DbException">The database cannot be used.</exception>
    /// <exception cref="IOException">A sound cannot be removed.</exception>
    internal async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        long now = _store.NowMs;
        List<VoicemailMessage> due;
        await using (ServiceContext context = _store.Open(TenantScope.Platform))
        {
            due = await context.VoicemailMessages.AsNoTracking()
                .Join(context.VoicemailBoxes, static row => row.BoxId, static box => box.Id, static (row, box) => new { Row = row, box.RetentionDays })
                .Where(each => each.Row.State == VoicemailState.Deleted || (each.RetentionDays > 0 && each.Row.ReceivedAtMs < now - (each.RetentionDays * DayMs)))
                .OrderBy(static each => each.Row.Id).Select(static each => each.Row).Take(VoicemailLimits.MaxTidied).ToListAsync(cancellationToken);
        }

        Dictionary<Guid, long> before = _seen;
        _seen = due.ToDictionary(static row => row.Id, row => before.GetValueOrDefault(row.Id, now));
        int tidied = 0;
        foreach (VoicemailMessage row in due)
        {
            TimeSpan seen = TimeSpan.FromMilliseconds(now - _seen[row.Id]);
            string path = _desk.Resolve(row.File);
            bool isOthers = _store.Options.Provider == StoreProvider.Postgres && !File.Exists(path);
            if ((row.State == VoicemailState.Deleted && seen < VoicemailLimits.UndoTime) || (isOthers && seen < VoicemailLimits.AbsentTime))
            {
                continue;
            }

            if (await RemoveAsync(row, path, cancellationToken))
            {
                _seen.Remove(row.Id);
                tidied++;
            }
        }

        VoicemailMetrics.Tidied.Add(tidied);
        if (tidied > 0)
        {
            LogTidied(tidied);
        }

        return tidied;
    }

    /// <summary>Tidies no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task<bool> RemoveAsync(VoicemailMessage seen, string path, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Of(seen.TenantId));
        VoicemailMessage? row = await context.VoicemailMessages.SingleOrDefaultAsync(each => each.Id == seen.Id, cancellationToken);
        if (row is null || row.State != seen.State)
        {
            // Brought back, or gone, since it was read.
            return false;
        }

        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path + ".json");
            File.Delete(path);
        }

        context.VoicemailMessages.Remove(row);
        await context.SaveChangesAsync(cancellationToken);
        _desk.Note();
        return true;
    }

    private async Task WorkAsync()
    {
        using PeriodicTimer timer = new(VoicemailLimits.TidyInterval, _store.Time);
        try
        {
            do
            {
                try
                {
                    await LookAsync(_stopping.Token);
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or InvalidDataException or UnauthorizedAccessException)
                {
                    VoicemailMetrics.TidyFailures.Add(1);
                    LogNotTidied(e);
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    [LoggerMessage(7131, LogLevel.Information, "{Messages} voicemail messages, deleted or too old, were tidied away.", EventName = "VoicemailTidied")]
    private partial void LogTidied(int messages);

    [LoggerMessage(7132, LogLevel.Error, "Voicemail messages cannot be tidied away; it is tried again in 10 minutes.", EventName = "VoicemailNotTidied")]
    private partial void LogNotTidied(Exception fault);
}
