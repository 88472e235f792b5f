using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging;

/// <content>What ends without a carrier's word: validity, lost hands, receipts that waited for nothing; and phones that have come back.</content>
public sealed partial class MessageDispatch
{
    /// <summary>Error of a part of which nobody knows whether it went.</summary>
    public const string Unknown = "HANDOVER_UNKNOWN";

    /// <summary>Error of a part whose time ran out.</summary>
    public const string OutOfTime = "EXPIRED";

    private async Task BringBackAsync(long now, CancellationToken cancellationToken)
    {
        foreach (string account in _returned.Keys)
        {
            await using ServiceContext context = _store.Open(TenantScope.Platform);
            await context.MessageParts.Where(row => row.Carrier == SipCarrier.CarrierName && row.To == account && row.LeaseUntilMs == null && row.NextAttemptAtMs > now && row.Attempts > 0 && row.State == MessageState.Sending)
                .ExecuteUpdateAsync(set => set.SetProperty(static row => row.NextAttemptAtMs, now), cancellationToken);
            _returned.TryRemove(account, out _);
        }
    }

    private async Task MatchReceiptsAsync(long now, CancellationToken cancellationToken)
    {
        long before = now - (long)MessageLimits.ReceiptPatience.TotalMilliseconds;
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        foreach (EarlyReceipt receipt in await context.EarlyReceipts.OrderBy(static row => row.CreatedAtMs).Take(MessageLimits.BatchParts).ToListAsync(cancellationToken))
        {
            bool isFound = await _intake.TryApplyAsync(new DeliveryReceipt(receipt.Carrier, receipt.ProviderId, receipt.State, receipt.Error), cancellationToken);
            if (!isFound && receipt.CreatedAtMs > before)
            {
                continue;
            }

            Guid id = receipt.Id;
            int deleted = await context.EarlyReceipts.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
            MessageMetrics.LostReceipts.Add(isFound ? 0 : deleted);
        }
    }

    private async Task EndAsync(long now, CancellationToken cancellationToken)
    {
        List<(Guid Id, Guid MessageId, bool IsLost)> ends;
        await using (ServiceContext context = _store.Open(TenantScope.Platform))
        {
            var lost = await context.MessageParts.Where(row => row.LeaseUntilMs < now).OrderBy(static row => row.LeaseUntilMs).Take(MessageLimits.BatchParts)
                .Select(static row => new { row.Id, row.MessageId }).ToListAsync(cancellationToken);
            var late = await context.MessageParts.Where(static row => (row.State == MessageState.Queued || row.State == MessageState.Sending) && row.LeaseUntilMs == null)
                .Join(context.Messages.Where(row => row.ValidUntilMs < now || (row.Inbound && row.CreatedAtMs < now - ValidityMs)), static row => row.MessageId, static message => message.Id, static (row, _) => new { row.Id, row.MessageId })
                .Take(MessageLimits.BatchParts).ToListAsync(cancellationToken);
            ends = [.. lost.Select(static one => (one.Id, one.MessageId, true)), .. late.Select(static one => (one.Id, one.MessageId, false))];
        }

        foreach ((Guid id, Guid messageId, bool isLost) in ends)
        {
            await using ServiceContext context = _store.Open(TenantScope.Platform);
            List<TextMessagePart> parts = await context.MessageParts.Where(row => row.MessageId == messageId).ToListAsync(cancellationToken);
            TextMessage message = await context.Messages.SingleAsync(row => row.Id == messageId, cancellationToken);
            TextMessagePart part = parts.Single(part => part.Id == id);
            if (isLost ? !(part.LeaseUntilMs < now) : part.LeaseUntilMs is not null)
            {
                continue;
            }

            part.LeaseUntilMs = null;
            part.State = MessageStates.Advance(part.State, isLost ? MessageState.Failed : MessageState.Expired);
            part.Error = isLost ? Unknown : part.Error ?? OutOfTime;
            MessageWriting.Settle(context, message, parts, now);
            MessageIntake.Touch(context, message);
            try
            {
                await context.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another server was faster: the next turn sees what it has made of it.
                continue;
            }

            MessageMetrics.Failed.Add(1);
            if (isLost)
            {
                LogUnknown(messageId);
            }
        }
    }

    private static readonly long ValidityMs = (long)MessageLimits.Validity.TotalMilliseconds;
}
