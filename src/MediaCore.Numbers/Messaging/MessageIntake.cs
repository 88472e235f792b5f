using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Takes what carriers bring: everything that a message leads to (its row, its event, what STOP says, the one answer to it, its way to somebody's phones) is written in one transaction, so that what comes twice after a crash leads to all of it once. Thread-safe.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="options">Which carrier takes answers.</param>
/// <param name="written">Told when something may be due.</param>
public sealed class MessageIntake(ServiceStore store, MessagingOptions options, Action? written = null) : IMessageIntake
{
    /// <summary>The longest text that can come in: 255 parts (the count of parts has one octet) of 153 characters.</summary>
    public const int MaxCharacters = 255 * 153;

    /// <inheritdoc/>
    public async Task<IntakeStatus> ReceiveAsync(IncomingText message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Text.Length > MaxCharacters || message.From.Length is 0 or > MessageLimits.MaxPartyCharacters || message.To.Length is 0 or > MessageLimits.MaxPartyCharacters || message.From.Any(char.IsControl) || message.To.Any(char.IsControl) || MessageRules.CheckMedia(message.Media) is not null)
        {
            return IntakeStatus.Unknown;
        }

        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await StoreAsync(message with { Text = MessageText.Clean(message.Text), ProviderId = message.ProviderId is { } id ? MessageText.Clean(id) : null }, cancellationToken);
                }
                catch (DbUpdateException e) when (attempt < MessageLimits.MaxWriteAttempts && (e is DbUpdateConcurrencyException || ServiceStore.IsDuplicate(e.InnerException)))
                {
                    // It came twice at the same moment, or the same receiver has said STOP twice: look again.
                }
            }
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
        {
            MessageMetrics.Failures.Add(1);
            return IntakeStatus.Later;
        }
    }

    /// <inheritdoc/>
    public async Task<IntakeStatus> ReceiveAsync(DeliveryReceipt receipt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (receipt.ProviderId.Length is 0 or > MessageLimits.MaxProviderIdCharacters || receipt.ProviderId.Any(char.IsControl))
        {
            return IntakeStatus.Unknown;
        }

        receipt = receipt with { Error = receipt.Error is { } error ? MessageText.Clean(error) : null };

        try
        {
            await using ServiceContext context = store.Open(TenantScope.Platform);
            if (await TryApplyAsync(receipt, cancellationToken))
            {
                return IntakeStatus.Taken;
            }

            if (await context.EarlyReceipts.CountAsync(cancellationToken) >= MessageLimits.MaxEarlyReceipts)
            {
                return IntakeStatus.Later;
            }

            context.EarlyReceipts.Add(new EarlyReceipt { TenantId = Tenant.PlatformId, Carrier = receipt.Carrier, ProviderId = receipt.ProviderId, State = receipt.State, Error = MessageWriting.Shorten(receipt.Error) });
            await context.SaveChangesAsync(cancellationToken);
            written?.Invoke();
            return IntakeStatus.Taken;
        }
        catch (DbUpdateException e) when (ServiceStore.IsDuplicate(e.InnerException))
        {
            // The same is waiting already.
            return IntakeStatus.Taken;
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
        {
            MessageMetrics.Failures.Add(1);
            return IntakeStatus.Later;
        }
    }

    /// <summary>Applies a receipt to the part that it names; false when none is known (yet).</summary>
    internal async Task<bool> TryApplyAsync(DeliveryReceipt receipt, CancellationToken cancellationToken)
    {
        string key = ProviderIds.Fold(receipt.ProviderId);
        string? fromHex = ProviderIds.FromHex(key);
        for (int attempt = 1; ; attempt++)
        {
            await using ServiceContext context = store.Open(TenantScope.Platform);

            // Identifiers come round again after a time: the newest is meant.
            List<TextMessagePart> named = await context.MessageParts
                .Where(row => row.Carrier == receipt.Carrier && (row.ProviderKey == key || row.ProviderKeyFromHex == key || (fromHex != null && row.ProviderKey == fromHex)))
                .OrderByDescending(static row => row.Id).Take(10).ToListAsync(cancellationToken);
            if (named.MaxBy(row => ProviderIds.Match(row.ProviderId!, receipt.ProviderId)) is not { } part)
            {
                return false;
            }

            part.State = MessageStates.Advance(part.State, receipt.State);
            part.Error = part.State is MessageState.Delivered or MessageState.Read ? null : MessageWriting.Shorten(receipt.Error) ?? part.Error;
            TextMessage message = await context.Messages.SingleAsync(row => row.Id == part.MessageId, cancellationToken);
            List<TextMessagePart> parts = await context.MessageParts.Where(row => row.MessageId == message.Id).ToListAsync(cancellationToken);
            MessageWriting.Settle(context, message, parts, store.NowMs);
            Touch(context, message);
            try
            {
                await context.SaveChangesAsync(cancellationToken);
                MessageMetrics.Receipts.Add(1);
                return true;
            }
            catch (DbUpdateConcurrencyException) when (attempt < MessageLimits.MaxWriteAttempts)
            {
                // The receipt of another part at the same moment.
            }
        }
    }

    /// <summary>Writes the message even where nothing of it has changed: two parts that end at the same moment must see each other.</summary>
    internal static void Touch(ServiceContext context, TextMessage message) => context.Entry(message).Property(static row => row.StateAtMs).IsModified = true;

    private async Task<IntakeStatus> StoreAsync(IncomingText incoming, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        (string to, string from) = (Normalise(incoming.To), Normalise(incoming.From));
        VirtualNumber? number = await context.Numbers.AsNoTracking().SingleOrDefaultAsync(
            row => row.Number == to && row.TenantId != null && (row.State == NumberState.Owned || row.State == NumberState.Assigned) && (row.Capabilities & (NumberCapabilities.Sms | NumberCapabilities.Mms)) != NumberCapabilities.None, cancellationToken);
        if (number is not { TenantId: { } tenant } || await context.Tenants.AsNoTracking().SingleAsync(row => row.Id == tenant, cancellationToken) is not { Suspended: false } owner)
        {
            return IntakeStatus.Unknown;
        }

        string? key = incoming.ProviderId is { Length: > 0 } id ? "in:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{incoming.Carrier}\n{id}"))) : null;
        if (key is not null && await context.Messages.AnyAsync(row => row.TenantId == tenant && row.Key == key, cancellationToken))
        {
            return IntakeStatus.Taken;
        }

        long now = store.NowMs;
        var row = new TextMessage
        {
            TenantId = tenant,
            Channel = incoming.Channel,
            Inbound = true,
            Number = to,
            Peer = from,
            Text = incoming.Text,
            Segments = Math.Max(1, incoming.Segments),
            Media = MessageWriting.WriteMedia(incoming.Media),
            State = MessageState.Received,
            StateAtMs = now,
            ProviderIds = incoming.ProviderId ?? "",
            Key = key,
        };
        context.Messages.Add(row);
        ServiceEvents.Add(context, tenant, ServiceEventTypes.MessageReceived, row.Id.ToString(), MessageWriting.Describe(row), now);
        await AnswerAsync(context, row, incoming.Carrier, number.Language ?? owner.Language, now, cancellationToken);
        if (await FindPhonesAsync(context, number.Id, now, cancellationToken) is { } account)
        {
            MessageWriting.AddDelivery(context, row, account, now);
        }

        await context.SaveChangesAsync(cancellationToken);
        MessageMetrics.Received.Add(1);
        written?.Invoke();
        return IntakeStatus.Taken;
    }

    /// <summary>What STOP, START and HELP lead to.</summary>
    private async Task AnswerAsync(ServiceContext context, TextMessage message, string carrier, string language, long now, CancellationToken cancellationToken)
    {
        MessageWord word = MessageWords.Read(message.Text);
        if (word == MessageWord.None)
        {
            return;
        }

        (Guid tenant, string number, string peer) = (message.TenantId, message.Number, message.Peer);
        string reply;
        if (word == MessageWord.Help)
        {
            reply = (await MessageRules.ReadSettingsAsync(context, tenant, cancellationToken)).HelpText;
        }
        else
        {
            MessageOptOut? row = await context.MessageOptOuts.SingleOrDefaultAsync(one => one.TenantId == tenant && one.Number == number && one.Peer == peer, cancellationToken);
            bool isOut = word == MessageWord.Stop;
            if ((row?.IsOut ?? false) == isOut)
            {
                // Said already: the answer is given once.
                return;
            }

            if (row is null)
            {
                row = new MessageOptOut { TenantId = tenant, Number = number, Peer = peer };
                context.MessageOptOuts.Add(row);
            }

            (row.IsOut, row.SinceMs, row.Source) = (isOut, now, "message");
            MessageWriting.TellOptOut(context, row);
            reply = MessageWords.GetReply(word, language, number);
        }

        // Answers are never exactly one of the words, so none is answered by another service of this kind; others are kept at bay by number.
        long minute = now - 60_000;
        if (reply.Length == 0 || !MessageRules.IsE164(peer)
            || await context.Messages.CountAsync(row => row.TenantId == tenant && row.Number == number && row.Peer == peer && row.IsReply && row.CreatedAtMs > minute, cancellationToken) >= MessageLimits.MaxRepliesPerMinute)
        {
            return;
        }

        var answer = new TextMessage
        {
            TenantId = tenant,
            Number = number,
            Peer = peer,
            Text = reply,
            State = MessageState.Queued,
            StateAtMs = now,
            ValidUntilMs = now + (long)MessageLimits.Validity.TotalMilliseconds,
            IsReply = true,
            Reference = await MessageDesk.NextReferenceAsync(context, tenant, number, peer, cancellationToken),
        };
        MessageWriting.Add(context, answer, options.FindCarriers(peer).FirstOrDefault() ?? carrier, peer, now);
    }

    /// <summary>The account that a number's messages go to now; null for none.</summary>
    private static Task<string?> FindPhonesAsync(ServiceContext context, Guid number, long now, CancellationToken cancellationToken)
        => context.Assignments
            .Where(row => row.NumberId == number && row.Channel == NumberChannel.Messages && row.Target == AssignmentTarget.User && row.FromMs <= now && (row.UntilMs == null || row.UntilMs > now))
            .Join(context.Users.Where(static user => !user.Disabled && user.Account != null), static row => row.TargetId, static user => user.Id, static (_, user) => user.Account)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>A number as the inventory has it, however a carrier writes it; names stay as they are.</summary>
    private static string Normalise(string party)
    {
        string text = party.Trim();
        string digits = text.StartsWith('+') ? text[1..] : text.StartsWith("00", StringComparison.Ordinal) ? text[2..] : text;
        return MessageRules.IsE164("+" + digits) ? "+" + digits : text;
    }
}
