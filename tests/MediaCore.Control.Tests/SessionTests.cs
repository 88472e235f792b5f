using Grpc.Core;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.Control.Commands;
using MediaCore.Wire.Tests;
using Told = MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Tests;

/// <summary>Sessions over the wire: offers, claims, order, repetition, loss and return.</summary>
public class SessionTests
{
    private static readonly Open s_ivr = new() { Controller = "ivr-1", Applications = { "ivr" } };

    [Fact]
    public async Task Offer_IsToldToSessionsOfItsApplication_AndClaimedCallIsDriven()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        Assert.True(session.Opened.Epoch > 0);

        string callId = host.Calls.Offer("ivr");
        Event offer = await session.TakeEventAsync(Event.KindOneofCase.CallOffered);
        Assert.Equal((callId, 2, "ivr", "+5000"), (offer.CallId, offer.Sequence, offer.CallOffered.Application, offer.CallOffered.Called));

        CommandReply claim = await session.ClaimAsync(callId);
        Assert.Equal((CommandReply.Types.Status.Accepted, callId), (claim.Status, claim.CallId));
        Event mine = await session.TakeEventAsync(Event.KindOneofCase.ControlChanged);
        Assert.Equal(("ivr-1", session.Opened.Epoch), (mine.ControlChanged.Controller, mine.ControlChanged.Epoch));

        CommandReply say = await session.DoAsync(callId, static (c, t) =>
        {
            t.ClientState = "greeting";
            c.Say = new SayRequest { Target = t, Speech = new Speech { Text = "Welcome" } };
        });
        Assert.Equal(CommandReply.Types.Status.Accepted, say.Status);
        Event ended = await session.TakeEventAsync(Event.KindOneofCase.CommandEnded);
        ended = ended.CommandEnded.CommandId == say.CommandId ? ended : await session.TakeEventAsync(Event.KindOneofCase.CommandEnded);
        Assert.Equal((say.CommandId, "greeting"), (ended.CommandEnded.CommandId, ended.CommandEnded.ClientState));
        Assert.Equal("Welcome", Assert.Single(host.Calls.CommandsOf<SayCommand>()).Text);
    }

    /// <summary>A controller that took it for a good end would not come back.</summary>
    [Fact]
    public async Task DefectInASession_IsNoGoodEnd()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        await session.ClaimAsync(host.Calls.Offer("ivr"));
        host.Calls.Before = static _ => throw new InvalidOperationException("The engine has a defect.");
        using AsyncDuplexStreamingCall<SessionRequest, SessionResponse> again = host.Client.Session(cancellationToken: CancellationToken.None);
        await again.RequestStream.WriteAsync(new SessionRequest { Open = s_ivr });
        RpcException ended = await Assert.ThrowsAsync<RpcException>(() => again.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unknown, ended.StatusCode);
    }

    [Fact]
    public async Task MessageOutsideOfCalls_EndsForWhoeverSentIt_AndForNobodyElse()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        using SessionClient other = await host.OpenAsync(new Open { Controller = "other", Applications = { "*" } });
        CommandReply reply = await session.DoAsync("", static (c, t) => c.SendMessage = new SendMessageRequest { Target = t, Destination = new Destination { Account = "alice" } });
        Assert.Equal(CommandReply.Types.Status.Accepted, reply.Status);
        Assert.Equal(reply.CommandId, (await session.TakeEventAsync(Event.KindOneofCase.CommandEnded)).CommandEnded.CommandId);

        // The other's next event is that of a call.
        string callId = host.Calls.Offer("ivr");
        await other.TakeEventAsync(Event.KindOneofCase.CallOffered);
        Assert.All(other.Events, e => Assert.Equal(callId, e.CallId));
    }

    [Fact]
    public async Task Reply_ComesBeforeTheEventsOfItsCommand_AndEventsWithoutAGap()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        string callId = host.Calls.Offer("ivr");
        await session.TakeEventAsync(Event.KindOneofCase.CallOffered);

        const int Count = 500;
        Task sending = Task.Run(async () =>
        {
            await session.CommandAsync(callId, static (c, t) => c.Claim = new ClaimRequest { Target = t });
            for (int i = 0; i < Count; i++)
            {
                await session.CommandAsync(callId, static (c, t) => c.SetVariable = new SetVariableRequest { Target = t, Name = "n", Value = "v" });
            }
        });
        HashSet<string> replied = [];
        long sequence = session.Events[^1].Sequence;
        int ended = 0;
        while (ended < Count + 1)
        {
            SessionResponse response = await session.TakeAsync();
            if (response.Reply is { } reply)
            {
                Assert.True(replied.Add(reply.CommandId));
            }
            else
            {
                Assert.Equal(++sequence, response.Event.Sequence);
                if (response.Event.CommandEnded is { } end)
                {
                    Assert.Contains(end.CommandId, replied);
                    ended++;
                }
            }
        }

        await sending;
    }

    [Fact]
    public async Task Offer_ToSeveralSessions_FirstClaimWins_AndTheOthersHearIt()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient first = await host.OpenAsync(s_ivr);
        using SessionClient second = await host.OpenAsync(new Open { Controller = "ivr-2", Applications = { "*" } });
        using SessionClient stranger = await host.OpenAsync(new Open { Controller = "queue", Applications = { "queue" } });
        string callId = host.Calls.Offer("ivr");
        await first.TakeEventAsync(Event.KindOneofCase.CallOffered);
        await second.TakeEventAsync(Event.KindOneofCase.CallOffered);

        Assert.Equal(CommandReply.Types.Status.Accepted, (await second.ClaimAsync(callId)).Status);
        Assert.Equal(CommandReply.Types.Status.NotFound, (await first.ClaimAsync(callId)).Status);
        Assert.Equal("ivr-2", (await first.TakeEventAsync(Event.KindOneofCase.ControlChanged)).ControlChanged.Controller);

        // From now on the call is the second one's alone.
        CommandReply refused = await first.DoAsync(callId, static (c, t) => c.Hangup = new HangupRequest { Target = t });
        Assert.Equal(CommandReply.Types.Status.NotFound, refused.Status);
        refused = await stranger.DoAsync(callId, static (c, t) => c.Play = new PlayRequest { Target = t });
        Assert.Equal(CommandReply.Types.Status.NotFound, refused.Status);
        Assert.True(host.Calls.IsInProgress(callId));
        host.Calls.End(callId);
        await second.TakeEventAsync(Event.KindOneofCase.CallEnded);
        string next = host.Calls.Offer("ivr");
        await first.TakeEventAsync(Event.KindOneofCase.CallOffered, next);
        Assert.DoesNotContain(first.Events, e => e.CallId == callId && e.CallEnded is not null);
        Assert.Empty(stranger.Events);
    }

    [Fact]
    public async Task AutoClaim_TellsTheOfferWhenTheCallIsOnesOwn_AndNothingOfOthers()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(new Open { Controller = "ivr-1", Applications = { "ivr" }, AutoClaim = true });
        using SessionClient other = await host.OpenAsync(new Open { Controller = "ivr-2", Applications = { "ivr" }, AutoClaim = true });

        Dictionary<string, string> owners = [];
        for (int i = 0; i < 20; i++)
        {
            string callId = host.Calls.Offer("ivr");
            host.Calls.Happen(callId, new Told.DigitReceived { Digit = '5' });
            owners.Add(callId, "");
        }

        foreach (SessionClient each in new[] { session, other })
        {
            string last = host.Calls.Begin();
            string id = $"mark-{last}";
            await each.DoAsync(last, static (c, t) => c.Claim = new ClaimRequest { Target = t }, id);
            await each.TakeEventAsync(Event.KindOneofCase.ControlChanged, last);
        }

        foreach (string callId in owners.Keys)
        {
            string controller = host.Calls.ControllerOf(callId)!;
            SessionClient mine = controller == "ivr-1" ? session : other;
            SessionClient others = controller == "ivr-1" ? other : session;
            List<Event> told = [.. mine.Events.Where(e => e.CallId == callId)];
            Assert.Equal(Event.KindOneofCase.CallOffered, told[0].KindCase);
            Assert.Equal(Enumerable.Range(2, told.Count).Select(static n => (long)n), told.Select(static e => e.Sequence));
            Assert.DoesNotContain(others.Events, e => e.CallId == callId);
        }
    }

    [Fact]
    public async Task Command_Repeated_GetsTheFirstReplyAgain_AndDoesNothing()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        string callId = host.Calls.Begin();
        await session.ClaimAsync(callId);
        CommandReply first = await session.DoAsync(callId, static (c, t) => c.Play = new PlayRequest { Target = t, Media = { new Media { File = "a.wav" } } }, "same");
        CommandReply again = await session.DoAsync(callId, static (c, t) => c.Play = new PlayRequest { Target = t, Media = { new Media { File = "a.wav" } } }, "same");
        Assert.False(first.Repeated);
        Assert.True(again.Repeated);
        Assert.Equal(first.Status, again.Status);
        Assert.Single(host.Calls.CommandsOf<PlayCommand>());

        host.Time.Advance(ControlServiceLimits.CommandMemory);
        again = await session.DoAsync(callId, static (c, t) => c.Play = new PlayRequest { Target = t, Media = { new Media { File = "a.wav" } } }, "same");
        Assert.False(again.Repeated);
        Assert.Equal(2, host.Calls.CommandsOf<PlayCommand>().Count());
    }

    [Fact]
    public async Task Session_SecondOfItsName_TakesThePlaceOfTheFirst_WithItsCalls()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient first = await host.OpenAsync(s_ivr);
        string callId = host.Calls.Begin();
        await first.ClaimAsync(callId);

        using SessionClient second = await host.OpenAsync(s_ivr);
        Assert.Equal(StatusCode.Aborted, (await first.TakeEndAsync()).StatusCode);
        Assert.True(second.Opened.Epoch > first.Opened.Epoch);
        Assert.Equal([callId], second.Opened.CallIds);

        // What the first one had sent under its epoch does no harm any more.
        CommandReply stale = await second.DoAsync(callId, (c, t) =>
        {
            t.Epoch = first.Opened.Epoch;
            c.Hangup = new HangupRequest { Target = t };
        });
        Assert.Equal(CommandReply.Types.Status.FailedPrecondition, stale.Status);
        Assert.Equal(CommandReply.Types.Status.Accepted, (await second.DoAsync(callId, static (c, t) => c.Hangup = new HangupRequest { Target = t })).Status);
    }

    [Theory]
    [InlineData(ReleasePolicy.Unspecified, MediaCore.Engine.Control.ReleasePolicy.Continue)]
    [InlineData(ReleasePolicy.Continue, MediaCore.Engine.Control.ReleasePolicy.Continue)]
    [InlineData(ReleasePolicy.NextStep, MediaCore.Engine.Control.ReleasePolicy.NextStep)]
    [InlineData(ReleasePolicy.HangUp, MediaCore.Engine.Control.ReleasePolicy.HangUp)]
    public async Task Session_Lost_EachCallFollowsThePolicyAfterTheGrace_AndReturnTellsAllThatWasMissed(ReleasePolicy policy, MediaCore.Engine.Control.ReleasePolicy expected)
    {
        const int Count = 50;
        await using ControlHost host = await ControlHost.StartAsync();
        string token;
        Open open = new() { Controller = "ivr-1", Applications = { "ivr" }, OnLost = policy, Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(7)) };
        List<string> calls = [];
        using (SessionClient session = await host.OpenAsync(open))
        {
            for (int i = 0; i < Count; i++)
            {
                calls.Add(host.Calls.Offer("ivr"));
                await session.ClaimAsync(calls[^1]);
            }

            await session.TakeEventAsync(Event.KindOneofCase.CommandEnded, calls[^1]);
            token = session.ResumeToken;
        }

        await LostAsync(host);
        calls.ForEach(id => host.Calls.Happen(id, new Told.DigitReceived { Digit = '1' }));
        host.Time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Empty(host.Calls.CommandsOf<ReleaseCommand>());
        host.Time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.IsAsync(() => host.Calls.CommandsOf<ReleaseCommand>().Count(), static n => n == Count, "all calls are released");
        Assert.All(host.Calls.CommandsOf<ReleaseCommand>(), r => Assert.Equal(expected, r.Policy));
        Assert.Equal(policy == ReleasePolicy.HangUp ? 0 : Count, calls.Count(host.Calls.IsInProgress));
        Assert.All(calls, id => Assert.Null(host.Calls.ControllerOf(id)));
        calls.ForEach(host.Calls.End);

        open.ResumeToken = token;
        using SessionClient back = await host.OpenAsync(open);
        Assert.True(back.Opened.Complete);
        Assert.Empty(back.Opened.CallIds);
        for (int ended = 0; ended < Count;)
        {
            ended += (await back.TakeAsync(SessionResponse.KindOneofCase.Event)).Event.CallEnded is null ? 0 : 1;
        }

        foreach (string callId in calls)
        {
            // Created and offered (1, 2) and the claim (3, 4) it had heard; then the digit, the release and its end, and the end of the call.
            Assert.Equal([5, 6, 7, 8], back.Events.Where(e => e.CallId == callId && e.Sequence > 4).Select(static e => e.Sequence));
        }
    }

    [Fact]
    public async Task Session_BackWithinTheGrace_HasItsCallsAgain_AndWhatHappenedMeanwhile()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Open open = s_ivr.Clone();
        open.OnLost = ReleasePolicy.HangUp;
        string callId;
        using (SessionClient session = await host.OpenAsync(open))
        {
            callId = host.Calls.Offer("ivr");
            await session.ClaimAsync(callId);
            await session.TakeEventAsync(Event.KindOneofCase.CommandEnded);
            open.ResumeToken = session.ResumeToken;
        }

        await LostAsync(host);
        host.Calls.Happen(callId, new Told.DigitReceived { Digit = '7' });
        host.Time.Advance(TimeSpan.FromSeconds(4));
        using SessionClient back = await host.OpenAsync(open);
        Assert.Equal([callId], back.Opened.CallIds);
        Call told = Assert.Single(back.Opened.Calls);
        Assert.Equal((callId, "alice", "+5000", false, "X-Customer", "4711"), (told.CallId, told.Caller, told.Called, told.Originated, told.Headers[0].Name, told.Headers[0].Value));
        Assert.Equal("7", (await back.TakeEventAsync(Event.KindOneofCase.DigitReceived)).DigitReceived.Digit);
        Assert.Equal(back.Opened.Epoch, (await back.TakeEventAsync(Event.KindOneofCase.ControlChanged)).ControlChanged.Epoch);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(host.Calls.IsInProgress(callId));
        Assert.Empty(host.Calls.CommandsOf<ReleaseCommand>());
    }

    [Fact]
    public async Task Session_BackToManyCallsOfManyVariables_IsToldAsManyAsAMessageHolds_AndAllTheirNames()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Calls.Variables = Enumerable.Range(0, 64).ToDictionary(static i => $"variable-{i}", static _ => new string('v', 1_000), StringComparer.Ordinal);
        List<string> calls = [];
        Open open = s_ivr.Clone();
        using (SessionClient session = await host.OpenAsync(open))
        {
            for (int i = 0; i < 100; i++)
            {
                calls.Add(host.Calls.Offer("ivr"));
                await session.ClaimAsync(calls[^1]);
            }

            await session.TakeEventAsync(Event.KindOneofCase.ControlChanged, calls[^1]);
            open.ResumeToken = session.ResumeToken;
        }

        await LostAsync(host);
        using SessionClient back = await host.OpenAsync(open);
        Assert.True(back.Opened.Complete);
        Assert.Equal(calls, back.Opened.CallIds);
        Assert.Equal(calls.Take(back.Opened.Calls.Count), back.Opened.Calls.Select(static call => call.CallId));
        Assert.InRange(back.Opened.CalculateSize(), 900_000, 1_100_000);

        // Lists are cut the same way, and go on where they were.
        List<string> listed = [];
        ListCallsRequest request = new() { PageSize = 1_000 };
        do
        {
            ListCallsResponse page = await host.Client.ListCallsAsync(request);
            Assert.InRange(page.CalculateSize(), 1, 1_100_000);
            listed.AddRange(page.Calls.Select(static call => call.CallId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(calls, listed);
    }

    [Fact]
    public async Task Session_BackWithoutAToken_IsToldItsCallsAsSnapshots_AndNothingTwice()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId;
        using (SessionClient session = await host.OpenAsync(s_ivr))
        {
            callId = host.Calls.Offer("ivr");
            await session.ClaimAsync(callId);
        }

        await LostAsync(host);
        using SessionClient back = await host.OpenAsync(s_ivr);
        Assert.False(back.Opened.Complete);
        Event snapshot = (await back.TakeAsync(SessionResponse.KindOneofCase.Event)).Event;
        Assert.Equal((callId, back.Opened.Epoch), (snapshot.Snapshot.Call.CallId, snapshot.Snapshot.Call.Epoch));
        Assert.Equal(1, (await back.TakeAsync(SessionResponse.KindOneofCase.Event)).Event.SnapshotEnded.Calls);
        host.Calls.Happen(callId, new Told.DigitReceived { Digit = '7' });
        Event digit = (await back.TakeAsync(SessionResponse.KindOneofCase.Event)).Event;
        Assert.Equal(snapshot.Sequence + 1, digit.Sequence);
    }

    [Fact]
    public async Task Events_MoreThanAreKept_AreToldAsOverrun_AndTheCallsAnew()
    {
        await using ControlHost host = await ControlHost.StartAsync(events: 64);
        Open open = s_ivr.Clone();
        string callId;
        using (SessionClient session = await host.OpenAsync(open))
        {
            callId = host.Calls.Offer("ivr");
            await session.ClaimAsync(callId);
            await session.TakeEventAsync(Event.KindOneofCase.CommandEnded);
            open.ResumeToken = session.ResumeToken;
        }

        await LostAsync(host);
        for (int i = 0; i < 200; i++)
        {
            host.Calls.Happen(callId, new Told.DigitReceived { Digit = '1' });
        }

        using SessionClient back = await host.OpenAsync(open);
        Assert.False(back.Opened.Complete);
        Event snapshot = (await back.TakeAsync(SessionResponse.KindOneofCase.Event)).Event;
        Assert.Equal(callId, snapshot.Snapshot.Call.CallId);
        Assert.True(snapshot.Sequence > 200);
    }

    [Fact]
    public async Task Commands_AfterWhichTheClientSendsNoMore_AreAnsweredBeforeTheEnd()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        string callId = host.Calls.Begin();
        await session.CommandAsync(callId, static (c, t) => c.Claim = new ClaimRequest { Target = t });
        await session.CompleteAsync();
        Assert.Equal(CommandReply.Types.Status.Accepted, (await session.TakeAsync(SessionResponse.KindOneofCase.Reply)).Reply.Status);
        Assert.Equal(StatusCode.OK, (await session.TakeEndAsync()).StatusCode);
    }

    [Fact]
    public async Task Session_WhenTheServerStops_EndsUnavailable()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = await host.OpenAsync(s_ivr);
        host.Stop();
        Assert.Equal(StatusCode.Unavailable, (await session.TakeEndAsync()).StatusCode);
    }

    public static TheoryData<string, SessionRequest> UnusableFirstMessages => new()
    {
        { "nothing", new SessionRequest() },
        { "a command", new SessionRequest { Command = new Command { Answer = new AnswerRequest { Target = new Target { CommandId = "1", CallId = "X" } } } } },
        { "no name", new SessionRequest { Open = new Open() } },
        { "a long name", new SessionRequest { Open = new Open { Controller = new string('x', 65) } } },
        { "a name with a space", new SessionRequest { Open = new Open { Controller = "a b" } } },
        { "an application without a name", new SessionRequest { Open = new Open { Controller = "a", Applications = { "" } } } },
        { "a grace that is too long", new SessionRequest { Open = new Open { Controller = "a", Grace = new() { Seconds = 601 } } } },
        { "a grace that is none", new SessionRequest { Open = new Open { Controller = "a", Grace = new() { Seconds = -1, Nanos = 5 } } } },
        { "an unknown kind", new SessionRequest { Open = new Open { Controller = "a", MoreKinds = { "nonsense" } } } },
        { "an unknown policy", new SessionRequest { Open = new Open { Controller = "a", OnLost = (ReleasePolicy)99 } } },
        { "a route without its policy", new SessionRequest { Open = new Open { Controller = "a", OnLostRoute = "night" } } },
        { "a token that is none", new SessionRequest { Open = new Open { Controller = "a", ResumeToken = "yesterday" } } },
    };

    [Theory]
    [MemberData(nameof(UnusableFirstMessages))]
    public async Task Session_ThatBeginsWrong_EndsInvalidArgument(string what, SessionRequest first)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient session = new(host.Client.Session());
        await session.SendAsync(first);
        Status end = await session.TakeEndAsync();
        Assert.True(end.StatusCode == StatusCode.InvalidArgument, $"{what}: {end}");
        Assert.NotEqual("", end.Detail);
    }

    [Fact]
    public async Task Token_BoundToAController_MayBeNoOther()
    {
        await using ControlHost host = await ControlHost.StartAsync(identity: new Services.ControlIdentity("token", "queue", IsOperator: false));
        using SessionClient session = new(host.Client.Session());
        await session.SendAsync(new SessionRequest { Open = s_ivr });
        Assert.Equal(StatusCode.PermissionDenied, (await session.TakeEndAsync()).StatusCode);
    }

    /// <summary>The server has seen that the session is gone.</summary>
    private static Task LostAsync(ControlHost host) =>
        Eventually.IsAsync(() => host.Time.IsRunning, static runs => runs, "the grace time runs");
}
