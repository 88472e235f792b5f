using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using MediaCore.Engine.Relaying;

namespace MediaCore.Control.Services;

/// <summary>The service MediaRelay: descriptions in, descriptions out.</summary>
internal sealed class MediaRelayService(IMediaRelay relay) : V1.MediaRelay.MediaRelayBase
{
    /// <inheritdoc/>
    public override async Task<Description> Offer(OfferRequest request, ServerCallContext context)
    {
        Problems problems = new();
        RelayDescription offer = RelayMapping.ToOffer(request, ControllerName.Of(context, out _), problems);
        return ToDescription(await RunAsync(problems, relay.OfferAsync, offer, context));
    }

    /// <inheritdoc/>
    public override async Task<Description> Answer(AnswerDescriptionRequest request, ServerCallContext context)
    {
        Problems problems = new();
        RelayDescription answer = RelayMapping.ToAnswer(request, ControllerName.Of(context, out _), problems);
        return ToDescription(await RunAsync(problems, relay.AnswerAsync, answer, context));
    }

    /// <inheritdoc/>
    public override async Task<RelaySession> Delete(DeleteRequest request, ServerCallContext context) => ToSession(
        await relay.DeleteAsync(ControllerName.Of(context, out _), request.SessionId, TextMapping.ToNullable(request.Party), context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<RelaySession> Query(QueryRequest request, ServerCallContext context) => ToSession(
        await relay.QueryAsync(ControllerName.Of(context, out _), request.SessionId, context.CancellationToken));

    private static async Task<RelayReply> RunAsync(
        Problems problems, Func<RelayDescription, CancellationToken, ValueTask<RelayReply>> ask, RelayDescription description, ServerCallContext context) =>
        problems.First is { } problem ? new RelayReply(CommandStatus.InvalidArgument, problem) : await ask(description, context.CancellationToken);

    private static Description ToDescription(RelayReply reply) => new() { Sdp = Accepted(reply).Sdp };

    private static RelaySession ToSession(RelayReply reply) => RelayMapping.ToSession(Accepted(reply).Session!);

    private static RelayReply Accepted(RelayReply reply) =>
        reply.Status == CommandStatus.Accepted ? reply : throw new RpcException(new Status(EnumMapping.ToStatusCode(reply.Status), reply.Problem));
}
