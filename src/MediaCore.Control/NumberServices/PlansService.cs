using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Plans</c>.</summary>
public sealed class PlansService(ServiceStore store, DocumentCheck check) : V1.Plans.PlansBase
{
    private readonly DocumentRows<RoutingPlan, RoutingPlanRevision> _documents = new(store, "plan", check);

    /// <inheritdoc/>
    public override Task<ListDocumentsResponse> ListPlans(PageRequest request, ServerCallContext context) => _documents.ListAsync(request, context);

    /// <inheritdoc/>
    public override Task<Document> GetPlan(EntityRequest request, ServerCallContext context) => _documents.GetAsync(request, context);

    /// <inheritdoc/>
    public override Task<Document> CreatePlan(CreateDocumentRequest request, ServerCallContext context) => _documents.CreateAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> SavePlanDraft(SaveDraftRequest request, ServerCallContext context) => _documents.SaveDraftAsync(request, context);

    /// <inheritdoc/>
    public override Task<ValidateDocumentResponse> ValidatePlan(ValidateDocumentRequest request, ServerCallContext context) => _documents.ValidateAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> PublishPlan(EntityRequest request, ServerCallContext context) => _documents.PublishAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> RollBackPlan(RevisionRequest request, ServerCallContext context) => _documents.RollBackAsync(request, context);

    /// <inheritdoc/>
    public override Task<ListRevisionsResponse> ListPlanRevisions(ListRevisionsRequest request, ServerCallContext context) => _documents.ListRevisionsAsync(request, context);

    /// <inheritdoc/>
    public override Task<Revision> GetPlanRevision(RevisionRequest request, ServerCallContext context) => _documents.GetRevisionAsync(request, context);
}
