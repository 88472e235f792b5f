using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>Plans and menus: what their two services have in common.</summary>
/// <typeparam name="TOwner">What has revisions.</typeparam>
/// <typeparam name="TRevision">Its revisions.</typeparam>
internal sealed class DocumentRows<TOwner, TRevision>(ServiceStore store, string kind, DocumentCheck check, RevisionStore<TOwner, TRevision>? revisions)
    where TOwner : RevisedRow, new()
    where TRevision : RevisionRow, new()
{
    private readonly Rows<TOwner> _rows = new(store, kind, static row => row.Name);
    private readonly RevisionStore<TOwner, TRevision> _revisions = revisions ?? new(store, kind);

    public async Task<ListDocumentsResponse> ListAsync(PageRequest request, ServerCallContext context)
    {
        (List<TOwner> rows, string next) = await _rows.ListAsync(context, request.PageSize, request.PageToken);
        ListDocumentsResponse response = new() { NextPageToken = next };
        response.Documents.AddRange(await DescribeAsync(rows, context));
        return response;
    }

    public async Task<Document> GetAsync(EntityRequest request, ServerCallContext context) => (await DescribeAsync([await _rows.GetAsync(context, request.Id, static row => row)], context))[0];

    public async Task<Document> CreateAsync(CreateDocumentRequest request, ServerCallContext context)
    {
        ApiMapping.Name(request.Name);
        if (request.Document.Length > 0)
        {
            ApiMapping.Json(request.Document, "document", RevisionStore<TOwner, TRevision>.MaxDocumentBytes);
        }

        TOwner made = await _rows.CreateAsync(context, database =>
        {
            var row = new TOwner { TenantId = ApiCaller.Of(context).TenantId, Name = request.Name };
            if (request.Document.Length > 0)
            {
                database.Add(new TRevision { TenantId = row.TenantId, OwnerId = row.Id, Number = 1, Document = request.Document });
            }

            return Task.FromResult(row);
        });
        return (await DescribeAsync([made], context))[0];
    }

    public async Task<Revision> SaveDraftAsync(SaveDraftRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid owner = await FindAsync(request.Id, context);
        if (request.Etag.Length > 0)
        {
            await using ServiceContext database = store.Open(caller.Scope);
            Rows<TOwner>.MustBe(
                await database.Set<TRevision>().AsNoTracking().SingleOrDefaultAsync(row => row.OwnerId == owner && row.State == RevisionState.Draft, context.CancellationToken)
                ?? throw ApiErrors.Changed("that of no draft: there is none"),
                request.Etag);
        }

        return ToMessage(ApiErrors.Take(await _revisions.SaveDraftAsync(caller.Scope, owner, request.Document, caller.Actor, context.CancellationToken), "document"), withDocument: true);
    }

    public async Task<ValidateDocumentResponse> ValidateAsync(ValidateDocumentRequest request, ServerCallContext context)
    {
        Guid owner = await FindAsync(request.Id, context);
        string document = request.Document.Length > 0 ? request.Document : await DraftAsync(owner, context);
        return new ValidateDocumentResponse
        {
            Problems = { (await CheckAsync(owner, document, context)).Select(static problem => new DocumentProblem { Path = problem.Path, Message = problem.Message }) },
        };
    }

    public async Task<Revision> PublishAsync(EntityRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid owner = await FindAsync(request.Id, context);
        if (await CheckAsync(owner, await DraftAsync(owner, context), context) is { Count: > 0 } problems)
        {
            throw ApiErrors.Invalid(problems);
        }

        return ToMessage(ApiErrors.Take(await _revisions.PublishAsync(caller.Scope, owner, null, caller.Actor, context.CancellationToken), "document"), withDocument: true);
    }

    public async Task<Revision> RollBackAsync(RevisionRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid owner = await FindAsync(request.Id, context);
        Revision revision = await GetRevisionAsync(request, context);
        if (revision.State == Revision.Types.State.Draft)
        {
            throw ApiErrors.Precondition("This revision is the draft: publish it.");
        }

        // What it refers to may be gone meanwhile.
        if (await CheckAsync(owner, revision.Document, context) is { Count: > 0 } problems)
        {
            throw ApiErrors.Invalid(problems);
        }

        return ToMessage(ApiErrors.Take(await _revisions.PublishAsync(caller.Scope, owner, request.Revision, caller.Actor, context.CancellationToken), "revision"), withDocument: true);
    }

    public async Task<ListRevisionsResponse> ListRevisionsAsync(ListRevisionsRequest request, ServerCallContext context)
    {
        Guid owner = await FindAsync(request.Id, context);
        int size = ApiMapping.PageSize(request.PageSize);
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        IQueryable<TRevision> rows = database.Set<TRevision>().AsNoTracking().Where(row => row.OwnerId == owner);
        if (ApiMapping.FromToken(request.PageToken) is { } token)
        {
            int before = int.TryParse(token, out int number) ? number : throw ApiMapping.BadToken();
            rows = rows.Where(row => row.Number < before);
        }

        List<TRevision> page = await rows.OrderByDescending(static row => row.Number).Take(size + 1).ToListAsync(context.CancellationToken);
        return new ListRevisionsResponse
        {
            Revisions = { page.Take(size).Select(static row => ToMessage(row, withDocument: false)) },
            NextPageToken = page.Count > size ? ApiMapping.ToToken(page[size - 1].Number.ToString()) : "",
        };
    }

    public async Task<Revision> GetRevisionAsync(RevisionRequest request, ServerCallContext context)
    {
        Guid owner = await FindAsync(request.Id, context);
        int number = request.Revision;
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        TRevision row = await database.Set<TRevision>().AsNoTracking().SingleOrDefaultAsync(each => each.OwnerId == owner && each.Number == number, context.CancellationToken)
            ?? throw ApiErrors.NotFound($"There is no revision {number}.");
        return ToMessage(row, withDocument: true);
    }

    /// <summary>What somebody who edits sees: the draft, or the revision in force where there is none.</summary>
    /// <returns>The name of the plan or menu, and the document.</returns>
    public async Task<(string Name, string Document)> FindNewestAsync(string id, ServerCallContext context)
    {
        TOwner owner = await _rows.GetAsync(context, id, static row => row);
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        List<TRevision> live = await database.Set<TRevision>().AsNoTracking().Where(row => row.OwnerId == owner.Id && (row.State == RevisionState.Draft || row.State == RevisionState.Published)).ToListAsync(context.CancellationToken);
        return (owner.Name, (live.Find(static row => row.State == RevisionState.Draft) ?? live.FirstOrDefault())?.Document ?? throw ApiErrors.NotFound("It has neither a draft nor a revision in force."));
    }

    private Task<Guid> FindAsync(string id, ServerCallContext context) => _rows.GetAsync(context, id, static row => row.Id);

    private async Task<string> DraftAsync(Guid owner, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        return await database.Set<TRevision>().AsNoTracking().Where(row => row.OwnerId == owner && row.State == RevisionState.Draft).Select(static row => row.Document).SingleOrDefaultAsync(context.CancellationToken)
            ?? throw ApiErrors.NotFound("There is no draft.");
    }

    private async Task<IReadOnlyList<DocumentError>> CheckAsync(Guid owner, string document, ServerCallContext context)
    {
        ApiMapping.Json(document, "document", RevisionStore<TOwner, TRevision>.MaxDocumentBytes);
        return await check(ApiCaller.Of(context).Scope, owner, document, context.CancellationToken);
    }

    private async Task<List<Document>> DescribeAsync(IReadOnlyList<TOwner> rows, ServerCallContext context)
    {
        Guid[] owners = [.. rows.Select(static row => row.Id)];
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        var live = await database.Set<TRevision>().AsNoTracking()
            .Where(row => owners.Contains(row.OwnerId) && (row.State == RevisionState.Draft || row.State == RevisionState.Published))
            .Select(static row => new { row.OwnerId, row.State, row.Number }).ToListAsync(context.CancellationToken);
        return [.. rows.Select(row => new Document
        {
            Id = row.Id.ToString(),
            Etag = ApiMapping.ETag(row),
            Name = row.Name,
            Published = live.Find(each => each.OwnerId == row.Id && each.State == RevisionState.Published)?.Number ?? 0,
            Draft = live.Find(each => each.OwnerId == row.Id && each.State == RevisionState.Draft)?.Number ?? 0,
            CreatedAt = ApiMapping.Time(row.CreatedAtMs),
        })];
    }

    private static Revision ToMessage(TRevision row, bool withDocument) => new()
    {
        Revision_ = row.Number,
        State = ApiMapping.To<Revision.Types.State>(row.State),
        Document = withDocument ? row.Document : "",
        PublishedAt = ApiMapping.Time(row.PublishedAtMs),
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
        Etag = ApiMapping.ETag(row),
    };
}
