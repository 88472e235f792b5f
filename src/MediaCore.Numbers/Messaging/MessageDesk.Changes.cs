using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging;

/// <content>What is done to messages that wait.</content>
public sealed partial class MessageDesk
{
    /// <inheritdoc/>
    public Task<StoreResult<TextMessage>> CancelAsync(TenantScope scope, Guid id, CancellationToken cancellationToken = default)
        => ChangeAsync(scope, id, (context, message, parts) =>
        {
            foreach (TextMessagePart part in parts)
            {
                part.State = MessageState.Cancelled;
            }

            MessageWriting.Settle(context, message, parts, store.NowMs);
            return Task.FromResult(StoreResult.Done);
        }, cancellationToken);

    /// <inheritdoc/>
    public async Task<StoreResult<TextMessage>> ReplaceAsync(TenantScope scope, Guid id, string text, DateTimeOffset? at, DateTimeOffset? validUntil, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(text);
        StoreResult<TextMessage> result = await ChangeAsync(scope, id, async (context, message, parts) =>
        {
            long now = store.NowMs;
            if (message.State != MessageState.Scheduled || message.ScheduledAtMs is not { } before)
            {
                return StoreResult.Conflict("It is not scheduled (any more): only what waits for its time can be changed.");
            }

            if (MessageRules.Check(new OutgoingText(message.Number, message.Peer, text) { At = at, Media = MessageWriting.ReadMedia(message.Media) }, store.Time.GetUtcNow()) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            Tenant owner = await context.Tenants.AsNoTracking().SingleAsync(row => row.Id == message.TenantId, cancellationToken);
            MessageSettings settings = await MessageRules.ReadSettingsAsync(context, message.TenantId, cancellationToken);
            long due = Math.Max(at?.ToUnixTimeMilliseconds() ?? before, now);
            (string carrier, string to) = (parts[0].Carrier, parts[0].To);
            due = carrier == SipCarrier.CarrierName ? due : MessageRules.AfterQuiet(settings, owner.TimeZone, due);
            message.Text = text;
            message.ValidUntilMs = validUntil?.ToUnixTimeMilliseconds() ?? message.ValidUntilMs + (due - before);
            message.ScheduledAtMs = due;
            message.StateAtMs = now;
            context.MessageParts.RemoveRange(parts);
            MessageWriting.AddParts(context, message, carrier, to, due);
            return StoreResult.Done;
        }, cancellationToken);
        if (result.IsDone)
        {
            written?.Invoke();
        }

        return result;
    }

    /// <summary>Changes a message of which nothing was handed over, together with its parts: who takes a part into his hands at the same moment was faster, or finds it changed.</summary>
    private async Task<StoreResult<TextMessage>> ChangeAsync(TenantScope scope, Guid id, Func<ServiceContext, TextMessage, List<TextMessagePart>, Task<StoreResult>> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Guid tenant = scope.TenantId;
        for (int attempt = 1; ; attempt++)
        {
            await using ServiceContext context = store.Open(scope);
            if (await context.Messages.SingleOrDefaultAsync(row => row.TenantId == tenant && row.Id == id && !row.Inbound, cancellationToken) is not { } message)
            {
                return StoreResult.NotFound($"You have sent no message {id}.");
            }

            List<TextMessagePart> parts = await context.MessageParts.Where(row => row.MessageId == id).ToListAsync(cancellationToken);
            if (parts.Count == 0 || parts.Any(static part => part.LeaseUntilMs is not null || part.State > MessageState.Sending))
            {
                return StoreResult.Conflict("It was handed over already, or is over: what is under way cannot be withdrawn.");
            }

            StoreResult changed = await change(context, message, parts);
            if (!changed.IsDone)
            {
                return changed;
            }

            try
            {
                await context.SaveChangesAsync(cancellationToken);
                return message;
            }
            catch (DbUpdateConcurrencyException) when (attempt < MessageLimits.MaxWriteAttempts)
            {
                // Somebody has just taken it into his hands: look again.
            }
        }
    }
}
