using System.Net.Sockets;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Notifications;

/// <summary>Makes one attempt at a notification: writes it and hands it to the mail server or to the message service.</summary>
/// <param name="store">The database.</param>
/// <param name="mail">The mail server; null where there is none.</param>
/// <param name="recordings">Folder of recordings; null where there is none.</param>
internal sealed class NotificationSender(ServiceStore store, MailOptions? mail, string? recordings)
{
    /// <summary>Sends text messages; null where nothing does.</summary>
    public ITextMessages? Texts { get; set; }

    /// <summary>Tries.</summary>
    public async Task<NotificationOutcome> SendAsync(Notification row, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(row.TenantId));
        Tenant? tenant = await context.Tenants.AsNoTracking().FirstOrDefaultAsync(one => one.Id == row.TenantId, cancellationToken);
        if (tenant is null)
        {
            return new NotificationOutcome(NotificationState.Failed, "The tenant is gone.");
        }

        if (row.MessageId is not { } id)
        {
            return await SendAsync(row, NotificationText.Of(row, tenant.Language, tenant.TimeZone), null, cancellationToken);
        }

        VoicemailMessage? message = await context.VoicemailMessages.AsNoTracking().FirstOrDefaultAsync(one => one.Id == id, cancellationToken);
        VoicemailBox? box = message is null ? null : await context.VoicemailBoxes.AsNoTracking().FirstOrDefaultAsync(one => one.Id == message.BoxId, cancellationToken);
        if (message is null || box is null || message.State == VoicemailState.Deleted)
        {
            return new NotificationOutcome(NotificationState.Failed, "The message was deleted before.");
        }

        FileInfo? sound = row.Sound == NotificationSound.Attach && recordings is not null ? new FileInfo(Path.Combine(recordings, message.File)) : null;
        if (sound is { Exists: false })
        {
            return new NotificationOutcome(NotificationState.Waiting, "The sound is not on this server.");
        }

        bool isTooLarge = sound?.Length > MailLimits.MaxAttachmentBytes;
        string? link = row.Sound == NotificationSound.Link ? mail?.Link?.Replace("{id}", message.Id.ToString(), StringComparison.Ordinal) : null;
        var text = NotificationText.Of(message, row.Subject, VoicemailSettings.Of(box).Language ?? tenant.Language, tenant.TimeZone, link, isTooLarge);
        return await SendAsync(row, text, isTooLarge ? null : sound, cancellationToken);
    }

    private Task<NotificationOutcome> SendAsync(Notification row, NotificationText text, FileInfo? sound, CancellationToken cancellationToken)
        => row.Kind == NotificationKind.Mail ? SendMailAsync(row, text, sound, cancellationToken) : SendTextAsync(row, text, cancellationToken);

    private async Task<NotificationOutcome> SendMailAsync(Notification row, NotificationText text, FileInfo? sound, CancellationToken cancellationToken)
    {
        if (mail is null)
        {
            return new NotificationOutcome(NotificationState.Waiting, "There is no mail server: numbers.mail is not configured.");
        }

        using var limit = new CancellationTokenSource(MailLimits.SendTime, store.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var letter = new OutgoingMail(mail.From, row.Receiver, text.Subject, text.Body)
            {
                Id = row.Id.ToString("N"),
                Follows = row.Subject == NotificationSubject.Transcript ? await FindFirstAsync(row, either.Token) : null,
                Date = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
                FileName = sound is null ? null : "voicemail" + sound.Extension,
                File = sound is null ? default : await File.ReadAllBytesAsync(sound.FullName, either.Token),
            };
            await SmtpConnection.SendAsync(mail, letter, either.Token);
            return new NotificationOutcome(NotificationState.Sent);
        }
        catch (SmtpException e)
        {
            return new NotificationOutcome(e.IsFinal ? NotificationState.Failed : NotificationState.Waiting, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return new NotificationOutcome(NotificationState.Waiting, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new NotificationOutcome(NotificationState.Waiting, $"The mail server took longer than {MailLimits.SendTime.TotalSeconds:0} s.");
        }
    }

    private async Task<NotificationOutcome> SendTextAsync(Notification row, NotificationText text, CancellationToken cancellationToken)
    {
        if (Texts is not { } texts)
        {
            return new NotificationOutcome(NotificationState.Waiting, "Nothing on this server sends text messages.");
        }

        // The key makes one message of two attempts.
        var message = new OutgoingText("", row.Receiver, text.Short) { Key = row.Id.ToString("N") };
        StoreResult<Guid> result = await texts.SendAsync(TenantScope.Of(row.TenantId), message, "notifications", cancellationToken);
        return result.Status switch
        {
            StoreStatus.Done => new NotificationOutcome(NotificationState.Sent),
            StoreStatus.TooMany => new NotificationOutcome(NotificationState.Waiting, result.Message),
            _ => new NotificationOutcome(NotificationState.Failed, result.Message),
        };
    }

    /// <summary>The mail to the same receiver that told of the message itself.</summary>
    private async Task<string?> FindFirstAsync(Notification row, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(row.TenantId));
        Guid first = await context.Notifications.Where(one => one.MessageId == row.MessageId && one.Receiver == row.Receiver && one.Kind == row.Kind && one.Subject == NotificationSubject.Voicemail)
            .Select(static one => one.Id).FirstOrDefaultAsync(cancellationToken);
        return first == Guid.Empty ? null : first.ToString("N");
    }
}
