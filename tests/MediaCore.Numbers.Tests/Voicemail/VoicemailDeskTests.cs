using System.Collections.Frozen;
using MediaCore.Audio.Wave;
using MediaCore.Engine.Subscriptions;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>What owners do with their boxes, in both databases.</summary>
public sealed class VoicemailDeskTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task WrongPins_LockTheBox_OverCalls_UntilTheTimeIsOver(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        VoicemailDesk desk = fixture.Desk;
        Assert.Equal(BoxEntry.NoPin, (await desk.SignInAsync(fixture.Tenant, "100", "")).Entry);
        Assert.Equal(BoxEntry.Wrong, (await desk.SignInAsync(fixture.Tenant, "999", "4831")).Entry);
        await fixture.SetPinAsync("4831");
        for (int i = 1; i < PinRules.FreeTries; i++)
        {
            Assert.Equal(BoxEntry.Wrong, (await desk.SignInAsync(fixture.Tenant, "100", "1111")).Entry);
        }

        Assert.Equal(BoxEntry.Locked, (await desk.SignInAsync(fixture.Tenant, "100", "1111")).Entry);

        // While it is locked the right one does not open it either, and trying does not make it longer.
        Assert.Equal(BoxEntry.Locked, (await fixture.Desk.SignInAsync(fixture.Tenant, "100", "4831")).Entry);
        Assert.Equal(PinRules.FreeTries, (await fixture.ReadBoxAsync()).WrongPins);
        fixture.Database.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(BoxEntry.Locked, (await desk.SignInAsync(fixture.Tenant, "100", "1111")).Entry);
        fixture.Database.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(BoxEntry.Locked, (await desk.SignInAsync(fixture.Tenant, "100", "4831")).Entry);
        fixture.Database.Clock.Advance(TimeSpan.FromSeconds(60));
        BoxSignIn opened = await desk.SignInAsync(fixture.Tenant, "100", "4831");
        Assert.Equal((BoxEntry.Open, 0, null), (opened.Entry, opened.Box?.WrongPins, opened.Box?.LockedUntilMs));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Messages_AreListed_UrgentOnesFirst_AndMarked(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        VoicemailMessage later = await fixture.AddMessageAsync("later", atMs: 2000);
        VoicemailMessage first = await fixture.AddMessageAsync("first", atMs: 1000);
        VoicemailMessage urgent = await fixture.AddMessageAsync("urgent", urgent: true, atMs: 3000);
        await fixture.AddMessageAsync("gone", state: VoicemailState.Deleted);
        Assert.Equal([urgent.Id, first.Id, later.Id], (await fixture.Desk.ListAsync(fixture.Tenant, fixture.Box.Id)).Select(static row => row.Id));
        int told = 0;
        VoicemailDesk desk = fixture.Desk;
        desk.MessagesChanged += (_, _) => told++;
        Assert.True(await desk.MarkAsync(fixture.Tenant, first.Id, VoicemailState.Deleted));
        Assert.False(await desk.MarkAsync(fixture.Tenant, Guid.NewGuid(), VoicemailState.Read));
        Assert.Equal(1, told);
        Assert.Equal(2, (await desk.ListAsync(fixture.Tenant, fixture.Box.Id)).Count);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Message_IsForwarded_WithItsOwnSound_AndTheCommentBefore(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        var other = new VoicemailBox { TenantId = fixture.Tenant.TenantId, Box = "101", MaxMessages = 1 };
        await fixture.Database.Store.ChangeAsync(fixture.Tenant, new ChangeOrigin("test", "voicemail.create"), context =>
        {
            context.VoicemailBoxes.Add(other);
            return Task.FromResult<StoreResult<VoicemailBox>>(other);
        });
        VoicemailMessage message = await fixture.AddMessageAsync("first");
        VoicemailMessage copy = (await fixture.Desk.ForwardAsync(fixture.Tenant, message, "101", fixture.SaveSound("2026-11-23/comment.wav"))).Value!;
        Assert.Equal((other.Id, message.Caller, 2500, VoicemailState.New), (copy.BoxId, copy.Caller, copy.DurationMs, copy.State));
        Assert.Equal(TranscriptState.Pending, copy.TranscriptState);
        Assert.True(WaveFile.TryRead(await File.ReadAllBytesAsync(Path.Combine(fixture.Recordings, copy.File)), out WaveFile? sound, out _));
        Assert.Equal(20_000, sound.Samples.Length);
        await using (ServiceContext context = fixture.Database.Store.Open(fixture.Tenant))
        {
            Assert.Equal(copy.Id.ToString(), (await context.Events.SingleAsync(row => row.Type == ServiceEventTypes.VoicemailReceived)).Subject);
        }

        // The box has its one message.
        int files = Directory.GetFiles(fixture.Recordings, "*", SearchOption.AllDirectories).Length;
        Assert.False((await fixture.Desk.ForwardAsync(fixture.Tenant, message, "101", null)).IsDone);
        Assert.False((await fixture.Desk.ForwardAsync(fixture.Tenant, message, "999", null)).IsDone);
        Assert.Equal(files, Directory.GetFiles(fixture.Recordings, "*", SearchOption.AllDirectories).Length);
        Assert.Throws<InvalidDataException>(() => fixture.Desk.Resolve("../outside.wav"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Greeting_BecomesAPromptOfTheTenant_AndGoesAgain(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        Assert.True((await fixture.Desk.SetGreetingAsync(fixture.Tenant, fixture.Box.Id, "busy", fixture.SaveSound("2026-11-23/take.wav"), "en")).IsDone);
        Assert.Equal("voicemail-100-busy", VoicemailSettings.Of(await fixture.ReadBoxAsync()).Busy?.Prompt);
        await using (ServiceContext context = fixture.Database.Store.Open(fixture.Tenant))
        {
            Prompt prompt = Assert.Single(await context.Prompts.ToListAsync());
            Assert.Equal(PromptOrigin.Phone, prompt.Origin);
            Assert.True(File.Exists(Path.Combine(fixture.Prompts, prompt.File!)));
        }

        Assert.True((await fixture.Desk.SetGreetingAsync(fixture.Tenant, fixture.Box.Id, "busy", null, "en")).IsDone);
        Assert.Null(VoicemailSettings.Of(await fixture.ReadBoxAsync()).Busy);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Lamps_ShowWhatWaits_ForTheOwnerAndTheNamedAccounts(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        var owner = new User { Name = "ann", Account = "ann-phone" };
        fixture.Box.UserId = owner.Id;
        fixture.Box.Settings = """{ "lamps": ["reception", "foreign"] }""";
        TenantConfiguration configuration = new()
        {
            Tenant = fixture.Configuration.Tenant,
            Boxes = fixture.Configuration.Boxes,
            Users = new Dictionary<string, User> { ["ann"] = owner }.ToFrozenDictionary(),
            Accounts = new[] { "ann-phone", "reception" }.ToFrozenSet(),
        };
        var all = new Dictionary<Guid, TenantConfiguration> { [fixture.Tenant.TenantId] = configuration }.ToFrozenDictionary();
        await using var lamps = new MessageLamps(fixture.Database.Store, () => all);
        List<string> told = [];
        lamps.Attach(told.Add);
        await lamps.LookAsync(CancellationToken.None);
        Assert.Equal((default, 0), (Summary(lamps, "ann-phone"), told.Count));
        VoicemailMessage message = await fixture.AddMessageAsync("first", urgent: true);
        await fixture.AddMessageAsync("second", state: VoicemailState.Saved);
        await lamps.LookAsync(CancellationToken.None);
        Assert.Equal(new MessageSummary(1, 1, 1, 0), Summary(lamps, "ann-phone"));
        Assert.Equal(new MessageSummary(1, 1, 1, 0), Summary(lamps, "reception"));
        Assert.False(lamps.TryGet("foreign", out _));
        Assert.Equal(["ann-phone", "reception"], told.Order());

        await lamps.LookAsync(CancellationToken.None);
        Assert.Equal(2, told.Count);
        await fixture.Desk.MarkAsync(fixture.Tenant, message.Id, VoicemailState.Deleted);
        await lamps.LookAsync(CancellationToken.None);
        Assert.Equal((new MessageSummary(0, 1), 4), (Summary(lamps, "ann-phone"), told.Count));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Tidying_TakesWhatIsDeletedAnHourLater_AndWhatIsTooOld_SoundAndRow(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        await fixture.Database.Store.ChangeAsync(fixture.Tenant, new ChangeOrigin("test", "voicemail.update"), async context =>
        {
            VoicemailBox box = await context.VoicemailBoxes.SingleAsync();
            box.RetentionDays = 30;
            return (StoreResult<VoicemailBox>)box;
        });
        long now = fixture.Database.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        VoicemailMessage fresh = await fixture.AddMessageAsync("fresh");
        VoicemailMessage deleted = await fixture.AddMessageAsync("deleted", state: VoicemailState.Deleted);
        VoicemailMessage restored = await fixture.AddMessageAsync("restored", state: VoicemailState.Deleted);
        VoicemailMessage old = await fixture.AddMessageAsync("old", state: VoicemailState.Saved, atMs: now - (long)TimeSpan.FromDays(31).TotalMilliseconds);
        await using var tidying = new VoicemailTidying(fixture.Database.Store, fixture.Desk);
        Assert.Equal(1, await tidying.LookAsync(CancellationToken.None));
        Assert.False(File.Exists(Path.Combine(fixture.Recordings, old.File)));
        await fixture.Desk.MarkAsync(fixture.Tenant, restored.Id, VoicemailState.Read);
        fixture.Database.Clock.Advance(VoicemailLimits.UndoTime);
        Assert.Equal(1, await tidying.LookAsync(CancellationToken.None));
        Assert.False(File.Exists(Path.Combine(fixture.Recordings, deleted.File)));
        Assert.Equal([fresh.Id, restored.Id], (await fixture.RowsAsync()).Select(static row => row.Id).Order());
        Assert.True(File.Exists(Path.Combine(fixture.Recordings, fresh.File)));
    }

    private static MessageSummary Summary(MessageLamps lamps, string account)
    {
        // An account with a box is known, also while nothing waits: its phone's lamp has to be put out.
        Assert.True(lamps.TryGet(account, out MessageSummary summary));
        return summary;
    }
}
