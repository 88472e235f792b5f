using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Answers of the API by idempotency key, in the database, so that a repetition is answered on any node. The row is there from before the call is carried out: of two at the same
/// moment one goes on.
/// </summary>
public sealed class ApiAnswers(ServiceStore store)
{
    /// <summary>Answers that are deleted in one go; there is a go at most once a <see cref="s_tidyInterval"/>.</summary>
    private const int TidyRows = 10_000;

    private static readonly TimeSpan s_tidyInterval = TimeSpan.FromMinutes(10);

    private long _tidiedAtMs;

    /// <summary>Takes a key for a call, unless another call has it.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="key">The key.</param>
    /// <param name="requestHash">What the call is.</param>
    /// <param name="memory">How long answers are kept.</param>
    /// <param name="pending">After how long a call without an answer is taken for lost.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The row, and whether it is the call's own; otherwise it is that of the call that has the key.</returns>
    public async Task<(ApiAnswer Row, bool IsNew)> BeginAsync(TenantScope scope, string key, string requestHash, TimeSpan memory, TimeSpan pending, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        await TidyAsync(memory, cancellationToken);
        Guid tenant = scope.TenantId;
        while (true)
        {
            await using ServiceContext context = store.Open(scope);
            if (await context.ApiAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant && row.Key == key, cancellationToken) is { } known)
            {
                TimeSpan age = TimeSpan.FromMilliseconds(store.NowMs - known.CreatedAtMs);
                if (known.Answer is not null ? age < memory : age < pending)
                {
                    return (known, false);
                }

                await DeleteAsync(scope, known.Id, cancellationToken);
            }

            var row = new ApiAnswer { TenantId = tenant, Key = key, RequestHash = requestHash };
            context.ApiAnswers.Add(row);
            try
            {
                await context.SaveChangesAsync(cancellationToken);
                return (row, true);
            }
            catch (DbUpdateException e) when (ServiceStore.IsDuplicate(e.InnerException))
            {
                // Somebody was faster: his row is looked at.
            }
        }
    }

    /// <summary>Keeps the answer.</summary>
    public async Task CompleteAsync(TenantScope scope, Guid id, byte[] answer, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        await context.ApiAnswers.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Answer, answer), cancellationToken);
    }

    /// <summary>Gives the key back: the call was refused, and may come again.</summary>
    public Task AbandonAsync(TenantScope scope, Guid id, CancellationToken cancellationToken = default) => DeleteAsync(scope, id, cancellationToken);

    private async Task DeleteAsync(TenantScope scope, Guid id, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(scope);
        await context.ApiAnswers.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task TidyAsync(TimeSpan memory, CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        long last = Interlocked.Read(ref _tidiedAtMs);
        if (now - last < s_tidyInterval.TotalMilliseconds || Interlocked.CompareExchange(ref _tidiedAtMs, now, last) != last)
        {
            return;
        }

        long before = now - (long)memory.TotalMilliseconds;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        Guid[] old = await context.ApiAnswers.Where(row => row.CreatedAtMs < before).OrderBy(static row => row.CreatedAtMs).Take(TidyRows).Select(static row => row.Id).ToArrayAsync(cancellationToken);
        if (old.Length > 0)
        {
            await context.ApiAnswers.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
