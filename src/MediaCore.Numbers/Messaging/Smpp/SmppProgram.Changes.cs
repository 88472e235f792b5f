using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Smpp.Coding;
using MediaCore.Smpp.Pdus;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <content>What a program does about messages that it has sent before: query_sm, cancel_sm, replace_sm.</content>
internal sealed partial class SmppProgram
{
    private static async Task<SmppPdu> QueryAsync(ProgramAccount account, QuerySmPdu query, CancellationToken cancellationToken)
    {
        if (await FindAsync(account, query.MessageId, cancellationToken) is not { } found)
        {
            return new PlainPdu(CommandId.QuerySmResponse) { Status = CommandStatus.InvalidMessageId };
        }

        ShortMessageState state = StateOf(found.Message);
        string done = found.Message is { } message && state != ShortMessageState.Enroute ? SmppTime.Absolute(DateTimeOffset.FromUnixTimeMilliseconds(message.StateAtMs)) : "";
        return new QuerySmResponsePdu(query.MessageId, done, state, 0);
    }

    /// <summary>cancel_sm, §4.9.1: one message, by the identifier of any of its parts, or without an identifier all of a sender to a receiver that wait. Its receipt, where one is wanted, says DELETED.</summary>
    private async Task<SmppPdu> CancelAsync(ProgramAccount account, CancelSmPdu cancel, CancellationToken cancellationToken)
    {
        List<Guid> messages;
        if (cancel.MessageId.Length > 0)
        {
            if (await FindAsync(account, cancel.MessageId, cancellationToken) is not { } found)
            {
                return new PlainPdu(CommandId.CancelSmResponse) { Status = CommandStatus.InvalidMessageId };
            }

            if (found.Row.MessageId is null && IsFrom(account, cancel.Source, found.Row))
            {
                // The rest of it has not come yet, and this part waits for it no longer.
                await account.Outbox.FinishAsync([found.Row], cancellationToken);
                return new PlainPdu(CommandId.CancelSmResponse);
            }

            messages = found.Row.MessageId is { } one && IsFrom(account, cancel.Source, found.Row) ? [one] : [];
        }
        else
        {
            messages = await account.Outbox.FindWaitingAsync(account.TenantId, account.Options.SystemId, SenderOf(account, cancel.Source), SmppNumbers.FromProgram(cancel.Destination), cancellationToken);
        }

        int withdrawn = 0;
        foreach (Guid message in messages)
        {
            withdrawn += (await server.Texts.CancelAsync(TenantScope.Of(account.TenantId), message, cancellationToken)).IsDone ? 1 : 0;
        }

        return new PlainPdu(CommandId.CancelSmResponse) { Status = withdrawn > 0 ? CommandStatus.Ok : CommandStatus.CancelFailed };
    }

    /// <summary>replace_sm, §4.10.1: other words, and another time, for a message that waits for its time. It has no data_coding, so the words are coded as those of the message are; one that was sent in parts has no place for all of them here.</summary>
    private async Task<SmppPdu> ReplaceAsync(ProgramAccount account, ReplaceSmPdu replace, CancellationToken cancellationToken)
    {
        DateTimeOffset now = server.Time.GetUtcNow();
        bool isSchedule = SmppTime.TryRead(replace.ScheduleDeliveryTime, now, out DateTimeOffset? at);
        bool isValidity = SmppTime.TryRead(replace.ValidityPeriod, now, out DateTimeOffset? until) && !(until <= now);
        CommandStatus status = !isSchedule ? CommandStatus.InvalidSchedule : !isValidity ? CommandStatus.InvalidExpiry : CommandStatus.Ok;
        if (status == CommandStatus.Ok)
        {
            status = await FindAsync(account, replace.MessageId, cancellationToken) is not { } found ? CommandStatus.InvalidMessageId
                : await ReplaceAsync(account, found.Row, replace, at, until, cancellationToken) ? CommandStatus.Ok : CommandStatus.ReplaceFailed;
        }

        return new PlainPdu(CommandId.ReplaceSmResponse) { Status = status };
    }

    private async Task<bool> ReplaceAsync(ProgramAccount account, ProgramMessage row, ReplaceSmPdu replace, DateTimeOffset? at, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (row.MessageId is not { } message || row.Total > 1 || !IsFrom(account, replace.Source, row))
        {
            return false;
        }

        string text = MessageText.Clean(ShortText.Decode(replace.ShortMessage.AsSpan(), ShortText.CodingOf((byte)row.DataCoding)));
        StoreResult<TextMessage> result = await server.Texts.ReplaceAsync(TenantScope.Of(account.TenantId), message, text, at, until, cancellationToken);
        if (result.IsDone)
        {
            await account.Outbox.ReplaceAsync(row, text, replace.RegisteredDelivery & 0x03, cancellationToken);
        }

        return result.IsDone;
    }

    private static Task<(ProgramMessage Row, TextMessage? Message)?> FindAsync(ProgramAccount account, string id, CancellationToken cancellationToken)
        => account.Outbox.FindAsync(account.TenantId, account.Options.SystemId, id, cancellationToken);

    /// <summary>Whether the sender is that of the message, §4.9.1; one that is left out is whoever sent it, since the identifier is the account's own.</summary>
    private static bool IsFrom(ProgramAccount account, SmppAddress source, ProgramMessage row) => source.Value.Length == 0 || SenderOf(account, source) == row.Source;

    private static string SenderOf(ProgramAccount account, SmppAddress source)
    {
        string from = SmppNumbers.FromAddress(source);
        return account.MaySendFrom(ref from) ? from : "";
    }
}
