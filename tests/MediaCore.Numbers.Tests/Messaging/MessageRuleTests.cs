using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Messaging;

public sealed class MessageRuleTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Key_SentTwice_MakesOneMessage(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        Guid first = await bed.SendAsync("hello", "k1");
        Assert.Equal(first, await bed.SendAsync("hello", "k1"));
        Assert.Equal(StoreStatus.Conflict, (await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", MessageTestBed.Peer, "other") { Key = "k1" }, "test")).Status);
        Guid[] together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bed.SendAsync("hello", "k2")));
        Assert.Single(together.Distinct());
        await bed.TurnAsync();
        Assert.Equal(2, bed.Carrier.Parts.Count);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Number_ThatIsAnotherTenants_OrHasNoMessages_SendsNone(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        TenantScope other = await bed.Database.AddTenantAsync("other");
        Assert.Equal(StoreStatus.NotFound, (await bed.Desk.SendAsync(other, new OutgoingText(MessageTestBed.Number, MessageTestBed.Peer, "hello"), "test")).Status);
        await using (ServiceContext context = bed.Database.Store.Open(TenantScope.Platform))
        {
            await context.Numbers.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Capabilities, NumberCapabilities.Voice));
        }

        Assert.Equal(StoreStatus.NotFound, (await bed.Desk.SendAsync(bed.Scope, new OutgoingText(MessageTestBed.Number, MessageTestBed.Peer, "hello"), "test")).Status);
        Assert.Equal(IntakeStatus.Unknown, await bed.ReceiveAsync("hello"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ManyReceivers_InAnHour_AreTooMany_KnownOnesAreNot(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        StoreResult<MessageSettings> set = await bed.Database.Store.ChangeAsync<MessageSettings>(bed.Scope, new ChangeOrigin("test", "messages.settings"), context =>
        {
            var row = new MessageSettings { TenantId = bed.Scope.TenantId, ReceiversPerHour = 2, PerMinute = 4 };
            context.MessageSettings.Add(row);
            return Task.FromResult<StoreResult<MessageSettings>>(row);
        });
        Assert.True(set.IsDone);
        async Task<StoreStatus> SendTo(string peer) => (await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", peer, "code"), "test")).Status;
        Assert.Equal(StoreStatus.Done, await SendTo("+12125550111"));
        Assert.Equal(StoreStatus.Done, await SendTo("+12125550112"));
        Assert.Equal(StoreStatus.TooMany, await SendTo("+12125550113"));
        Assert.Equal(StoreStatus.Done, await SendTo("+12125550112"));
        Assert.Equal(StoreStatus.Done, await SendTo("+12125550111"));
        Assert.Equal(StoreStatus.TooMany, await SendTo("+12125550111"));
        bed.Database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StoreStatus.Done, await SendTo("+12125550113"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Stop_IsAnsweredOnce_AndStartOpensAgain_AndAStormEnds(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        for (int i = 0; i < 20; i++)
        {
            await bed.ReceiveAsync("STOP");
            await bed.ReceiveAsync("START");
        }

        await bed.ReceiveAsync("stop");
        await bed.ReceiveAsync("stop");
        await bed.TurnAsync();
        Assert.Equal(MessageLimits.MaxRepliesPerMinute, bed.Carrier.Parts.Count);
        Assert.Single(bed.Carrier.Parts, static part => part.Text.Contains("no more messages", StringComparison.Ordinal));
        Assert.True(Assert.Single(await bed.AllAsync<MessageOptOut>()).IsOut);
        Assert.Equal(41, (await bed.AllAsync<ServiceEvent>()).Count(static one => one.Type == ServiceEventTypes.MessageOptOut));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Incoming_Twice_IsStoredAndToldOnce_AndGoesToTheUsersPhonesWhenTheyComeBack(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        SipAccounts accounts = new(bed.Database.Store, "example.com");
        Assert.True((await accounts.CreateAsync(bed.Scope, "anna", "correct horse", "test")).IsDone);
        User user = (await bed.Database.Store.ChangeAsync<User>(bed.Scope, new ChangeOrigin("test", "user.create"), context =>
        {
            var row = new User { TenantId = bed.Scope.TenantId, Name = "Anna", Account = "anna", Extension = "101" };
            context.Users.Add(row);
            return Task.FromResult<StoreResult<User>>(row);
        })).Value!;
        NumberInventory inventory = new(bed.Database.Store);
        Assert.Equal(StoreStatus.Invalid, (await inventory.AssignAsync(bed.Scope, MessageTestBed.Number, NumberChannel.Voice, AssignmentTarget.User, user.Id, "test")).Status);
        foreach (AssignmentTarget other in Enum.GetValues<AssignmentTarget>().Where(static target => target != AssignmentTarget.User))
        {
            StoreResult<VirtualNumber> refused = await inventory.AssignAsync(bed.Scope, MessageTestBed.Number, NumberChannel.Messages, other, user.Id, "test");
            Assert.Equal(StoreStatus.Invalid, refused.Status);
            Assert.Contains("Messages go to a user", refused.Message, StringComparison.Ordinal);
        }

        Assert.True((await inventory.AssignAsync(bed.Scope, MessageTestBed.Number, NumberChannel.Messages, AssignmentTarget.User, user.Id, "test")).IsDone);
        TestCarrier phones = new(SipCarrier.CarrierName) { Answers = static (_, _) => Task.FromResult(SipCarrier.ReadStatus(480)) };
        bed.Dispatch.Add(phones);

        IntakeStatus[] taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bed.ReceiveAsync("hello", "77")));
        Assert.All(taken, static status => Assert.Equal(IntakeStatus.Taken, status));
        Assert.Single(await bed.AllAsync<ServiceEvent>(), static one => one.Type == ServiceEventTypes.MessageReceived);
        TextMessage message = Assert.Single(await bed.AllAsync<TextMessage>());
        await bed.TurnAsync();
        Assert.Equal(("anna", MessageTestBed.Peer, "hello"), (phones.Parts.Single().To, phones.Parts.Single().From, phones.Parts.Single().Text));
        Assert.Equal(MessageState.Received, (await bed.GetAsync(message.Id)).State);

        // Nobody waits for the back-off once the phone is there.
        phones.Answers = static (_, _) => Task.FromResult(SipCarrier.ReadStatus(200));
        bed.Dispatch.NoteRegistration("anna");
        await bed.TurnAsync();
        Assert.Equal(2, phones.Parts.Count);
        Assert.Equal(MessageState.Delivered, (await bed.GetAsync(message.Id)).State);

        // To an extension it goes the same way, and needs no carrier.
        Assert.True((await bed.Desk.SendAsync(bed.Scope, new OutgoingText("", "101", "lunch?"), "test")).IsDone);
        await bed.TurnAsync();
        Assert.Equal(("anna", "lunch?"), (phones.Parts.Last().To, phones.Parts.Last().Text));
        Assert.Empty(bed.Carrier.Parts);
    }
}
