using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Documents in revisions: routing plans and menus. There is one draft at most; publishing puts it in force, and from then on it never changes; an earlier
/// revision can be put in force again. Calls keep the revision that they began with, so none is ever removed.
/// </summary>
/// <typeparam name="TOwner">What has revisions.</typeparam>
/// <typeparam name="TRevision">Its revisions.</typeparam>
/// <param name="store">The database.</param>
/// <param name="kind">What the audit calls it, as <c>plan</c>.</param>
/// <param name="check">Says what is wrong with a document that is to be published; null or nothing where it is right.</param>
/// <param name="checkWithin">The same, where it takes the tenant's other rows: the database as the change sees it, the owner, the document. Null for nothing.</param>
public sealed class RevisionStore<TOwner, TRevision>(
    ServiceStore store, string kind, Func<JsonElement, IReadOnlyList<string>>? check = null, Func<ServiceContext, TOwner, string, Task<IReadOnlyList<string>>>? checkWithin = null)
    where TOwner : RevisedRow, new()
    where TRevision : RevisionRow, new()
{
    /// <summary>Bytes of a document: a plan of a thousand rules has a tenth of it.</summary>
    public const int MaxDocumentBytes = 1024 * 1024;

    /// <summary>Makes one, without a revision.</summary>
    public Task<StoreResult<TOwner>> CreateAsync(TenantScope scope, string name, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<TOwner>(scope, new ChangeOrigin(actor, $"{kind}.create"), context =>
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > InventoryLimits.MaxLabelCharacters)
            {
                return Task.FromResult<StoreResult<TOwner>>(StoreResult.Invalid($"A name has 1 to {InventoryLimits.MaxLabelCharacters} characters."));
            }

            var row = new TOwner { TenantId = scope.TenantId, Name = name };
            context.Add(row);
            return Task.FromResult<StoreResult<TOwner>>(row);
        }, cancellationToken);

    /// <summary>Writes the draft, making one where there is none.</summary>
    public Task<StoreResult<TRevision>> SaveDraftAsync(TenantScope scope, Guid owner, string document, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<TRevision>(scope, new ChangeOrigin(actor, $"{kind}.draft"), async context =>
        {
            if (Encoding.UTF8.GetByteCount(document) > MaxDocumentBytes)
            {
                return StoreResult.Invalid($"A document has at most {MaxDocumentBytes} bytes.");
            }

            if (Parse(document, out string? wrong) is not { } parsed)
            {
                return StoreResult.Invalid(wrong!);
            }

            parsed.Dispose();
            if (!await ExistsAsync(context, owner, cancellationToken))
            {
                return NoSuch(owner);
            }

            TRevision? newest = await context.Set<TRevision>().Where(row => row.OwnerId == owner).OrderByDescending(static row => row.Number).FirstOrDefaultAsync(cancellationToken);
            if (newest is { State: RevisionState.Draft })
            {
                newest.Document = document;
                return newest;
            }

            var draft = new TRevision { TenantId = scope.TenantId, OwnerId = owner, Number = (newest?.Number ?? 0) + 1, Document = document };
            context.Add(draft);
            return draft;
        }, cancellationToken);

    /// <summary>Puts a revision in force: the draft, or (rolling back) an earlier one.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="owner">The plan or menu.</param>
    /// <param name="number">The revision; null for the draft.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Ends the change.</param>
    public Task<StoreResult<TRevision>> PublishAsync(TenantScope scope, Guid owner, int? number, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<TRevision>(scope, new ChangeOrigin(actor, number is null ? $"{kind}.publish" : $"{kind}.rollback"), async context =>
        {
            TOwner? row = await context.Set<TOwner>().SingleOrDefaultAsync(one => one.Id == owner, cancellationToken);
            if (row is null)
            {
                return NoSuch(owner);
            }

            List<TRevision> candidates = await context.Set<TRevision>()
                .Where(one => one.OwnerId == owner && (one.State == RevisionState.Published || (number == null ? one.State == RevisionState.Draft : one.Number == number)))
                .ToListAsync(cancellationToken);
            TRevision? chosen = candidates.Find(one => number is null ? one.State == RevisionState.Draft : one.Number == number);
            if (chosen is null)
            {
                return StoreResult.NotFound(number is null ? "There is no draft to publish." : $"There is no revision {number}.");
            }

            using (JsonDocument? document = Parse(chosen.Document, out string? wrong))
            {
                string[] errors = document is null ? [wrong!] : [.. check?.Invoke(document.RootElement) ?? []];
                if (errors.Length == 0 && checkWithin is not null)
                {
                    errors = [.. await checkWithin(context, row, chosen.Document)];
                }

                if (errors.Length > 0)
                {
                    return StoreResult.Invalid(string.Join('\n', errors));
                }
            }

            foreach (TRevision other in candidates)
            {
                other.State = other == chosen ? RevisionState.Published : RevisionState.Archived;
            }

            chosen.PublishedAtMs = store.NowMs;
            row.PublishedId = chosen.Id;
            return chosen;
        }, cancellationToken);

    private static Task<bool> ExistsAsync(ServiceContext context, Guid owner, CancellationToken cancellationToken)
        => context.Set<TOwner>().AnyAsync(row => row.Id == owner, cancellationToken);

    private StoreResult NoSuch(Guid owner) => StoreResult.NotFound($"There is no {kind} {owner}.");

    private static JsonDocument? Parse(string document, out string? wrong)
    {
        wrong = null;
        try
        {
            var parsed = JsonDocument.Parse(document);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                return parsed;
            }

            parsed.Dispose();
            wrong = "A document is a JSON object.";
        }
        catch (JsonException e)
        {
            wrong = $"The document is no JSON: {e.Message}";
        }

        return null;
    }
}
