using System.Collections.Concurrent;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Messaging;

/// <summary>A tenant with a number that sends by a carrier of the test, with sender and intake on a database and a clock that stands still until it is moved, or, for peers that are programs of their own, the system's.</summary>
internal sealed class MessageTestBed : IAsyncDisposable
{
    public const string Number = "+12125550100";
    public const string Peer = "+12125550199";

    private MessageTestBed(TestDatabase database, ServiceStore store, TenantScope scope)
    {
        Database = database;
        Store = store;
        Scope = scope;
        Intake = new MessageIntake(store, Options, () => Dispatch!.Wake());
        Desk = new MessageDesk(store, Options, () => Dispatch!.Wake());
        Dispatch = new MessageDispatch(store, Options, Intake);
        Dispatch.Add(Carrier);
    }

    public TestDatabase Database { get; }

    /// <summary>The store that sender and intake work on.</summary>
    public ServiceStore Store { get; }

    public TenantScope Scope { get; }

    public MessagingOptions Options { get; } = new() { Routes = [new MessageRoute("+", ["centre"]), new MessageRoute("+44", ["british", "centre"])] };

    public MessageIntake Intake { get; }

    public MessageDesk Desk { get; }

    public MessageDispatch Dispatch { get; }

    public TestCarrier Carrier { get; } = new("centre");

    public static async Task<MessageTestBed> CreateAsync(StoreProvider provider, bool isLive = false)
    {
        TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope scope = await database.AddTenantAsync("acme");
        await database.AddNumbersAsync(Number);
        NumberInventory inventory = new(database.Store);
        StoreResult<VirtualNumber> bought = await inventory.BuyAsync(scope, Number, "test");
        Assert.True(bought.IsDone, bought.Message);
        await using (ServiceContext context = database.Store.Open(TenantScope.Platform))
        {
            await context.Numbers.Where(static row => row.Number == Number).ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Capabilities, NumberCapabilities.Voice | NumberCapabilities.Sms));
        }

        return new MessageTestBed(database, isLive ? await ServiceStore.OpenAsync(database.Options) : database.Store, scope);
    }

    public async Task<Guid> SendAsync(string text, string? key = null)
    {
        StoreResult<Guid> sent = await Desk.SendAsync(Scope, new OutgoingText(Number, Peer, text) { Key = key }, "test");
        Assert.True(sent.IsDone, sent.Message);
        return sent.Value;
    }

    public Task<IntakeStatus> ReceiveAsync(string text, string? id = null) => Intake.ReceiveAsync(new IncomingText("centre", Peer[1..], Number[1..], text) { ProviderId = id });

    public Task<IntakeStatus> TellAsync(string id, MessageState state, string? error = null) => Intake.ReceiveAsync(new DeliveryReceipt("centre", id, state, error));

    /// <summary>One turn of the sender and the end of what it has begun.</summary>
    public async Task TurnAsync()
    {
        await Dispatch.TurnAsync(CancellationToken.None);
        await Dispatch.IdleAsync();
    }

    public async Task<TextMessage> GetAsync(Guid id)
    {
        await using ServiceContext context = Database.Store.Open(Scope);
        return await context.Messages.AsNoTracking().SingleAsync(row => row.Id == id);
    }

    public async Task<List<T>> AllAsync<T>()
        where T : TenantRow
    {
        await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
        return await context.Set<T>().AsNoTracking().OrderBy(static row => row.Id).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Dispatch.DisposeAsync();
        if (Store != Database.Store)
        {
            await Store.DisposeAsync();
        }

        await Database.DisposeAsync();
    }
}

/// <summary>A carrier that notes what it gets and answers as it is told.</summary>
internal sealed class TestCarrier(string name) : IMessageCarrier
{
    private int _next;

    public ConcurrentQueue<MessagePart> Parts { get; } = new();

    public Func<MessagePart, CancellationToken, Task<CarrierAnswer>>? Answers { get; set; }

    public string Name => name;

    public int Window { get; set; } = 10;

    public Task<CarrierAnswer> SendAsync(MessagePart part, CancellationToken cancellationToken = default)
    {
        Parts.Enqueue(part);
        return Answers is { } answers ? answers(part, cancellationToken) : Task.FromResult(new CarrierAnswer(CarrierStatus.Accepted, $"00A1B{Interlocked.Increment(ref _next)}"));
    }
}
