using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Messaging;

public sealed class MessageDispatchTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task LongTextWithEmoji_GoesInParts_IsRefusedAfterStop_AndIsDeliveredByDecimalReceipts(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);

        // 161 characters of which two are one emoji, which lies over the border of the first part's 67 units.
        string text = new string('a', 66) + "😀" + new string('b', 93);
        Assert.Equal(161, text.Length);
        Guid id = await bed.SendAsync(text);
        await bed.TurnAsync();

        MessagePart[] parts = [.. bed.Carrier.Parts.OrderBy(static part => part.Index)];
        Assert.Equal(3, parts.Length);
        Assert.Equal(text, string.Concat(parts.Select(static part => part.Text)));
        Assert.All(parts, static part => Assert.True(part.IsUcs2 && part.Count == 3 && part.Text.Length <= 67 && !char.IsLowSurrogate(part.Text[0])));
        Assert.Single(parts.Select(static part => part.Reference).Distinct());
        Assert.Equal(MessageState.Sent, (await bed.GetAsync(id)).State);

        Assert.Equal(IntakeStatus.Taken, await bed.ReceiveAsync("Stop"));
        StoreResult<Guid> again = await bed.Desk.SendAsync(bed.Scope, new OutgoingText(MessageTestBed.Number, MessageTestBed.Peer, text), "test");
        Assert.Equal(StoreStatus.Conflict, again.Status);
        Assert.Contains("opted out", again.Message, StringComparison.Ordinal);

        // The centre has answered in hexadecimal and tells in decimal.
        foreach (string given in (await bed.GetAsync(id)).ProviderIds.Split('\n'))
        {
            Assert.Equal(MessageState.Sent, (await bed.GetAsync(id)).State);
            Assert.Equal(IntakeStatus.Taken, await bed.TellAsync(Convert.ToInt64(given, 16).ToString(System.Globalization.CultureInfo.InvariantCulture), MessageState.Delivered));
        }

        Assert.Equal(MessageState.Delivered, (await bed.GetAsync(id)).State);
        string[] told = [.. (await bed.AllAsync<ServiceEvent>()).Where(one => one.Subject == id.ToString()).Select(static one => System.Text.Json.JsonDocument.Parse(one.Data).RootElement.GetProperty("state").GetString()!)];
        Assert.Equal(["sent", "delivered"], told.Where(static state => state is not "sending"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Receipt_BeforeItsAnswer_WaitsForIt_AndIsAppliedOnce(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        bed.Carrier.Answers = async (_, _) =>
        {
            // The receipt overtakes the answer, and comes twice.
            Assert.Equal(IntakeStatus.Taken, await bed.TellAsync("41394", MessageState.Delivered));
            Assert.Equal(IntakeStatus.Taken, await bed.TellAsync("41394", MessageState.Delivered));
            return new CarrierAnswer(CarrierStatus.Accepted, "0000A1B2");
        };
        Guid id = await bed.SendAsync("hello");
        await bed.TurnAsync();
        await bed.TurnAsync();
        Assert.Equal(MessageState.Delivered, (await bed.GetAsync(id)).State);
        Assert.Empty(await bed.AllAsync<EarlyReceipt>());

        // Late news of less changes nothing and is told nobody.
        int events = (await bed.AllAsync<ServiceEvent>()).Count;
        Assert.Equal(IntakeStatus.Taken, await bed.TellAsync("a1b2", MessageState.Undelivered, "UNDELIV"));
        Assert.Equal(MessageState.Delivered, (await bed.GetAsync(id)).State);
        Assert.Equal(events, (await bed.AllAsync<ServiceEvent>()).Count);

        await bed.TellAsync("nobody's", MessageState.Delivered);
        bed.Database.Clock.Advance(MessageLimits.ReceiptPatience);
        await bed.TurnAsync();
        Assert.Empty(await bed.AllAsync<EarlyReceipt>());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Part_InTheHandsOfAServerThatIsGone_IsNotSentTwice(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        TaskCompletionSource handed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Carrier.Answers = async (_, cancellationToken) =>
        {
            handed.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new CarrierAnswer(CarrierStatus.Accepted);
        };
        Guid id = await bed.SendAsync("hello");
        await bed.Dispatch.TurnAsync(CancellationToken.None);
        await handed.Task;
        Assert.Equal(StoreStatus.Conflict, (await bed.Desk.CancelAsync(bed.Scope, id)).Status);

        // Another server, while the first has it in its hands, and after.
        TestCarrier other = new("centre");
        await using MessageDispatch second = new(await bed.Database.OpenNodeAsync(), bed.Options, bed.Intake);
        second.Add(other);
        await second.TurnAsync(CancellationToken.None);
        Assert.Equal(MessageState.Queued, (await bed.GetAsync(id)).State);
        await using (ServiceContext context = bed.Database.Store.Open(TenantScope.Platform))
        {
            // As if the first had been killed at this very moment.
            await context.MessageParts.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.LeaseUntilMs, 1));
        }

        await second.TurnAsync(CancellationToken.None);
        await second.IdleAsync();
        Assert.Empty(other.Parts);
        TextMessage lost = await bed.GetAsync(id);
        Assert.Equal((MessageState.Failed, MessageDispatch.Unknown), (lost.State, lost.Error));
        bed.Database.Clock.Advance(MessageLimits.AnswerTime);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Later_IsTriedAgainWithMoreTime_AndExpires(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        bed.Carrier.Answers = static (_, _) => Task.FromResult(new CarrierAnswer(CarrierStatus.Later, Error: "ESME_RTHROTTLED"));
        StoreResult<Guid> sent = await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", MessageTestBed.Peer, "hello") { Validity = TimeSpan.FromMinutes(1) }, "test");
        await bed.TurnAsync();
        await bed.TurnAsync();
        Assert.Single(bed.Carrier.Parts);
        bed.Database.Clock.Advance(MessageLimits.FirstBackOff);
        await bed.TurnAsync();
        Assert.Equal(2, bed.Carrier.Parts.Count);
        Assert.Equal(MessageState.Sending, (await bed.GetAsync(sent.Value)).State);
        bed.Database.Clock.Advance(TimeSpan.FromMinutes(2));
        await bed.TurnAsync();
        Assert.Equal(2, bed.Carrier.Parts.Count);
        TextMessage late = await bed.GetAsync(sent.Value);
        Assert.Equal((MessageState.Expired, "ESME_RTHROTTLED"), (late.State, late.Error));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Carrier_ThatIsDown_GivesWayToTheNextOfTheRoute(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        TestCarrier british = new("british") { Answers = static (_, _) => Task.FromResult(new CarrierAnswer(CarrierStatus.Later) { RetryAfter = TimeSpan.FromSeconds(1) }) };
        bed.Dispatch.Add(british);
        StoreResult<Guid> sent = await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", "+441632960001", "hello"), "test");
        for (int i = 0; i <= MessageLimits.AttemptsPerCarrier; i++)
        {
            await bed.TurnAsync();
            bed.Database.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal((MessageLimits.AttemptsPerCarrier, 1), (british.Parts.Count, bed.Carrier.Parts.Count));
        Assert.Equal(MessageState.Sent, (await bed.GetAsync(sent.Value)).State);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Scheduled_WaitsForItsTime_AndCanBeWithdrawn(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        DateTimeOffset at = bed.Database.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        Guid first = (await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", MessageTestBed.Peer, "one") { At = at }, "test")).Value;
        Guid second = (await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", MessageTestBed.Peer, "two") { At = at }, "test")).Value;
        await bed.TurnAsync();
        Assert.Equal(MessageState.Scheduled, (await bed.GetAsync(first)).State);
        Assert.True((await bed.Desk.CancelAsync(bed.Scope, second)).IsDone);
        bed.Database.Clock.Advance(TimeSpan.FromHours(1));
        await bed.TurnAsync();
        Assert.Equal("one", Assert.Single(bed.Carrier.Parts).Text);
        Assert.Equal((MessageState.Sent, MessageState.Cancelled), ((await bed.GetAsync(first)).State, (await bed.GetAsync(second)).State));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task OptOut_BetweenTakingAndHandingOver_KeepsItBack(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        Guid id = await bed.SendAsync("hello");
        await bed.Desk.SetOptOutAsync(bed.Scope, MessageTestBed.Number, MessageTestBed.Peer, isOut: true, "test");
        await bed.TurnAsync();
        Assert.Empty(bed.Carrier.Parts);
        TextMessage kept = await bed.GetAsync(id);
        Assert.Equal((MessageState.Failed, "OPTED_OUT"), (kept.State, kept.Error));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Window_OfACarrier_IsNotGoneBeyond(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        TaskCompletionSource<CarrierAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource handed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Carrier.Window = 1;
        bed.Carrier.Answers = (_, _) =>
        {
            handed.TrySetResult();
            return answer.Task;
        };
        await bed.SendAsync("one");
        await bed.SendAsync("two");
        await bed.Dispatch.TurnAsync(CancellationToken.None);
        await handed.Task;
        await bed.Dispatch.TurnAsync(CancellationToken.None);
        Assert.Single(bed.Carrier.Parts);
        answer.SetResult(new CarrierAnswer(CarrierStatus.Accepted, "1"));
        await bed.Dispatch.IdleAsync();
        await bed.TurnAsync();
        Assert.Equal(2, bed.Carrier.Parts.Count);
    }
}
