using System.Text.Json;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Messaging;

public sealed class MmsTests
{
    private static readonly MessageMedia s_picture = new("image/png", new Uri("https://cdn.example/1.png"), 70, null);

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Files_GoWholeAsMms_WhereTheNumberCan_AndAreRefusedWhereNot(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        OutgoingText message = new("", MessageTestBed.Peer, new string('x', 500)) { Media = [s_picture] };
        StoreResult<Guid> refused = await bed.Desk.SendAsync(bed.Scope, message, "test");
        Assert.Equal((StoreStatus.Invalid, $"The number {MessageTestBed.Number} carries no MMS."), (refused.Status, refused.Message));
        await CarryMmsAsync(bed);
        Assert.Equal(StoreStatus.Invalid, (await bed.Desk.SendAsync(bed.Scope, message with { Media = [s_picture with { Type = "application/x-sh" }] }, "test")).Status);
        Assert.Equal(StoreStatus.Invalid, (await bed.Desk.SendAsync(bed.Scope, message with { Media = [s_picture with { Bytes = MessageLimits.MaxMediaBytes + 1 }] }, "test")).Status);
        Assert.Equal(StoreStatus.Invalid, (await bed.Desk.SendAsync(bed.Scope, message with { Media = [.. Enumerable.Repeat(s_picture, MessageLimits.MaxMedia + 1)] }, "test")).Status);

        StoreResult<Guid> sent = await bed.Desk.SendAsync(bed.Scope, message, "test");
        Assert.True(sent.IsDone, sent.Message);
        await bed.TurnAsync();
        MessagePart part = Assert.Single(bed.Carrier.Parts);
        Assert.Equal((1, message.Text, s_picture), (part.Count, part.Text, Assert.Single(part.Media)));
        Assert.Equal((MessageChannel.Mms, MessageState.Sent, 1), ((await bed.GetAsync(sent.Value)).Channel, (await bed.GetAsync(sent.Value)).State, (await bed.GetAsync(sent.Value)).Segments));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task LongText_GoesAsOneMms_WhereTheTenantWantsIt_AndTheNumberCan(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        Assert.True((await bed.Database.Store.ChangeAsync<MessageSettings>(bed.Scope, new ChangeOrigin("test", "messages.settings"), context =>
        {
            var row = new MessageSettings { TenantId = bed.Scope.TenantId, LongAsMms = true };
            context.MessageSettings.Add(row);
            return Task.FromResult<StoreResult<MessageSettings>>(row);
        })).IsDone);
        string text = new('x', 161);
        Assert.Equal((MessageChannel.Sms, 2), await SendAsync(text));
        await CarryMmsAsync(bed);
        Assert.Equal((MessageChannel.Mms, 1), await SendAsync(text));
        Assert.Equal((MessageChannel.Sms, 1), await SendAsync(text[1..]));

        async Task<(MessageChannel Channel, int Segments)> SendAsync(string words)
        {
            TextMessage row = await bed.GetAsync(await bed.SendAsync(words));
            return (row.Channel, row.Segments);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Incoming_IsToldWithItsFiles_AndWhatIsNoFileOfAnMmsIsNotTaken(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        IncomingText message = new("centre", MessageTestBed.Peer, MessageTestBed.Number, "") { Channel = MessageChannel.Mms, Media = [s_picture] };
        Assert.Equal(IntakeStatus.Unknown, await bed.Intake.ReceiveAsync(message with { Media = [s_picture with { Uri = new Uri("file:///etc/passwd") }] }));
        Assert.Equal(IntakeStatus.Taken, await bed.Intake.ReceiveAsync(message));
        ServiceEvent told = Assert.Single(await bed.AllAsync<ServiceEvent>(), static one => one.Type == ServiceEventTypes.MessageReceived);
        JsonElement data = JsonDocument.Parse(told.Data).RootElement;
        Assert.Equal(("mms", "https://cdn.example/1.png"), (data.GetProperty("channel").GetString(), data.GetProperty("media")[0].GetProperty("uri").GetString()));
    }

    private static async Task CarryMmsAsync(MessageTestBed bed)
    {
        await using ServiceContext context = bed.Database.Store.Open(TenantScope.Platform);
        await context.Numbers.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Capabilities, NumberCapabilities.Voice | NumberCapabilities.Sms | NumberCapabilities.Mms));
    }
}
