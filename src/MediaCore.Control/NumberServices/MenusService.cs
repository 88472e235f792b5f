using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Menus</c>.</summary>
/// <param name="store">The database.</param>
/// <param name="check">Says what is wrong with a menu.</param>
/// <param name="revisions">Revisions of menus, with what is checked within the transaction that publishes; null for no such check.</param>
public sealed class MenusService(ServiceStore store, DocumentCheck check, RevisionStore<Menu, MenuRevision>? revisions) : V1.Menus.MenusBase
{
    private readonly DocumentRows<Menu, MenuRevision> _documents = new(store, "menu", check, revisions);

    /// <inheritdoc/>
    public override Task<ListDocumentsResponse> ListMenus(PageRequest request, ServerCallContext context) => _documents.ListAsync(request, context);

    /// <inheritdoc/>
    public override Task<Document> GetMenu(EntityRequest request, ServerCallContext context) => _documents.GetAsync(request, context);

    /// <inheritdoc/>
    public override Task<Document> CreateMenu(CreateDocumentRequest request, ServerCallContext context) => _documents.CreateAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> SaveMenuDraft(SaveDraftRequest request, ServerCallContext context) => _documents.SaveDraftAsync(request, context);

    /// <inheritdoc/>
    public override Task<ValidateDocumentResponse> ValidateMenu(ValidateDocumentRequest request, ServerCallContext context) => _documents.ValidateAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> PublishMenu(EntityRequest request, ServerCallContext context) => _documents.PublishAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> RollBackMenu(RevisionRequest request, ServerCallContext context) => _documents.RollBackAsync(request, context);

    /// <inheritdoc/>
    public override Task<ListRevisionsResponse> ListMenuRevisions(ListRevisionsRequest request, ServerCallContext context) => _documents.ListRevisionsAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> GetMenuRevision(RevisionRequest request, ServerCallContext context) => _documents.GetRevisionAsync(request, context);
}
