using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Plans</c>.</summary>
/// <param name="store">The database.</param>
/// <param name="check">Says what is wrong with a plan.</param>
/// <param name="revisions">Revisions of plans, with what is checked within the transaction that publishes; null for no such check.</param>
/// <param name="simulator">Says what would happen to calls; null where none are driven.</param>
public sealed class PlansService(ServiceStore store, DocumentCheck check, RevisionStore<RoutingPlan, RoutingPlanRevision>? revisions, PlanSimulator? simulator) : V1.Plans.PlansBase
{
    private readonly DocumentRows<RoutingPlan, RoutingPlanRevision> _documents = new(store, "plan", check, revisions);

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

    /// <inheritdoc/>
    public override async Task<SimulateResponse> Simulate(SimulateRequest request, ServerCallContext context)
    {
        SimulatedCall call = SimulationMapping.Read(request, DateTimeOffset.FromUnixTimeMilliseconds(store.NowMs));
        (string name, string document) = request.Plan.Length > 0 ? await _documents.FindNewestAsync(request.Plan, context) : ("", "");
        document = request.Document.Length > 0 ? ApiMapping.Json(request.Document, "document", RevisionStore<RoutingPlan, RoutingPlanRevision>.MaxDocumentBytes) : document;
        if (simulator is null)
        {
            throw ApiErrors.Precondition("This server drives no calls of numbers.");
        }

        await simulator.RefreshAsync(context.CancellationToken);
        Guid tenant = ApiCaller.Of(context).TenantId;
        SimulatedPath? path = name.Length > 0 ? simulator.Simulate(ReadPlan(document, name), name, call, tenant) : simulator.Simulate(call, tenant);
        return SimulationMapping.ToMessage(path ?? throw ApiErrors.NotFound("There is no such number."));
    }

    /// <inheritdoc/>
    public override Task<ListSchemasResponse> ListSchemas(ListSchemasRequest request, ServerCallContext context)
    {
        DocumentSchema[] schemas = [.. Schemas.All.Where(schema => request.Document.Length == 0 || schema.Document == request.Document)];
        return schemas.Length > 0
            ? Task.FromResult(new ListSchemasResponse { Schemas = { schemas } })
            : throw ApiErrors.Invalid("document", $"One of {string.Join(", ", Schemas.All.Select(static schema => schema.Document))}.");
    }

    private static Plan ReadPlan(string document, string name)
    {
        DocumentErrors errors = new();
        Plan? plan = PlanReader.Parse(document, name, errors);
        return plan is not null && errors.All.Count == 0 ? plan : throw ApiErrors.Invalid(errors.All);
    }
}
