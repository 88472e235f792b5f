using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.Controllers;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using CommandReply = MediaCore.Control.V1.CommandReply;
using EngineControl = MediaCore.Engine.Control;

namespace MediaCore.Control.Services;

/// <summary>The service CallControl: sessions, a unary call for each verb, and what is in progress.</summary>
internal sealed class CallControlService(
    ICallControl control, EventHub hub, ControllerRegistry registry, CommandGate gate, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<CallControlService> logger)
    : V1.CallControl.CallControlBase
{
    /// <inheritdoc/>
    public override async Task Session(IAsyncStreamReader<SessionRequest> requestStream, IServerStreamWriter<SessionResponse> responseStream, ServerCallContext context)
    {
        SessionRequest? first = await FirstMessage.ReadAsync(requestStream, "A session's first message, open,", context.CancellationToken);
        if (!SessionTerms.TryRead(first, out SessionTerms? terms, out string? problem))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }

        ControllerName.Check(ControlIdentity.Of(context), terms.Controller);
        Session session = new(terms, control, hub, registry, gate, time, logger, requestStream, responseStream);
        await session.RunAsync(context.CancellationToken, lifetime.ApplicationStopping);
    }

    /// <inheritdoc/>
    public override Task<CommandReply> Claim(ClaimRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Release(ReleaseRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Originate(OriginateRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Answer(AnswerRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Progress(ProgressRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Reject(RejectRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Redirect(RedirectRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Route(RouteRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Dial(DialRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Bridge(BridgeRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Unbridge(UnbridgeRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Hold(HoldRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Resume(ResumeRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Mute(MuteRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Transfer(TransferRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> AcceptTransfer(AcceptTransferRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Play(PlayRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Say(SayRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Gather(GatherRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> StopPlayback(StopPlaybackRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> RecordStart(RecordStartRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> RecordPause(RecordPauseRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> RecordResume(RecordResumeRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> RecordStop(RecordStopRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> SendDtmf(SendDtmfRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> SendInfo(SendInfoRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> SendMessage(SendMessageRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> ConferenceJoin(ConferenceJoinRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> ConferenceLeave(ConferenceLeaveRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> ConferenceMute(ConferenceMuteRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> Hangup(HangupRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override Task<CommandReply> SetVariable(SetVariableRequest request, ServerCallContext context) => RunAsync(request, context);

    /// <inheritdoc/>
    public override async Task<Call> GetCall(GetCallRequest request, ServerCallContext context) =>
        await control.GetCallAsync(request.CallId, context.CancellationToken) is { } call && ControlIdentity.Of(context).MaySee(call.Controller)
            ? CallMapping.ToCall(call)
            : throw new RpcException(new Status(StatusCode.NotFound, "There is no such call, it is over, or it is somebody else's."));

    /// <inheritdoc/>
    public override async Task<ListCallsResponse> ListCalls(ListCallsRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > ControlLimits.MaxPageCalls)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"page_size is 1 to {ControlLimits.MaxPageCalls}, or 0 for 100."));
        }

        CallFilter filter = new()
        {
            Application = TextMapping.ToNullable(request.Application),
            Controller = TextMapping.ToNullable(request.Controller),
            Account = TextMapping.ToNullable(request.Account),
            Trunk = TextMapping.ToNullable(request.Trunk),
            PageSize = request.PageSize == 0 ? CallFilter.All.PageSize : request.PageSize,
            After = TextMapping.ToNullable(request.PageToken),
        };
        CallPage page = await control.ListCallsAsync(filter, context.CancellationToken);
        ControlIdentity identity = ControlIdentity.Of(context);
        ListCallsResponse response = new() { NextPageToken = page.Next ?? "" };
        string last = "";
        int bytes = 0;
        foreach (Engine.Control.CallSnapshot found in page.Calls)
        {
            if (identity.MaySee(found.Controller))
            {
                V1.Call call = CallMapping.ToCall(found);
                bytes += call.CalculateSize();
                if (bytes > ControlServiceLimits.MaxPageBytes && response.Calls.Count > 0)
                {
                    response.NextPageToken = last;
                    break;
                }

                response.Calls.Add(call);
            }

            last = found.CallId;
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListConferenceResponse> ListConference(ListConferenceRequest request, ServerCallContext context)
    {
        IReadOnlyList<ConferenceMemberSnapshot> members = await control.ListConferenceAsync(request.Room, context.CancellationToken);
        ControlIdentity identity = ControlIdentity.Of(context);
        ConferenceMember[] seen = [.. members.Where(member => identity.MaySee(hub.Calls.Find(member.CallId)?.Hold?.Controller)).Select(CallMapping.ToMember)];
        return seen.Length > 0
            ? new ListConferenceResponse { Members = { seen } }
            : throw new RpcException(new Status(StatusCode.NotFound, "Nobody is in such a conference, or nobody whom you may see."));
    }

    private async Task<CommandReply> RunAsync(IMessage request, ServerCallContext context)
    {
        string name = ControllerName.Of(context, out bool isNamed);
        Problems problems = new();
        CallCommand? command = CommandMapping.Read(request, name, problems);
        if (problems.First is { } problem)
        {
            if (command is not null)
            {
                CommandGate.Count(command, CommandStatus.InvalidArgument);
            }

            throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }

        if (registry.Touch(name) is not { } present)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"There are {ControlServiceLimits.MaxControllers} controllers, as many as there may be."));
        }

        await registry.LearnedAsync().WaitAsync(context.CancellationToken);
        Requester who = new(name, present.Epoch, !isNamed && ControlIdentity.Of(context).IsOperator);
        (EngineControl.CommandReply reply, bool isRepeated) = await gate.ExecuteAsync(who, command!).WaitAsync(context.CancellationToken);
        return reply.IsAccepted
            ? ReplyMapping.ToReply(command!.CommandId, reply, isRepeated)
            : throw new RpcException(new Status(EnumMapping.ToStatusCode(reply.Status), reply.Problem));
    }
}
