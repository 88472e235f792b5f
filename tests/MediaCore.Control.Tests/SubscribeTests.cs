using Grpc.Core;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Wire.Tests;
using Told = MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Tests;

/// <summary>The service Events: snapshot first, then what happens, filtered; taken up again by token.</summary>
public class SubscribeTests
{
    private static async Task<Event> TakeAsync(AsyncServerStreamingCall<Event> stream)
    {
        using CancellationTokenSource patience = new(ControlHost.Patience);
        Assert.True(await stream.ResponseStream.MoveNext(patience.Token));
        return stream.ResponseStream.Current;
    }

    private static async Task<List<Event>> TakeUntilAsync(AsyncServerStreamingCall<Event> stream, Func<Event, bool> last)
    {
        List<Event> taken = [];
        do
        {
            taken.Add(await TakeAsync(stream));
        }
        while (!last(taken[^1]));
        return taken;
    }

    [Fact]
    public async Task Subscribe_TellsCallsInProgress_ThenWhatHappens_NothingTwiceNothingLost()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        List<string> calls = [.. Enumerable.Range(0, 300).Select(_ => host.Calls.Begin())];

        // Digits all the while that the snapshot is taken.
        bool isTyping = true;
        Task typing = Task.Run(() =>
        {
            // Fewer than are kept: on a busy machine the reader may not get its turn before as many were typed.
            for (int typed = 0; Volatile.Read(ref isTyping) && typed < ControlServiceLimits.MaxRetainedEvents / 2; typed += calls.Count)
            {
                foreach (string callId in calls)
                {
                    host.Calls.Happen(callId, new Told.DigitReceived { Digit = '1' });
                }

                Thread.Yield();
            }
        });
        using AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest());
        Dictionary<string, long> sequences = [];
        while (true)
        {
            Event told = await TakeAsync(stream);
            if (told.SnapshotEnded is not null)
            {
                Assert.Equal(calls.Count, told.SnapshotEnded.Calls);
                break;
            }

            Assert.Equal(Event.KindOneofCase.Snapshot, told.KindCase);
            sequences.Add(told.CallId, told.Sequence);
        }

        Volatile.Write(ref isTyping, false);
        await typing;
        calls.ForEach(host.Calls.End);
        for (int ended = 0; ended < calls.Count;)
        {
            Event told = await TakeAsync(stream);
            Assert.Equal(++sequences[told.CallId], told.Sequence);
            ended += told.CallEnded is null ? 0 : 1;
        }
    }

    [Fact]
    public async Task Subscribe_Filtered_TellsWhatIsWanted()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest
        {
            Filter = new EventFilter { Kinds = { "digit_received", "call_ended" }, Accounts = { "alice" } },
        });
        await TakeUntilAsync(stream, static e => e.SnapshotEnded is not null);
        string other = host.Calls.Begin(account: "carol");
        string hers = host.Calls.Begin(account: "alice");
        foreach (string callId in new[] { other, hers })
        {
            host.Calls.Happen(callId, new Told.DigitReceived { Digit = '1' });
            host.Calls.Happen(callId, new Told.TalkStarted());
            host.Calls.End(callId);
        }

        List<Event> taken = await TakeUntilAsync(stream, static e => e.CallEnded is not null);
        Assert.Equal([Event.KindOneofCase.DigitReceived, Event.KindOneofCase.CallEnded], taken.Select(static e => e.KindCase));
        Assert.All(taken, e => Assert.Equal(hers, e.CallId));
    }

    [Fact]
    public async Task Subscribe_WithTheLastToken_GoesOnThere()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient keeper = await host.OpenAsync(new Open { Controller = "keeps-events-going" });
        string callId = host.Calls.Begin();
        string token;
        using (AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest()))
        {
            await TakeUntilAsync(stream, static e => e.SnapshotEnded is not null);
            host.Calls.Happen(callId, new Told.DigitReceived { Digit = '1' });
            token = (await TakeAsync(stream)).ResumeToken;
        }

        host.Calls.Happen(callId, new Told.DigitReceived { Digit = '9' });
        using AsyncServerStreamingCall<Event> again = host.Events.Subscribe(new SubscribeRequest { ResumeToken = token });
        List<Event> taken = await TakeUntilAsync(again, static e => e.DigitReceived?.Digit == "9");
        Assert.Equal([Event.KindOneofCase.RegistrationsTold, Event.KindOneofCase.DigitReceived], taken.Select(static e => e.KindCase));
    }

    [Fact]
    public async Task Subscribe_WithATokenOfBefore_IsToldSo_AndTheCallsAnew()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest { ResumeToken = "1f-10" });
        Assert.NotNull((await TakeAsync(stream)).Overrun);
        Assert.Equal(callId, (await TakeAsync(stream)).Snapshot?.Call.CallId);
        Assert.NotNull((await TakeAsync(stream)).SnapshotEnded);
    }

    [Fact]
    public async Task Subscribe_TellsWhoIsRegistered_AndTheTrunks_ThenTheirChanges()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Calls.Trunks.AddRange(["carrier", "spare"]);
        host.Calls.Register("alice", 1);
        host.Calls.Register("bob", 2);
        Assert.False(host.Hub.WantsRegistrations);
        using AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest());
        List<Event> snapshot = await TakeUntilAsync(stream, static e => e.SnapshotEnded is not null);
        Assert.Equal(["carrier", "spare"], snapshot.Select(static e => e.TrunkChanged?.Trunk).OfType<string>());
        Assert.Equal([("alice", 1), ("bob", 2)], snapshot.Select(static e => e.RegistrationChanged).OfType<RegistrationChanged>().Select(static r => (r.Account, r.Contacts)));
        Assert.Equal((0, 2, 2), (snapshot[^1].SnapshotEnded.Calls, snapshot[^1].SnapshotEnded.Registrations, snapshot[^1].SnapshotEnded.Trunks));
        Assert.True(host.Hub.WantsRegistrations);

        host.Calls.Register("alice", 0);
        host.Calls.Report("carrier", isReachable: false);
        List<Event> news = await TakeUntilAsync(stream, static e => e.TrunkChanged is not null);
        Assert.Equal(("alice", 0, RegistrationChanged.Types.Reason.Unregistered), (news[0].RegistrationChanged.Account, news[0].RegistrationChanged.Contacts, news[0].RegistrationChanged.Reason));
        Assert.Equal(("carrier", false), (news[1].TrunkChanged.Trunk, news[1].TrunkChanged.Reachable));
        Assert.NotEqual("", news[1].TrunkChanged.Problem);
        Assert.Equal((0L, ""), (news[1].Sequence, news[1].CallId));

        // Whoever comes back is told anew who is registered: that was not kept for it.
        using AsyncServerStreamingCall<Event> again = host.Events.Subscribe(new SubscribeRequest { ResumeToken = news[1].ResumeToken });
        Assert.Equal("bob", (await TakeAsync(again)).RegistrationChanged.Account);
        Assert.Equal(1, (await TakeAsync(again)).RegistrationsTold.Registrations);
    }

    [Fact]
    public async Task Subscribe_ThatComesBack_IsToldWhoIsRegisteredNow_AndNothingOlderAfterwards()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Calls.Trunks.Add("carrier");
        host.Calls.Register("alice", 1);
        host.Calls.Register("bob", 1);

        // Somebody else listens at first, so that the ring has what happens, and then nobody to registrations.
        using SessionClient keeper = await host.OpenAsync(new Open { Controller = "keeps-events-going" });
        using AsyncServerStreamingCall<Event> other = host.Events.Subscribe(new SubscribeRequest());
        await TakeUntilAsync(other, static e => e.SnapshotEnded is not null);
        string token;
        using (AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest()))
        {
            token = (await TakeUntilAsync(stream, static e => e.SnapshotEnded is not null))[^1].ResumeToken;
        }

        host.Calls.Register("alice", 0);
        host.Calls.Register("bob", 2);
        host.Calls.Report("carrier", isReachable: false);
        await TakeUntilAsync(other, static e => e.TrunkChanged is not null);
        other.Dispose();
        await Eventually.IsAsync(() => host.Hub.WantsRegistrations, static wanted => !wanted, "nobody listens for registrations");
        host.Calls.Register("bob", 3);
        using AsyncServerStreamingCall<Event> again = host.Events.Subscribe(new SubscribeRequest { ResumeToken = token });
        List<Event> taken = await TakeUntilAsync(again, static e => e.TrunkChanged is not null);
        Assert.Equal([("bob", 3)], taken.Select(static e => e.RegistrationChanged).OfType<RegistrationChanged>().Select(static r => (r.Account, r.Contacts)));
        Assert.Equal([Event.KindOneofCase.RegistrationChanged, Event.KindOneofCase.RegistrationsTold, Event.KindOneofCase.TrunkChanged], taken.Select(static e => e.KindCase));
    }

    [Fact]
    public async Task Subscribe_ForOneAccountOrTrunk_HearsOfThatAlone()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Calls.Trunks.AddRange(["carrier", "spare"]);
        host.Calls.Register("alice", 1);
        host.Calls.Register("bob", 1);
        using AsyncServerStreamingCall<Event> account = host.Events.Subscribe(new SubscribeRequest { Filter = new EventFilter { Accounts = { "bob" } } });
        using AsyncServerStreamingCall<Event> trunk = host.Events.Subscribe(new SubscribeRequest { Filter = new EventFilter { Trunks = { "spare" } } });
        using AsyncServerStreamingCall<Event> call = host.Events.Subscribe(new SubscribeRequest { Filter = new EventFilter { CallIds = { "nowhere" } } });
        Assert.Equal(["bob"], (await TakeUntilAsync(account, static e => e.SnapshotEnded is not null)).SkipLast(1).Select(static e => e.RegistrationChanged.Account));
        Assert.Equal(["spare"], (await TakeUntilAsync(trunk, static e => e.SnapshotEnded is not null)).SkipLast(1).Select(static e => e.TrunkChanged.Trunk));
        Assert.Single(await TakeUntilAsync(call, static e => e.SnapshotEnded is not null));
        host.Calls.Register("alice", 0);
        host.Calls.Register("bob", 0);
        host.Calls.Report("carrier", isReachable: false);
        host.Calls.Report("spare", isReachable: false);
        Assert.Equal("bob", (await TakeAsync(account)).RegistrationChanged.Account);
        Assert.Equal("spare", (await TakeAsync(trunk)).TrunkChanged.Trunk);
    }

    [Theory]
    [InlineData("yesterday", "")]
    [InlineData("", "nonsense")]
    public async Task Subscribe_ThatMakesNoSense_IsInvalid(string token, string kind)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        SubscribeRequest request = new() { ResumeToken = token, Filter = new EventFilter() };
        if (kind.Length > 0)
        {
            request.Filter.Kinds.Add(kind);
        }

        using AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(request);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => TakeAsync(stream));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Events_AreMadeWhileSomebodyListens_AndNotAfterwards()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Assert.False(host.Hub.IsWanted);
        using (AsyncServerStreamingCall<Event> stream = host.Events.Subscribe(new SubscribeRequest()))
        {
            await TakeUntilAsync(stream, static e => e.SnapshotEnded is not null);
            Assert.True(host.Hub.IsWanted);
        }

        await Eventually.IsAsync(() => host.Hub.IsWanted, static wanted => !wanted, "nobody listens");
    }
}
