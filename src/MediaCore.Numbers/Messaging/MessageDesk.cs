using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Smpp.Coding;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging;

/// <summary>Takes messages to be sent: looks at the rules and writes rows, nothing else. <see cref="MessageDispatch"/> sends them. Thread-safe.</summary>
/// <param name="store">The database.</param>
/// <param name="options">Which carrier takes what.</param>
/// <param name="written">Told when something may be due.</param>
public sealed partial class MessageDesk(ServiceStore store, MessagingOptions options, Action? written = null) : IMessageDesk
{
    /// <inheritdoc/>
    public async Task<StoreResult<Guid>> SendAsync(TenantScope scope, OutgoingText message, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(message);
        StoreResult<Guid> result = MessageRules.Check(message, store.Time.GetUtcNow()) is { } wrong ? StoreResult.Invalid(wrong) : await TakeAsync(scope, message, cancellationToken);
        (result.IsDone ? MessageMetrics.Accepted : MessageMetrics.Refused).Add(1);
        if (result.IsDone)
        {
            written?.Invoke();
        }

        return result;
    }

    /// <summary>Takes a message that a phone has sent: to a number it goes from the number whose messages go to this phone's user, else from the tenant's first; to others of the tenant from the account.</summary>
    /// <param name="scope">The phone's tenant.</param>
    /// <param name="account">Its account.</param>
    /// <param name="to">What was dialled.</param>
    /// <param name="text">The words.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<StoreResult<Guid>> SendFromPhoneAsync(TenantScope scope, string account, string to, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(to);
        Guid tenant = scope.TenantId;
        string from = account;
        if (to.StartsWith('+'))
        {
            long now = store.NowMs;
            await using ServiceContext context = store.Open(scope);
            from = await context.Assignments
                .Where(row => row.TenantId == tenant && row.Channel == NumberChannel.Messages && row.Target == AssignmentTarget.User && row.FromMs <= now && (row.UntilMs == null || row.UntilMs > now))
                .Join(context.Users.Where(user => user.Account == account), static row => row.TargetId, static user => user.Id, static (row, _) => row.NumberId)
                .Join(context.Numbers, static id => id, static number => number.Id, static (_, number) => number.Number)
                .OrderBy(static number => number).FirstOrDefaultAsync(cancellationToken) ?? "";
        }

        return await SendAsync(scope, new OutgoingText(from, to, text), "account:" + account, cancellationToken);
    }

    /// <summary>Enters that a receiver wants no messages of a number, or messages again.</summary>
    public async Task<MessageOptOut> SetOptOutAsync(TenantScope scope, string number, string peer, bool isOut, string source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Guid tenant = scope.TenantId;
        for (int attempt = 1; ; attempt++)
        {
            await using ServiceContext context = store.Open(scope);
            MessageOptOut? row = await context.MessageOptOuts.SingleOrDefaultAsync(one => one.TenantId == tenant && one.Number == number && one.Peer == peer, cancellationToken);
            if (row?.IsOut == isOut)
            {
                return row;
            }

            if (row is null)
            {
                row = new MessageOptOut { TenantId = tenant, Number = number, Peer = peer };
                context.MessageOptOuts.Add(row);
            }

            (row.IsOut, row.SinceMs, row.Source) = (isOut, store.NowMs, source);
            MessageWriting.TellOptOut(context, row);
            try
            {
                await context.SaveChangesAsync(cancellationToken);
                return row;
            }
            catch (DbUpdateException e) when (attempt < MessageLimits.MaxWriteAttempts && (e is DbUpdateConcurrencyException || ServiceStore.IsDuplicate(e.InnerException)))
            {
                // Somebody else has entered it at the same moment.
            }
        }
    }

    /// <summary>The account whose phones get what is written to a user, an extension or an account of a tenant; null for none.</summary>
    internal static async Task<string?> FindAccountAsync(ServiceContext context, Guid tenant, string name, CancellationToken cancellationToken)
        => await context.SipAccounts.Where(row => row.TenantId == tenant && row.Name == name && !row.Disabled).Select(static row => row.Name).FirstOrDefaultAsync(cancellationToken)
            ?? await context.Users.Where(row => row.TenantId == tenant && (row.Name == name || row.Extension == name) && !row.Disabled && row.Account != null).Select(static row => row.Account).FirstOrDefaultAsync(cancellationToken);

    private async Task<StoreResult<Guid>> TakeAsync(TenantScope scope, OutgoingText message, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(scope);
        Guid tenant = scope.TenantId;
        string? key = message.Key is { Length: > 0 } given ? "out:" + given : null;
        if (key is not null && await FindTwinAsync(context, tenant, key, message, cancellationToken) is { } twin)
        {
            return twin;
        }

        string? account = message.To[0] == '+' ? null : await FindAccountAsync(context, tenant, message.To, cancellationToken);
        if (account is null && message.To[0] != '+')
        {
            return StoreResult.NotFound($"You have no account, user or extension '{message.To}'; a number begins with +.");
        }

        bool fromAccount = account is not null && message.From.Length > 0 && await FindAccountAsync(context, tenant, message.From, cancellationToken) is not null;
        VirtualNumber? number = fromAccount ? null : await context.Numbers.AsNoTracking()
            .Where(row => row.TenantId == tenant && (row.State == NumberState.Owned || row.State == NumberState.Assigned) && (row.Capabilities & NumberCapabilities.Sms) != NumberCapabilities.None && (message.From == "" || row.Number == message.From))
            .OrderBy(static row => row.Number).FirstOrDefaultAsync(cancellationToken);
        if (number is null && !fromAccount)
        {
            return StoreResult.NotFound(message.From.Length == 0 ? "You have no number that may send messages." : $"You have no number {message.From} that may send messages.");
        }

        string from = number?.Number ?? message.From;
        Tenant owner = await context.Tenants.AsNoTracking().SingleAsync(row => row.Id == tenant, cancellationToken);
        MessageSettings settings = await MessageRules.ReadSettingsAsync(context, tenant, cancellationToken);
        string? carrier = account is not null ? SipCarrier.CarrierName : options.FindCarriers(message.To).FirstOrDefault();
        if (carrier is null)
        {
            return StoreResult.Invalid("No carrier takes messages to this number: the operator's routes (messages.routes) name none.");
        }

        if (account is null && await MessageRules.IsOptedOutAsync(context, tenant, from, message.To, cancellationToken))
        {
            return StoreResult.Conflict("The receiver has opted out of messages of this number, and has to write START first.");
        }

        if (await MessageRules.CheckRatesAsync(context, settings, from, account ?? message.To, store.NowMs, cancellationToken) is { } tooMany)
        {
            return StoreResult.TooMany(tooMany);
        }

        bool canMms = number is not null && number.Capabilities.HasFlag(NumberCapabilities.Mms);
        bool isMms = message.Channel == MessageChannel.Mms || message.Media.Count > 0;
        if (isMms && (!canMms || account is not null))
        {
            return StoreResult.Invalid(account is not null ? "Phones take text alone." : $"The number {from} carries no MMS.");
        }

        long now = store.NowMs;
        long due = Math.Max(message.At?.ToUnixTimeMilliseconds() ?? now, now);
        due = account is null ? MessageRules.AfterQuiet(settings, owner.TimeZone, due) : due;
        isMms |= account is null && settings.LongAsMms && canMms && TextSegments.Of(message.Text).Parts.Length > 1;
        var row = new TextMessage
        {
            TenantId = tenant,
            Channel = isMms ? MessageChannel.Mms : MessageChannel.Sms,
            Number = from,
            Peer = account ?? message.To,
            Text = message.Text,
            Media = MessageWriting.WriteMedia(message.Media),
            State = due > now ? MessageState.Scheduled : MessageState.Queued,
            StateAtMs = now,
            ScheduledAtMs = due > now ? due : null,
            ValidUntilMs = due + (long)(message.Validity ?? MessageLimits.Validity).TotalMilliseconds,
            Key = key,
            Reference = await NextReferenceAsync(context, tenant, from, account ?? message.To, cancellationToken),
        };
        MessageWriting.Add(context, row, carrier, account ?? message.To, due);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return row.Id;
        }
        catch (DbUpdateException e) when (key is not null && ServiceStore.IsDuplicate(e.InnerException))
        {
            await using ServiceContext again = store.Open(scope);
            return await FindTwinAsync(again, tenant, key, message, cancellationToken) ?? StoreResult.Conflict("A message with this key is being sent.");
        }
    }

    private static async Task<StoreResult<Guid>?> FindTwinAsync(ServiceContext context, Guid tenant, string key, OutgoingText message, CancellationToken cancellationToken)
        => await context.Messages.AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant && row.Key == key, cancellationToken) is not { } twin ? null
            : twin.Text == message.Text && (twin.Peer == message.To || message.To[0] != '+') ? twin.Id
            : StoreResult.Conflict("Another message was sent with this key.");

    /// <summary>The concatenation reference of the next message between two: one more than the last.</summary>
    internal static async Task<byte> NextReferenceAsync(ServiceContext context, Guid tenant, string number, string peer, CancellationToken cancellationToken)
        => (byte)(await context.Messages.Where(row => row.TenantId == tenant && row.Number == number && row.Peer == peer && !row.Inbound)
            .OrderByDescending(static row => row.CreatedAtMs).ThenByDescending(static row => row.Id).Select(static row => (int)row.Reference).FirstOrDefaultAsync(cancellationToken) + 1);
}
