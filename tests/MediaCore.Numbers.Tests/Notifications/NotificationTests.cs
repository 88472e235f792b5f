using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Notifications;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Tests.Mail;
using MediaCore.Numbers.Tests.Voicemail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Notifications;

/// <summary>From a message in its box to the mail and the text message that tell of it.</summary>
public sealed class NotificationTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    private const string Settings = """{ "notify": { "mail": ["ann@example.org", "bob@example.org"], "attach": "attach", "text": "+12025550111" } }""";

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Message_IsToldToEachReceiver_Once_WhoeverAsks(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        await SetAsync(fixture, Settings, AfterNotification.MarkRead);
        await using var sink = new MailSink();
        await LeaveAsync(fixture, 1);
        List<Notification> rows = await RowsAsync(fixture);
        Assert.Equal(["ann@example.org", "bob@example.org", "+12025550111"], rows.Select(static row => row.Receiver));
        await using (ServiceContext context = fixture.Database.Store.Open(fixture.Tenant))
        {
            ServiceEvent told = Assert.Single(await context.Events.AsNoTracking().ToListAsync());
            Assert.Equal((ServiceEventTypes.VoicemailReceived, rows[0].MessageId.ToString()), (told.Type, told.Subject));
        }

        var texts = new TextSink();
        int settled = 0;
        await using NotificationWorker worker = Worker(fixture, fixture.Database.Store, sink.Options, texts, () => Interlocked.Increment(ref settled));
        await using NotificationWorker another = Worker(fixture, await fixture.Database.OpenNodeAsync(), sink.Options, texts, () => Interlocked.Increment(ref settled));
        int[] tried = await Task.WhenAll(worker.LookAsync(CancellationToken.None), another.LookAsync(CancellationToken.None));
        Assert.Equal(3, tried.Sum());
        Assert.Equal(2, sink.Mails.Count);
        Assert.All(sink.Mails, static mail => Assert.Contains(Convert.ToBase64String("sound"u8), mail, StringComparison.Ordinal));
        Assert.Contains("+12025550199", Assert.Single(texts.Sent).Text, StringComparison.Ordinal);
        Assert.All(await RowsAsync(fixture), static row => Assert.Equal((NotificationState.Sent, ""), (row.State, row.Problem)));
        Assert.Equal(0, await worker.LookAsync(CancellationToken.None));

        // Everybody was told, and the box wants messages to be read by then: lamps go out.
        Assert.Equal(1, settled);
        Assert.Equal(VoicemailState.Read, Assert.Single(await fixture.RowsAsync()).State);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Mail_ThatIsRefusedForNow_IsTriedAgainForADay_AndThenGivenUp(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        await SetAsync(fixture, """{ "notify": { "mail": "ann@example.org" } }""", AfterNotification.Delete);
        await using var sink = new MailSink { Answers = { ["RCPT"] = "450 later" } };
        await LeaveAsync(fixture, 1);
        await using NotificationWorker worker = Worker(fixture, fixture.Database.Store, sink.Options, null);
        Assert.Equal(1, await worker.LookAsync(CancellationToken.None));
        Assert.Equal(0, await worker.LookAsync(CancellationToken.None));
        Notification row = Assert.Single(await RowsAsync(fixture));
        Assert.Equal((NotificationState.Waiting, 1), (row.State, row.Attempts));
        Assert.Contains("450", row.Problem, StringComparison.Ordinal);
        fixture.Database.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(1, await worker.LookAsync(CancellationToken.None));
        Assert.Equal(NotificationState.Failed, Assert.Single(await RowsAsync(fixture)).State);
        Assert.Equal(VoicemailState.New, Assert.Single(await fixture.RowsAsync()).State);
    }

    [Fact]
    public async Task Text_ThatARateRefuses_IsTriedAgain_OneThatIsRefusedForGoodIsNot()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        await SetAsync(fixture, """{ "notify": { "text": "bob" } }""", AfterNotification.Keep);
        await LeaveAsync(fixture, 1);
        var texts = new TextSink { Refusals = new([StoreStatus.TooMany]) };
        await using NotificationWorker worker = Worker(fixture, fixture.Database.Store, null, texts);
        await worker.LookAsync(CancellationToken.None);
        Notification row = Assert.Single(await RowsAsync(fixture));
        Assert.Equal((NotificationState.Waiting, "TooMany"), (row.State, row.Problem));
        fixture.Database.Clock.Advance(NotificationLimits.WaitAfter(1));
        await worker.LookAsync(CancellationToken.None);
        Assert.Equal(NotificationState.Sent, Assert.Single(await RowsAsync(fixture)).State);

        await LeaveAsync(fixture, 2);
        texts.Refusals.Enqueue(StoreStatus.Conflict);
        await worker.LookAsync(CancellationToken.None);
        Assert.Equal([NotificationState.Sent, NotificationState.Failed], (await RowsAsync(fixture)).Select(static one => one.State).Order());
    }

    [Fact]
    public async Task Row_OfAServerThatDiedWhileItSent_IsAnothers_AfterItsLease()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        await SetAsync(fixture, """{ "notify": { "text": "bob" } }""", AfterNotification.Keep);
        await LeaveAsync(fixture, 1);
        var stuck = new TextSink { Gate = new TaskCompletionSource() };
        await using NotificationWorker dying = Worker(fixture, fixture.Database.Store, null, stuck);
        Task<int> sending = dying.LookAsync(CancellationToken.None);
        await stuck.Asked.Task;
        var texts = new TextSink();
        await using NotificationWorker worker = Worker(fixture, fixture.Database.Store, null, texts);
        Assert.Equal(0, await worker.LookAsync(CancellationToken.None));
        fixture.Database.Clock.Advance(NotificationLimits.Lease);
        Assert.Equal(1, await worker.LookAsync(CancellationToken.None));
        stuck.Gate.SetResult();
        await sending;
        Notification row = Assert.Single(await RowsAsync(fixture));
        Assert.Equal((NotificationState.Sent, 2), (row.State, row.Attempts));

        // The message service makes one message of the two.
        Assert.Equal(stuck.Sent.Single().Key, texts.Sent.Single().Key);
    }

    [Fact]
    public async Task Call_IsToldOf_AndGoesOn()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        var action = new NotifyAction { Mail = ["ann@example.org"], Sms = ["+12025550111"], Webhook = true, Text = "Ann calls" };
        var facts = new MediaCore.Numbers.Calls.CallFacts { CallId = CallProbe.CallId, TenantId = fixture.Tenant.TenantId, Number = "+12025550100", Caller = "+12025550199" };
        var written = new TaskCompletionSource();
        await using CallProbe probe = CallProbe.Start(ActivityCatalog.Make(action), facts, services: shared => shared with
        {
            Notify = async (of, what, text) =>
            {
                await NotificationRows.WriteCallAsync(fixture.Database.Store, of, what, text, CancellationToken.None);
                written.SetResult();
                return true;
            },
        });
        await written.Task;
        Assert.Equal([("ann@example.org", "Ann calls"), ("+12025550111", "Ann calls")], (await RowsAsync(fixture)).Select(static row => (row.Receiver, row.Text)));
        await using ServiceContext context = fixture.Database.Store.Open(fixture.Tenant);
        Assert.Equal(ServiceEventTypes.CallNotified, Assert.Single(await context.Events.AsNoTracking().ToListAsync()).Type);
        var texts = new TextSink();
        await using NotificationWorker worker = Worker(fixture, fixture.Database.Store, null, texts);
        await worker.LookAsync(CancellationToken.None);
        Assert.Equal("Ann calls", Assert.Single(texts.Sent).Text);
    }

    [Theory]
    [InlineData("en", "America/New_York", "Voicemail from +12025550199", "2026-11-23 07:00 -05:00")]
    [InlineData("de-AT", "Europe/Vienna", "Sprachnachricht von +12025550199", "2026-11-23 13:00 +01:00")]
    [InlineData("xx", "Not/AZone", "Voicemail from +12025550199", "2026-11-23 12:00 +00:00")]
    public void Text_IsInTheLanguageAndTheZoneOfItsReceivers(string language, string zone, string subject, string time)
    {
        var message = new VoicemailMessage { Caller = "+12025550199", Called = "+12025550100", ReceivedAtMs = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), DurationMs = 75_000 };
        var text = NotificationText.Of(message, NotificationSubject.Voicemail, language, zone, "https://x.example/1", isTooLarge: false);
        Assert.Equal(subject, text.Subject);
        Assert.Contains(time, text.Body, StringComparison.Ordinal);
        Assert.Contains("1:15", text.Body, StringComparison.Ordinal);
        Assert.Contains("https://x.example/1", text.Body, StringComparison.Ordinal);
        Assert.True(text.Short.Length <= NotificationLimits.MaxTextCharacters);
    }

    private static async Task SetAsync(VoicemailFixture fixture, string settings, AfterNotification after)
        => Assert.True((await fixture.Database.Store.ChangeAsync(fixture.Tenant, new ChangeOrigin("test", "voicemail.change"), async context =>
        {
            VoicemailBox box = await context.VoicemailBoxes.SingleAsync();
            (box.Settings, box.AfterNotification) = (settings, after);
            return (StoreResult<VoicemailBox>)box;
        })).IsDone);

    private static async Task LeaveAsync(VoicemailFixture fixture, int second)
    {
        Assert.True(fixture.Messages.TryBegin(fixture.Intent(second)));
        fixture.Save(second);
        fixture.Tell(VoicemailFixture.Recording(second, 5, RecordingStatus.Saved), RecordingStage.Saved);
        await fixture.Messages.LookAsync(looksAtDisk: false, CancellationToken.None);
    }

    private static NotificationWorker Worker(VoicemailFixture fixture, ServiceStore store, MailOptions? mail, ITextMessages? texts, Action? settled = null)
        => new(store, new NotificationSender(store, mail, fixture.Recordings), settled ?? (static () => { }), NullLoggerFactory.Instance) { Texts = texts };

    private static async Task<List<Notification>> RowsAsync(VoicemailFixture fixture)
    {
        await using ServiceContext context = fixture.Database.Store.Open(fixture.Tenant);
        return await context.Notifications.AsNoTracking().OrderBy(static row => row.Kind).ThenBy(static row => row.Receiver).ToListAsync();
    }

    private sealed class TextSink : ITextMessages
    {
        public List<OutgoingText> Sent { get; } = [];

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource? Gate { get; init; }

        /// <summary>How the next ones are refused.</summary>
        public Queue<StoreStatus> Refusals { get; init; } = new();

        public async Task<StoreResult<Guid>> SendAsync(TenantScope scope, OutgoingText message, string actor, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await (Gate?.Task ?? Task.CompletedTask);
            if (Refusals.TryDequeue(out StoreStatus refusal))
            {
                return new StoreResult<Guid>(refusal, refusal.ToString(), default);
            }

            lock (Sent)
            {
                Sent.Add(message);
            }

            return Guid.CreateVersion7();
        }
    }
}
