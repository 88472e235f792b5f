using Grpc.Core;
using MediaCore.Control.Services;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.Control.Commands;
using MediaCore.Wire.Tests;

namespace MediaCore.Control.Tests;

/// <summary>Unary calls: who commands, what a refusal looks like, the lease, what is in progress.</summary>
public class UnaryTests
{
    private static readonly Metadata s_asClicker = new() { { "mediacore-controller", "clicker" } };

    private static Target To(string callId, string commandId = "c-1") => new() { CommandId = commandId, CallId = callId };

    private static async Task<Status> StatusAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).Status;

    [Fact]
    public async Task Originate_GivesTheCallToTheController_AndALeaseThatRunsOut()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        CommandReply reply = await host.Client.OriginateAsync(new OriginateRequest { Target = To(""), Destinations = { new Destination { Account = "bob" } } }, s_asClicker);
        Assert.Equal(CommandReply.Types.Status.Accepted, reply.Status);
        Assert.Equal("clicker", host.Calls.ControllerOf(reply.CallId));

        // Each command renews the lease.
        host.Time.Advance(TimeSpan.FromSeconds(29));
        await host.Client.PlayAsync(new PlayRequest { Target = To(reply.CallId, "c-2"), Media = { new Media { File = "a.wav" } } }, s_asClicker);
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("clicker", host.Calls.ControllerOf(reply.CallId));
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.IsAsync(() => host.Calls.ControllerOf(reply.CallId), static c => c is null, "the call is released");
        Assert.Equal(Engine.Control.ReleasePolicy.Continue, Assert.Single(host.Calls.CommandsOf<ReleaseCommand>()).Policy);
    }

    [Fact]
    public async Task CallOfAnother_IsNotFound_ForEveryVerb_ButNotForAnOperator()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient owner = await host.OpenAsync(new Open { Controller = "ivr-1" });
        string callId = host.Calls.Begin();
        await owner.ClaimAsync(callId);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.HangupAsync(new HangupRequest { Target = To(callId) }, s_asClicker))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.ClaimAsync(new ClaimRequest { Target = To(callId, "c-2") }, s_asClicker))).StatusCode);

        string own = host.Calls.Begin();
        await host.Client.ClaimAsync(new ClaimRequest { Target = To(own, "c-3") }, s_asClicker);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.BridgeAsync(new BridgeRequest { Target = To(own, "c-4"), OtherCallId = callId }, s_asClicker))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.TransferAsync(new TransferRequest { Target = To(own, "c-5"), OtherCallId = callId }, s_asClicker))).StatusCode);

        Assert.Equal(CommandReply.Types.Status.Accepted, (await host.Client.HangupAsync(new HangupRequest { Target = To(callId, "c-6") })).Status);
        Assert.Equal(StatusCode.FailedPrecondition, (await StatusAsync(async () => await host.Client.ClaimAsync(new ClaimRequest { Target = To(own, "c-7") }))).StatusCode);
    }

    [Fact]
    public async Task Refusal_IsAStatusWithTheProblem()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        foreach (Engine.Control.CommandStatus status in Enum.GetValues<Engine.Control.CommandStatus>().Where(static s => s != Engine.Control.CommandStatus.Accepted))
        {
            host.Calls.Refuse = _ => Engine.Control.CommandReply.Refuse(status, "because");
            Status refused = await StatusAsync(async () => await host.Client.AnswerAsync(new AnswerRequest { Target = To("X", $"c-{status}") }));
            Assert.Equal((Mapping.EnumMapping.ToStatusCode(status), "because"), (refused.StatusCode, refused.Detail));
        }
    }

    [Fact]
    public async Task Command_RefusedForNow_MayComeAgain_OthersGetTheFirstReply()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        host.Calls.Refuse = static _ => Engine.Control.CommandReply.Refuse(Engine.Control.CommandStatus.Unavailable, "later");
        Assert.Equal(StatusCode.Unavailable, (await StatusAsync(async () => await host.Client.MuteAsync(new MuteRequest { Target = To(callId) }))).StatusCode);
        host.Calls.Refuse = static _ => null;
        Assert.False((await host.Client.MuteAsync(new MuteRequest { Target = To(callId) })).Repeated);
        Assert.True((await host.Client.MuteAsync(new MuteRequest { Target = To(callId) })).Repeated);

        // Identifiers are each controller's own.
        Assert.False((await host.Client.MuteAsync(new MuteRequest { Target = To(callId) }, s_asClicker)).Repeated);
        Assert.Equal(2, host.Calls.CommandsOf<MuteCommand>().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("server:claim-1")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456")]
    public async Task CommandId_ThatIsNone_IsInvalid(string commandId)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Assert.Equal(StatusCode.InvalidArgument, (await StatusAsync(async () => await host.Client.AnswerAsync(new AnswerRequest { Target = To("X", commandId) }))).StatusCode);
        Assert.Empty(host.Calls.Commands);
    }

    [Fact]
    public async Task Request_WithoutATarget_OrOfAControllerWithoutAName_IsInvalid()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Assert.Equal(StatusCode.InvalidArgument, (await StatusAsync(async () => await host.Client.AnswerAsync(new AnswerRequest()))).StatusCode);
        Metadata noName = new() { { "mediacore-controller", "" } };
        Assert.Equal(StatusCode.InvalidArgument, (await StatusAsync(async () => await host.Client.AnswerAsync(new AnswerRequest { Target = To("X") }, noName))).StatusCode);
    }

    [Fact]
    public async Task BoundToken_IsItsController_SeesNoCallsOfOthers_AndMayBeNobodyElse()
    {
        await using ControlHost host = await ControlHost.StartAsync(identity: new ControlIdentity("t", "clicker", IsOperator: true));
        CommandReply own = await host.Client.OriginateAsync(new OriginateRequest { Target = To(""), Destinations = { new Destination { Uri = "sip:a@192.0.2.1" } } });
        Assert.Equal("clicker", host.Calls.ControllerOf(own.CallId));
        host.Calls.Execute(new OriginateCommand { CommandId = "x", CallId = "OTHERS", Controller = "ivr", Epoch = 1 }, static _ => { });
        string free = host.Calls.Begin();

        Assert.Equal([own.CallId, free], (await host.Client.ListCallsAsync(new ListCallsRequest())).Calls.Select(static c => c.CallId).Order(StringComparer.Ordinal));
        Assert.Equal("clicker", (await host.Client.GetCallAsync(new GetCallRequest { CallId = own.CallId })).Controller);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.GetCallAsync(new GetCallRequest { CallId = "OTHERS" }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.HangupAsync(new HangupRequest { Target = To("OTHERS", "c-2") }))).StatusCode);
        Metadata other = new() { { "mediacore-controller", "ivr" } };
        Assert.Equal(StatusCode.PermissionDenied, (await StatusAsync(async () => await host.Client.HangupAsync(new HangupRequest { Target = To("OTHERS", "c-3") }, other))).StatusCode);
    }

    [Fact]
    public async Task ListCalls_TellsAllPageByPage()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        List<string> all = [.. Enumerable.Range(0, 25).Select(_ => host.Calls.Begin())];
        List<string> told = [];
        string token = "";
        do
        {
            ListCallsResponse page = await host.Client.ListCallsAsync(new ListCallsRequest { PageSize = 10, PageToken = token });
            told.AddRange(page.Calls.Select(static c => c.CallId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(all, told);
        Assert.Equal(StatusCode.InvalidArgument, (await StatusAsync(async () => await host.Client.ListCallsAsync(new ListCallsRequest { PageSize = 1001 }))).StatusCode);
    }

    [Fact]
    public async Task ListConference_TellsItsMembers_AndNobodyIsNotFound()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Calls.Members.Add(new Engine.Control.ConferenceMemberSnapshot("CALL", "CALL-0", Engine.MediaSessions.Conferences.ConferenceRole.Coach, IsMuted: true, IsDeaf: false, Gain: 2));
        ConferenceMember member = Assert.Single((await host.Client.ListConferenceAsync(new ListConferenceRequest { Room = "room" })).Members);
        Assert.Equal(("CALL-0", ConferenceJoinRequest.Types.Role.Coach, true, false, 2f), (member.LegId, member.Role, member.Muted, member.Deaf, member.Gain));
        Assert.Equal(StatusCode.NotFound, (await StatusAsync(async () => await host.Client.ListConferenceAsync(new ListConferenceRequest { Room = "other" }))).StatusCode);
    }

    [Fact]
    public async Task Controllers_MoreThanThereMayBe_AreRefused()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        for (int i = 0; i < ControlServiceLimits.MaxControllers; i++)
        {
            await host.Client.MuteAsync(new MuteRequest { Target = To(callId) }, new Metadata { { "mediacore-controller", $"c{i}" } });
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await StatusAsync(async () => await host.Client.MuteAsync(new MuteRequest { Target = To(callId) }, s_asClicker))).StatusCode);
        host.Time.Advance(ControlServiceLimits.UnaryLease);
        await host.Client.MuteAsync(new MuteRequest { Target = To(callId, "c-9") }, s_asClicker);
        host.Time.Advance(ControlServiceLimits.UnaryLease + ControlServiceLimits.ComeBackTime);
        Assert.False(host.Hub.IsWanted);
    }
}
