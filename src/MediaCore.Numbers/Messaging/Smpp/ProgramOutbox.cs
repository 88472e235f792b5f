using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>
/// What programs are to get, in the database: messages that came in for their numbers and receipts for what they have sent. Both are found by looking at the messages themselves, so nothing is lost that is stored,
/// whoever stored it and whenever the server ended. Thread-safe.
/// </summary>
/// <param name="store">The database.</param>
internal sealed class ProgramOutbox(ServiceStore store)
{
    /// <summary>States of which nothing was handed over.</summary>
    private static readonly MessageState[] Waiting = [MessageState.Accepted, MessageState.Scheduled, MessageState.Queued];

    /// <summary>States that a message does not leave but for better ones.</summary>
    private static readonly MessageState[] Final = [MessageState.Delivered, MessageState.Read, MessageState.Undelivered, MessageState.Failed, MessageState.Expired, MessageState.Cancelled];

    /// <summary>The tenant of an account; null where there is none of the name.</summary>
    public async Task<Guid?> FindTenantAsync(string name, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        return await context.Tenants.AsNoTracking().Where(row => row.Name == name && row.Id != Tenant.PlatformId).Select(static row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Keeps a message, or a part of one, that a program has sent.</summary>
    public async Task KeepAsync(ProgramMessage row, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(row.TenantId));
        row.CreatedAtMs = store.NowMs;
        context.ProgramMessages.Add(row);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The parts of the message that a part is of, one each, in their order; fewer than <see cref="ProgramMessage.Total"/> while some are missing.</summary>
    public async Task<ProgramMessage[]> FindPartsAsync(ProgramMessage part, CancellationToken cancellationToken)
    {
        long since = store.NowMs - (long)TimeSpan.FromMinutes(30).TotalMilliseconds;
        await using ServiceContext context = store.Open(TenantScope.Of(part.TenantId));
        ProgramMessage[] rows = await context.ProgramMessages.AsNoTracking()
            .Where(row => row.Account == part.Account && row.Kind == ProgramMessageKind.Submitted && row.MessageId == null && row.DoneAtMs == null && row.Source == part.Source
                && row.Destination == part.Destination && row.Reference == part.Reference && row.Total == part.Total && row.CreatedAtMs >= since)
            .OrderByDescending(row => row.Id).Take(2 * byte.MaxValue).ToArrayAsync(cancellationToken);

        // The newest of each: a program that heard no answer sends a part again.
        return [.. rows.DistinctBy(static row => row.Sequence).OrderBy(static row => row.Sequence)];
    }

    /// <summary>Parts have become a message.</summary>
    public Task JoinAsync(IReadOnlyList<ProgramMessage> parts, Guid messageId, CancellationToken cancellationToken) => ChangeAsync(
        parts,
        row =>
        {
            row.MessageId = messageId;
            row.DoneAtMs = row.Registered == 0 ? store.NowMs : null;
        },
        cancellationToken);

    /// <summary>Nothing is left to do about rows.</summary>
    public Task FinishAsync(IReadOnlyList<ProgramMessage> rows, CancellationToken cancellationToken) => ChangeAsync(rows, row => row.DoneAtMs = store.NowMs, cancellationToken);

    /// <summary>A program did not take something now.</summary>
    public Task PutOffAsync(ProgramMessage row, CancellationToken cancellationToken) => ChangeAsync(
        [row],
        kept =>
        {
            TimeSpan delay = SmppServiceLimits.MinRetryDelay * Math.Pow(2, Math.Min(kept.Attempts, 10));
            kept.Attempts++;
            kept.DueAtMs = store.NowMs + (long)(delay < SmppServiceLimits.MaxRetryDelay ? delay : SmppServiceLimits.MaxRetryDelay).TotalMilliseconds;
        },
        cancellationToken);

    /// <summary>A message that a program has sent, with what has become of it; null where there is none.</summary>
    public async Task<(ProgramMessage Row, TextMessage? Message)?> FindAsync(Guid tenantId, string account, string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "N", out Guid key))
        {
            return null;
        }

        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        ProgramMessage? row = await context.ProgramMessages.AsNoTracking().FirstOrDefaultAsync(row => row.Id == key && row.Account == account && row.Kind == ProgramMessageKind.Submitted, cancellationToken);
        return row is null ? null : (row, row.MessageId is { } messageId ? await context.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId, cancellationToken) : null);
    }

    /// <summary>Messages of a program's, from one sender to one receiver, of which nothing was handed over.</summary>
    public async Task<List<Guid>> FindWaitingAsync(Guid tenantId, string account, string source, string destination, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        return await context.ProgramMessages
            .Where(row => row.Account == account && row.Kind == ProgramMessageKind.Submitted && row.Source == source && row.Destination == destination && row.MessageId != null
                && context.Messages.Any(m => m.Id == row.MessageId && Waiting.Contains(m.State)))
            .Select(static row => row.MessageId!.Value).Distinct().Take(SmppServiceLimits.BatchRows).ToListAsync(cancellationToken);
    }

    /// <summary>A message has got other words.</summary>
    public Task ReplaceAsync(ProgramMessage row, string text, int registered, CancellationToken cancellationToken) => ChangeAsync(
        [row],
        kept => (kept.Text, kept.Registered, kept.DoneAtMs) = (MessageText.Keep(text), registered, registered == 0 ? store.NowMs : null),
        cancellationToken);

    /// <summary>Notes what there is to bring to a program: messages that came in, and receipts of messages that have come to their end. What it could not be brought for too long is given up.</summary>
    /// <returns>How many were given up.</returns>
    public async Task<int> NoteAsync(SmppAccount account, Guid tenantId, CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        long since = now - (long)SmppServiceLimits.LookBack.TotalMilliseconds;
        long until = now - (long)SmppServiceLimits.KeepTime.TotalMilliseconds;
        string[] numbers = [.. account.Numbers];
        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        TextMessage[] incoming = await context.Messages.AsNoTracking()
            .Where(m => m.Inbound && m.CreatedAtMs >= since && (numbers.Length == 0 || numbers.Contains(m.Number))
                && !context.ProgramMessages.Any(row => row.MessageId == m.Id && row.Account == account.SystemId && row.Kind == ProgramMessageKind.Delivered))
            .OrderBy(m => m.Id).Take(SmppServiceLimits.BatchRows).ToArrayAsync(cancellationToken);
        foreach (TextMessage message in incoming)
        {
            context.ProgramMessages.Add(new ProgramMessage
            {
                Id = DeliveryOf(message.Id, account.SystemId), TenantId = tenantId, Account = account.SystemId, Kind = ProgramMessageKind.Delivered, MessageId = message.Id, Source = message.Peer, Destination = message.Number, CreatedAtMs = now, DueAtMs = now,
            });
        }

        ProgramMessage[] ended = await context.ProgramMessages
            .Where(row => row.Account == account.SystemId && row.Kind == ProgramMessageKind.Submitted && row.DoneAtMs == null && row.DueAtMs == null && row.MessageId != null
                && context.Messages.Any(m => m.Id == row.MessageId && Final.Contains(m.State)))
            .OrderBy(row => row.Id).Take(SmppServiceLimits.BatchRows).ToArrayAsync(cancellationToken);
        foreach (ProgramMessage row in ended)
        {
            row.DueAtMs = now;
        }

        ProgramMessage[] old = await context.ProgramMessages.Where(row => row.Account == account.SystemId && row.CreatedAtMs < until).Take(SmppServiceLimits.BatchRows).ToArrayAsync(cancellationToken);
        context.ProgramMessages.RemoveRange(old);
        if (context.ChangeTracker.HasChanges())
        {
            await SaveAsync(context, cancellationToken);
        }

        return old.Count(static row => row.DoneAtMs is null && row.DueAtMs is not null);
    }

    /// <summary>What is to be brought to a program now, oldest first, each with its message.</summary>
    public async Task<(ProgramMessage Row, TextMessage Message)[]> FindDueAsync(string account, Guid tenantId, CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        var rows = await context.ProgramMessages.AsNoTracking().Where(row => row.Account == account && row.DoneAtMs == null && row.DueAtMs <= now)
            .Join(context.Messages.AsNoTracking(), static row => row.MessageId, static m => (Guid?)m.Id, static (row, m) => new { Row = row, Message = m })
            .OrderBy(pair => pair.Row.Id).Take(SmppServiceLimits.BatchRows).ToArrayAsync(cancellationToken);
        return [.. rows.Select(static pair => (pair.Row, pair.Message))];
    }

    /// <summary>The identifier that a program knows a message by.</summary>
    public static string IdOf(ProgramMessage row) => row.Id.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Takes something to bring it: no other node brings it meanwhile, and if this one ends before the program has answered, it is brought again after <see cref="SmppServiceLimits.ClaimTime"/>.</summary>
    /// <returns>Whether it was there to be taken.</returns>
    public async Task<bool> ClaimAsync(ProgramMessage row, CancellationToken cancellationToken)
    {
        long until = store.NowMs + (long)SmppServiceLimits.ClaimTime.TotalMilliseconds;
        await using ServiceContext context = store.Open(TenantScope.Of(row.TenantId));
        return await context.ProgramMessages.Where(kept => kept.Id == row.Id && kept.DoneAtMs == null && kept.DueAtMs == row.DueAtMs)
            .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.DueAtMs, until), cancellationToken) == 1;
    }

    /// <summary>Gives back what was taken, as no program is there.</summary>
    public Task ReleaseAsync(ProgramMessage row, CancellationToken cancellationToken) => ChangeAsync([row], kept => kept.DueAtMs = store.NowMs, cancellationToken);

    // The same on every node, so that two of them cannot note one message twice.
    private static Guid DeliveryOf(Guid messageId, string account) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{messageId:N} {account}")).AsSpan(0, 16));

    private static async Task SaveAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || ServiceStore.IsDuplicate(e.InnerException))
        {
            // Another node has noted the same meanwhile; what is left is found the next time.
        }
    }

    private async Task ChangeAsync(IReadOnlyList<ProgramMessage> rows, Action<ProgramMessage> change, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Guid[] keys = [.. rows.Select(static row => row.Id)];
        await using ServiceContext context = store.Open(TenantScope.Of(rows[0].TenantId));
        foreach (ProgramMessage row in await context.ProgramMessages.Where(row => keys.Contains(row.Id)).ToArrayAsync(cancellationToken))
        {
            change(row);
        }

        await SaveAsync(context, cancellationToken);
    }
}
