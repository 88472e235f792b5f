using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Answers of the API by idempotency key, in the database, so that a repetition is answered on any node. The row is there from before the call is carried out: of two at the same
/// moment one goes on. That a change was made under a key is noted in the transaction of the change, so a server that died in the middle knows after its restart what of its calls was carried out.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="node">What this server is called, the same after a restart and no other's with the same database; not empty, since an answer without a name is one that is lost.</param>
public sealed class ApiAnswers(ServiceStore store, string node)
{
    /// <summary>First byte of an answer: the call goes on, nothing was changed yet; the server's name follows.</summary>
    public const byte Pending = 2;

    /// <summary>First byte of an answer: something was changed, and the answer is not there (yet); the server's name follows while it may still come.</summary>
    public const byte CarriedOut = 3;

    private readonly SemaphoreSlim _recovering = new(1, 1);
    private readonly byte[] _pending = [Pending, .. NameOf(node)];
    private readonly byte[] _carriedOut = [CarriedOut, .. NameOf(node)];
    private volatile bool _hasRecovered;

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
        await RecoverAsync(cancellationToken);
        await TidyAsync(memory, cancellationToken);
        Guid tenant = scope.TenantId;
        while (true)
        {
            await using ServiceContext context = store.Open(scope);
            if (await context.ApiAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant && row.Key == key, cancellationToken) is { } known)
            {
                TimeSpan age = TimeSpan.FromMilliseconds(store.NowMs - known.CreatedAtMs);
                if (known.Answer is null or [Pending, ..] ? age < pending : age < memory)
                {
                    return (known, false);
                }

                await DeleteAsync(scope, known.Id, cancellationToken);
            }

            var row = new ApiAnswer { TenantId = tenant, Key = key, RequestHash = requestHash, Answer = _pending };
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

    /// <summary>Whether the call of a key may still be answered: it goes on somewhere.</summary>
    /// <param name="row">The row of the key.</param>
    /// <param name="pending">After how long a call without an answer is taken for lost.</param>
    public bool IsOpen(ApiAnswer row, TimeSpan pending)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Answer is null or [Pending, ..] || (row.Answer is [CarriedOut, _, ..] && store.NowMs - row.CreatedAtMs < pending.TotalMilliseconds);
    }

    /// <summary>Changes that the caller makes from here on are made under a key.</summary>
    public void Enter(ApiAnswer row) => store.AnswerOfChanges.Value = row;

    /// <summary>Keeps the answer.</summary>
    public async Task CompleteAsync(TenantScope scope, Guid id, byte[] answer, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        await context.ApiAnswers.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Answer, answer), cancellationToken);
    }

    /// <summary>Gives the key back: the call was refused, and may come again.</summary>
    public Task AbandonAsync(TenantScope scope, Guid id, CancellationToken cancellationToken = default) => DeleteAsync(scope, id, cancellationToken);

    /// <summary>A change was made under a key; once the call is answered there is nothing to be noted.</summary>
    internal static async Task NoteChangeAsync(ServiceContext context, ApiAnswer answer, CancellationToken cancellationToken)
    {
        Guid id = answer.Id;
        byte[]? before = answer.Answer;
        byte[] after = [CarriedOut, .. (before ?? []).AsSpan(1)];
        await context.ApiAnswers.IgnoreQueryFilters().Where(row => row.Id == id && row.Answer == before).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Answer, after), cancellationToken);
    }

    /// <summary>Calls that were lost with this server's last run: what was not carried out may come again, what was says so.</summary>
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (_hasRecovered)
        {
            return;
        }

        await _recovering.WaitAsync(cancellationToken);
        try
        {
            if (!_hasRecovered)
            {
                await using ServiceContext context = store.Open(TenantScope.Platform);
                await context.ApiAnswers.Where(row => row.Answer == _pending).ExecuteDeleteAsync(cancellationToken);
                byte[] lost = [CarriedOut];
                await context.ApiAnswers.Where(row => row.Answer == _carriedOut).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Answer, lost), cancellationToken);
                _hasRecovered = true;
            }
        }
        finally
        {
            _recovering.Release();
        }
    }

    private static byte[] NameOf(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return System.Text.Encoding.UTF8.GetBytes(node);
    }

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
