using System.Threading.Channels;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>The messages of a service: keeps what comes in, and writes what programs send into the database as the service does.</summary>
internal sealed class FakeMessages(ServiceStore store) : IMessageIntake, IMessageDesk
{
    private readonly MessageDesk _desk = new(store, new MessagingOptions());

    public Channel<IncomingText> Incoming { get; } = Channel.CreateUnbounded<IncomingText>();

    public Channel<DeliveryReceipt> Receipts { get; } = Channel.CreateUnbounded<DeliveryReceipt>();

    public Channel<OutgoingText> Outgoing { get; } = Channel.CreateUnbounded<OutgoingText>();

    /// <summary>What the next message that comes in is answered.</summary>
    public IntakeStatus Next { get; set; }

    public Task<IntakeStatus> ReceiveAsync(IncomingText message, CancellationToken cancellationToken = default)
    {
        IntakeStatus status = Next;
        Next = IntakeStatus.Taken;
        if (status == IntakeStatus.Taken)
        {
            Incoming.Writer.TryWrite(message);
        }

        return Task.FromResult(status);
    }

    public Task<IntakeStatus> ReceiveAsync(DeliveryReceipt receipt, CancellationToken cancellationToken = default)
    {
        Receipts.Writer.TryWrite(receipt);
        return Task.FromResult(IntakeStatus.Taken);
    }

    public async Task<StoreResult<Guid>> SendAsync(TenantScope scope, OutgoingText message, string actor, CancellationToken cancellationToken = default)
    {
        if (message.To == "+0")
        {
            return new StoreResult<Guid>(StoreStatus.Invalid, "no number", default);
        }

        Guid id = await AddAsync(scope.TenantId, message.From, message.To, message.Text, inbound: false);
        Outgoing.Writer.TryWrite(message);
        return id;
    }

    public Task<StoreResult<TextMessage>> CancelAsync(TenantScope scope, Guid id, CancellationToken cancellationToken = default) => _desk.CancelAsync(scope, id, cancellationToken);

    public Task<StoreResult<TextMessage>> ReplaceAsync(TenantScope scope, Guid id, string text, DateTimeOffset? at, DateTimeOffset? validUntil, CancellationToken cancellationToken = default)
        => _desk.ReplaceAsync(scope, id, text, at, validUntil, cancellationToken);

    public async Task<Guid> AddAsync(Guid tenantId, string number, string peer, string text, bool inbound)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        var row = new TextMessage
        {
            TenantId = tenantId, Number = number, Peer = peer, Text = text, Inbound = inbound, State = inbound ? MessageState.Received : MessageState.Queued, CreatedAtMs = store.NowMs, StateAtMs = store.NowMs,
        };
        context.Messages.Add(row);
        await context.SaveChangesAsync();
        return row.Id;
    }

    /// <summary>What has become of the latest message that was sent.</summary>
    public async Task SettleAsync(Guid tenantId, string text, MessageState state)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(tenantId));
        TextMessage row = await context.Messages.FirstAsync(m => m.Text == text && !m.Inbound);
        row.State = state;
        row.StateAtMs = store.NowMs;
        await context.SaveChangesAsync();
    }
}
