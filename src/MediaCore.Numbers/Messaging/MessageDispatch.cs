using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Hands over what is due. Several servers may share the work: each takes a part into its hands by a lease in the database before a carrier gets it, and writes what the carrier has said. A part whose lease has run out was handed over, or was about to be, by a
/// server that is gone: nobody knows whether it went, and it is not sent a second time (docs/adr/0041-messages.md).
/// </summary>
public sealed partial class MessageDispatch : IAsyncDisposable
{
    /// <summary>Accounts that have come back and are not looked at yet; the back-off gets to the others.</summary>
    private const int MaxReturned = 10_000;

    private readonly ServiceStore _store;
    private readonly MessagingOptions _options;
    private readonly MessageIntake _intake;
    private readonly ILogger _logger;
    private readonly SendRate _rate;
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Task> _underWay = new();
    private readonly ConcurrentDictionary<string, bool> _returned = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>One that rests until <see cref="Start"/>.</summary>
    public MessageDispatch(ServiceStore store, MessagingOptions options, MessageIntake intake, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        MessageMetrics.Publish();
        (_store, _options, _intake) = (store, options, intake);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<MessageDispatch>();
        _rate = new SendRate(options.PartsPerSecond, MessageLimits.NumberBurst);
    }

    /// <summary>Adds a way out; its name is that of the routes. One of the same name takes the place of the one before.</summary>
    public void Add(IMessageCarrier carrier)
    {
        ArgumentNullException.ThrowIfNull(carrier);
        _lines[carrier.Name] = new Line(carrier);
        Wake();
    }

    /// <summary>Begins to send.</summary>
    public void Start() => _loop = Task.Run(WorkAsync, CancellationToken.None);

    /// <summary>Something may be due.</summary>
    public void Wake() => _signals.Writer.TryWrite(true);

    /// <summary>An account's phones are there again: what waits for them goes now.</summary>
    public void NoteRegistration(string account)
    {
        if (_returned.Count < MaxReturned && _returned.TryAdd(account, true))
        {
            Wake();
        }
    }

    /// <summary>Waits a while for the answers that are due, and ends. What has no answer then is not known, and is not sent again.</summary>
    public async ValueTask DisposeAsync()
    {
        _signals.Writer.TryComplete();
        await _loop;
        _stopping.CancelAfter(MessageLimits.StopTime);
        await IdleAsync();
        _stopping.Dispose();
    }

    /// <summary>Hands over what is due now, without waiting for answers.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        long now = _store.NowMs;
        await BringBackAsync(now, cancellationToken);
        await MatchReceiptsAsync(now, cancellationToken);
        await EndAsync(now, cancellationToken);
        string[] full = [.. _lines.Where(static line => line.Value.Open >= line.Value.Carrier.Window).Select(static line => line.Key)];
        List<TextMessagePart> due;
        await using (ServiceContext context = _store.Open(TenantScope.Platform))
        {
            due = await context.MessageParts.AsNoTracking()
                .Where(row => (row.State == MessageState.Queued || row.State == MessageState.Sending) && row.LeaseUntilMs == null && row.NextAttemptAtMs <= now && !full.Contains(row.Carrier))
                .OrderBy(static row => row.NextAttemptAtMs).ThenBy(static row => row.Id).Take(MessageLimits.BatchParts).ToListAsync(cancellationToken);
        }

        foreach (TextMessagePart part in due)
        {
            if (!_lines.TryGetValue(part.Carrier, out Line? line))
            {
                await PostponeAsync(part, now + (long)BackOff(part.Attempts).TotalMilliseconds, isAttempt: true, cancellationToken);
            }
            else if (line.Open >= line.Carrier.Window)
            {
                continue;
            }
            else if (part.Carrier != SipCarrier.CarrierName && !_rate.TryTake(part.Number, now, out long next))
            {
                await PostponeAsync(part, next, isAttempt: false, cancellationToken);
            }
            else if (await ClaimAsync(part, now, cancellationToken))
            {
                line.Count(1);
                _underWay[part.Id] = HandOverAsync(line, part);
            }
        }

        _rate.Tidy(now);
        if (due.Count == MessageLimits.BatchParts)
        {
            Wake();
        }
    }

    /// <summary>Waits until nothing is under way.</summary>
    internal async Task IdleAsync()
    {
        while (_underWay.Values.FirstOrDefault() is { } task)
        {
            await task;
        }
    }

    private static TimeSpan BackOff(int attempts)
    {
        TimeSpan time = MessageLimits.FirstBackOff * Math.Pow(2, Math.Min(attempts, 20));
        return time < MessageLimits.MaxBackOff ? time : MessageLimits.MaxBackOff;
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static dispatch => ((MessageDispatch)dispatch!).Wake(), this, TimeSpan.Zero, MessageLimits.Interval);
        await foreach (bool _ in _signals.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await TurnAsync(_stopping.Token);
                _failing = false;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
            {
                MessageMetrics.Failures.Add(1);
                if (!_failing)
                {
                    LogNoDatabase(e);
                }

                _failing = true;
            }
        }
    }

    /// <summary>Takes a part into this server's hands; false when another has it, or it was withdrawn.</summary>
    private async Task<bool> ClaimAsync(TextMessagePart part, long now, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        (Guid id, int version, long until) = (part.Id, part.Version, now + (long)MessageLimits.Lease.TotalMilliseconds);
        part.LeaseUntilMs = until;
        return await context.MessageParts.Where(row => row.Id == id && row.Version == version && row.LeaseUntilMs == null)
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.LeaseUntilMs, until).SetProperty(static row => row.State, MessageState.Sending).SetProperty(static row => row.Version, version + 1), cancellationToken) == 1;
    }

    private async Task PostponeAsync(TextMessagePart part, long nextMs, bool isAttempt, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        (Guid id, int version, int attempts, string carrier) = (part.Id, part.Version, part.Attempts + (isAttempt ? 1 : 0), isAttempt ? NextCarrier(part) : part.Carrier);
        await context.MessageParts.Where(row => row.Id == id && row.Version == version && row.LeaseUntilMs == null)
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.NextAttemptAtMs, nextMs).SetProperty(static row => row.Attempts, attempts).SetProperty(static row => row.Carrier, carrier), cancellationToken);
        MessageMetrics.Postponed.Add(isAttempt ? 1 : 0);
    }

    /// <summary>The carrier of the next attempt: another one when this one could not some times.</summary>
    private string NextCarrier(TextMessagePart part)
    {
        var carriers = _options.FindCarriers(part.To);
        int at = carriers.IndexOf(part.Carrier);
        return part.Carrier == SipCarrier.CarrierName || carriers.IsEmpty || (part.Attempts + 1) % MessageLimits.AttemptsPerCarrier != 0 ? part.Carrier : carriers[(at + 1) % carriers.Length];
    }

    private async Task HandOverAsync(Line line, TextMessagePart part)
    {
        // What follows runs beside the loop: nothing of it may hold the next part.
        await Task.Yield();
        try
        {
            CarrierAnswer answer = await AskAsync(line.Carrier, part);
            await RecordAsync(part, answer);
        }
        catch (OperationCanceledException)
        {
            // The server ends before the carrier has answered: the lease runs out, and the part is known as not known.
        }
        finally
        {
            line.Count(-1);
            _underWay.TryRemove(part.Id, out _);
            Wake();
        }
    }

    private async Task<CarrierAnswer> AskAsync(IMessageCarrier carrier, TextMessagePart part)
    {
        try
        {
            TextMessage message;
            int count;
            await using (ServiceContext context = _store.Open(TenantScope.Platform))
            {
                message = await context.Messages.AsNoTracking().SingleAsync(row => row.Id == part.MessageId, _stopping.Token);
                count = await context.MessageParts.CountAsync(row => row.MessageId == part.MessageId, _stopping.Token);
                if (!message.Inbound && !message.IsReply && part.Carrier != SipCarrier.CarrierName && await MessageRules.IsOptedOutAsync(context, message.TenantId, message.Number, message.Peer, _stopping.Token))
                {
                    return new CarrierAnswer(CarrierStatus.Refused, Error: "OPTED_OUT");
                }
            }

            var content = new MessagePart(message.Id, part.Index, count, message.Inbound ? message.Peer : message.Number, part.To, part.Text)
            {
                Reference = message.Reference,
                IsUcs2 = message.IsUcs2,
                Validity = message.ValidUntilMs is { } until ? TimeSpan.FromMilliseconds(Math.Max(0, until - _store.NowMs)) : null,
                Media = message.Inbound ? [] : MessageWriting.ReadMedia(message.Media),
            };
            using var limit = new CancellationTokenSource(MessageLimits.AnswerTime, _store.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            try
            {
                return await carrier.SendAsync(content, either.Token);
            }
            catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
            {
                return new CarrierAnswer(CarrierStatus.Refused, Error: Unknown);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                LogCarrierFaulted(carrier.Name, e);
                return new CarrierAnswer(CarrierStatus.Refused, Error: Unknown);
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            // Nothing was handed over yet.
            return new CarrierAnswer(CarrierStatus.Later);
        }
    }

    /// <summary>Writes what a carrier has said, as long as the part is this server's.</summary>
    private async Task RecordAsync(TextMessagePart part, CarrierAnswer answer)
    {
        while (_store.NowMs < part.LeaseUntilMs)
        {
            try
            {
                await WriteAsync(part.Id, answer, _stopping.Token);
                return;
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another part of the message has been written meanwhile: again, at once.
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
            {
                MessageMetrics.Failures.Add(1);
                LogNotRecorded(part.MessageId, e);
                await Task.Delay(MessageLimits.Interval, _store.Time, _stopping.Token);
            }
        }
    }

    private async Task WriteAsync(Guid id, CarrierAnswer answer, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        TextMessagePart part = await context.MessageParts.SingleAsync(row => row.Id == id, cancellationToken);
        TextMessage message = await context.Messages.SingleAsync(row => row.Id == part.MessageId, cancellationToken);
        List<TextMessagePart> parts = await context.MessageParts.Where(row => row.MessageId == message.Id).ToListAsync(cancellationToken);
        long now = _store.NowMs;
        part.LeaseUntilMs = null;
        switch (answer.Status)
        {
            case CarrierStatus.Accepted:
                part.State = MessageStates.Advance(part.State, answer.IsDelivered ? MessageState.Delivered : MessageState.Sent);
                if (answer.ProviderId is { Length: > 0 and <= MessageLimits.MaxProviderIdCharacters } given)
                {
                    part.ProviderId = given;
                    part.ProviderKey = ProviderIds.Fold(given);
                    part.ProviderKeyFromHex = ProviderIds.FromHex(part.ProviderKey);
                }

                break;
            case CarrierStatus.Later:
                part.Error = MessageWriting.Shorten(answer.Error);
                part.NextAttemptAtMs = now + (long)(answer.RetryAfter is { } after && after > TimeSpan.Zero && after < MessageLimits.MaxAhead ? after : BackOff(part.Attempts)).TotalMilliseconds;
                part.Carrier = NextCarrier(part);
                part.Attempts++;
                break;
            default:
                part.State = MessageStates.Advance(part.State, MessageState.Failed);
                part.Error = MessageWriting.Shorten(answer.Error) ?? "REFUSED";
                break;
        }

        MessageWriting.Settle(context, message, parts, now);
        MessageIntake.Touch(context, message);
        await context.SaveChangesAsync(cancellationToken);
        (answer.Status switch { CarrierStatus.Accepted => MessageMetrics.Sent, CarrierStatus.Later => MessageMetrics.Postponed, _ => MessageMetrics.Failed }).Add(1);
    }

    [LoggerMessage(7160, LogLevel.Error, "The database cannot be asked for messages that are due; it is tried again every second, and nothing is lost meanwhile.", EventName = "MessagesNotDue")]
    private partial void LogNoDatabase(Exception fault);

    [LoggerMessage(7161, LogLevel.Error, "What the carrier has said of message {MessageId} cannot be written; it is tried again while the part is this server's.", EventName = "MessageAnswerNotWritten")]
    private partial void LogNotRecorded(Guid messageId, Exception fault);

    [LoggerMessage(7162, LogLevel.Error, "Carrier {Carrier} met a defect; whether the part went is not known, and it is not sent again.", EventName = "MessageCarrierFaulted")]
    private partial void LogCarrierFaulted(string carrier, Exception fault);

    [LoggerMessage(7163, LogLevel.Warning, "A part of message {MessageId} was handed over by a server that is gone, or never was; it is not sent again.", EventName = "MessageHandOverUnknown")]
    private partial void LogUnknown(Guid messageId);

    private sealed class Line(IMessageCarrier carrier)
    {
        private int _open;

        public IMessageCarrier Carrier => carrier;

        public int Open => Volatile.Read(ref _open);

        public void Count(int change) => Interlocked.Add(ref _open, change);
    }
}
