using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Smpp.Coding;
using MediaCore.Smpp.Pdus;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>One connection of a program: who it is, and what it sends.</summary>
internal sealed partial class SmppProgram(SmppServer server, IPAddress address, ILogger logger) : ISmppUser
{
    private static readonly byte[] NoPassword = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly ILogger _logger = logger;

    /// <summary>Who it is; null before the bind.</summary>
    public ProgramAccount? Account { get; private set; }

    /// <summary>The connection.</summary>
    public SmppConnection? Connection { get; set; }

    public int PeerWindow => Account?.Options.Window ?? 1;

    public async ValueTask<CommandStatus> BindAsync(BindPdu bind, CancellationToken cancellationToken)
    {
        ProgramAccount? account = server.FindAccount(bind.SystemId);
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(bind.Password));

        // As long for an account that is none.
        bool isRight = CryptographicOperations.FixedTimeEquals(digest, account is null ? NoPassword : account.Options.PasswordDigest.AsSpan());
        bool isAllowed = account is not null && (account.Options.Networks.IsEmpty || account.Options.Networks.Any(network => network.Contains(address)));
        if (account is null || !isRight || !isAllowed)
        {
            // One status for all three: nobody learns which names there are.
            SmppMetrics.BindsRefused.Add(1);
            LogRefused(address);
            await Task.Delay(SmppServiceLimits.RefusedBindDelay, server.Time, cancellationToken);
            return CommandStatus.BindFailed;
        }

        try
        {
            if (await account.FindTenantAsync(cancellationToken) is null)
            {
                LogNoTenant(account.Options.SystemId, account.Options.Tenant);
                return CommandStatus.SystemError;
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            SmppMetrics.Failures.Add(1);
            LogDatabase(account.Options.SystemId, e);
            return CommandStatus.SystemError;
        }

        if (!account.TryAdd(this))
        {
            SmppMetrics.BindsRefused.Add(1);
            return CommandStatus.AlreadyBound;
        }

        Account = account;
        LogProgramBound(account.Options.SystemId, bind.Command);
        return CommandStatus.Ok;
    }

    public async ValueTask<SmppPdu> HandleAsync(SmppPdu request, CancellationToken cancellationToken)
    {
        CommandId answer = SmppPdu.ResponseOf(request.Command);
        if (Account is not { } account)
        {
            return new PlainPdu(answer) { Status = CommandStatus.InvalidBindStatus };
        }

        try
        {
            return request switch
            {
                ShortMessagePdu submit => await SubmitAsync(account, submit, answer, cancellationToken),
                DataSmPdu data => await SubmitAsync(account, data.ToShortMessage(CommandId.SubmitSm), answer, cancellationToken),
                QuerySmPdu query => await QueryAsync(account, query, cancellationToken),
                CancelSmPdu cancel => await CancelAsync(account, cancel, cancellationToken),
                ReplaceSmPdu replace => await ReplaceAsync(account, replace, cancellationToken),
                _ => new PlainPdu(answer) { Status = CommandStatus.InvalidCommandId },
            };
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
        {
            SmppMetrics.Failures.Add(1);
            LogDatabase(account.Options.SystemId, e);
            return new PlainPdu(answer) { Status = CommandStatus.SystemError };
        }
    }

    public void Ready() => Account?.Signal();

    private static CommandStatus StatusOf(StoreStatus status) => status switch
    {
        StoreStatus.NotFound => CommandStatus.InvalidSource,
        StoreStatus.Invalid => CommandStatus.InvalidDestination,
        StoreStatus.TooMany => CommandStatus.Throttled,
        _ => CommandStatus.SubmitFailed,
    };

    private static ShortMessageState StateOf(TextMessage? message) => message is null ? ShortMessageState.Enroute : ProgramAccount.StateOf(message.State);

    private async Task<SmppPdu> SubmitAsync(ProgramAccount account, ShortMessagePdu submit, CommandId answer, CancellationToken cancellationToken)
    {
        MessageResponsePdu Refuse(CommandStatus status) => new(answer, "") { Status = status };
        if (!account.TakePace())
        {
            SmppMetrics.ProgramThrottled.Add(1);
            return Refuse(CommandStatus.Throttled);
        }

        TextCoding coding = ShortText.CodingOf(submit.DataCoding);
        DateTimeOffset now = server.Time.GetUtcNow();
        string from = SmppNumbers.FromAddress(submit.Source);
        string to = SmppNumbers.FromProgram(submit.Destination);
        bool isSchedule = SmppTime.TryRead(submit.ScheduleDeliveryTime, now, out DateTimeOffset? at);
        bool isValidity = SmppTime.TryRead(submit.ValidityPeriod, now, out DateTimeOffset? until) && !(until <= now);
        CommandStatus problem = coding == TextCoding.Binary ? CommandStatus.SubmitFailed
            : !isSchedule ? CommandStatus.InvalidSchedule
            : !isValidity ? CommandStatus.InvalidExpiry
            : to.Length == 0 ? CommandStatus.InvalidDestination
            : !account.MaySendFrom(ref from) ? CommandStatus.InvalidSource
            : CommandStatus.Ok;
        if (problem != CommandStatus.Ok)
        {
            return Refuse(problem);
        }

        (Concatenation? part, string text) = SmppInbound.Read(submit, coding);
        var row = new ProgramMessage
        {
            TenantId = account.TenantId,
            Account = account.Options.SystemId,
            Source = from,
            Destination = to,
            Text = MessageText.Keep(text),
            Reference = part?.Reference ?? 0,
            Total = part?.Total ?? 1,
            Sequence = part?.Sequence ?? 1,
            DataCoding = submit.DataCoding,
            Registered = submit.RegisteredDelivery & 0x03,
        };
        await account.Outbox.KeepAsync(row, cancellationToken);
        ProgramMessage[] parts = row.Total == 1 ? [row] : await account.Outbox.FindPartsAsync(row, cancellationToken);
        if (parts.Length == row.Total)
        {
            // The key makes one message of it, whatever happens between here and the next line.
            var message = new OutgoingText(from, to, MessageText.Clean(MessageText.Restore(string.Concat(parts.Select(static p => p.Text))))) { At = at, Validity = until is { } end ? end - now : null, Key = "smpp-" + ProgramOutbox.IdOf(parts[0]) };
            StoreResult<Guid> result = await server.Texts.SendAsync(TenantScope.Of(account.TenantId), message, "smpp:" + account.Options.SystemId, cancellationToken);
            if (!result.IsDone)
            {
                await account.Outbox.FinishAsync(parts, cancellationToken);
                return Refuse(StatusOf(result.Status));
            }

            await account.Outbox.JoinAsync(parts, result.Value, cancellationToken);
            SmppMetrics.ProgramMessages.Add(1);
        }

        return new MessageResponsePdu(answer, ProgramOutbox.IdOf(row));
    }
}
