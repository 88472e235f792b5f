using System.Collections.Immutable;
using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Model;
using MediaCore.Smpp.Coding;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Receipts;
using MediaCore.Smpp.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>An account with the sessions of its program: brings messages and receipts, one after the other, and keeps the account's rate. Thread-safe.</summary>
internal sealed partial class ProgramAccount : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<SmppProgram> _programs = [];
    private readonly SendPace _pace;
    private readonly CancellationTokenSource _stopping = new();

    // One signal that waits says all.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _loop;
    private Guid? _tenantId;
    private int _reference = System.Security.Cryptography.RandomNumberGenerator.GetInt32(256);
    private bool _failing;

    public ProgramAccount(SmppAccount options, ProgramOutbox outbox, TimeProvider time, ILogger logger)
    {
        Options = options;
        Outbox = outbox;
        _time = time;
        _logger = logger;
        _pace = new SendPace(options.Rate, time);
        _timer = time.CreateTimer(static account => ((ProgramAccount)account!).Signal(), this, TimeSpan.Zero, SmppServiceLimits.Interval);
        _loop = Task.Run(WorkAsync, CancellationToken.None);
    }

    public SmppAccount Options { get; }

    public ProgramOutbox Outbox { get; }

    /// <summary>The tenant; known once a program has bound.</summary>
    public Guid TenantId => _tenantId ?? throw new InvalidOperationException("Nobody has bound yet.");

    /// <summary>What a state of ours is in SMPP's words.</summary>
    public static ShortMessageState StateOf(MessageState state) => state switch
    {
        MessageState.Delivered or MessageState.Read => ShortMessageState.Delivered,
        MessageState.Undelivered => ShortMessageState.Undeliverable,
        MessageState.Expired => ShortMessageState.Expired,
        MessageState.Cancelled => ShortMessageState.Deleted,
        MessageState.Failed => ShortMessageState.Rejected,
        _ => ShortMessageState.Enroute,
    };

    /// <summary>Finds the tenant, once.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public async ValueTask<Guid?> FindTenantAsync(CancellationToken cancellationToken) => _tenantId ??= await Outbox.FindTenantAsync(Options.Tenant, cancellationToken);

    /// <summary>Adds a session; false when there are as many as may be.</summary>
    public bool TryAdd(SmppProgram program)
    {
        lock (_lock)
        {
            if (_programs.Count >= Options.MaxSessions)
            {
                return false;
            }

            _programs.Add(program);
        }

        SmppMetrics.CountSessions(1);
        return true;
    }

    /// <summary>A session has ended.</summary>
    public void Remove(SmppProgram program)
    {
        bool was;
        lock (_lock)
        {
            was = _programs.Remove(program);
        }

        if (was)
        {
            SmppMetrics.CountSessions(-1);
        }
    }

    /// <summary>Takes leave for one message of the program's.</summary>
    public bool TakePace()
    {
        lock (_lock)
        {
            return _pace.TryTake() == TimeSpan.Zero;
        }
    }

    /// <summary>Whether the program may send from a number, which becomes E.164 where it was written without its plus.</summary>
    public bool MaySendFrom(ref string from)
    {
        if (Options.Numbers.IsEmpty)
        {
            // The messages themselves know which numbers are the tenant's.
            return true;
        }

        string plain = from.TrimStart('+');
        foreach (string number in Options.Numbers)
        {
            if (number.AsSpan().TrimStart('+').SequenceEqual(plain))
            {
                from = number;
                return true;
            }
        }

        return false;
    }

    /// <summary>There may be something to bring.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Ends; what was not taken is brought after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (bool _ in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    if (await FindTenantAsync(_stopping.Token) is { } tenantId)
                    {
                        SmppMetrics.ProgramLost.Add(await Outbox.NoteAsync(Options, tenantId, _stopping.Token));
                        await BringAsync(tenantId, _stopping.Token);
                    }

                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
                {
                    SmppMetrics.Failures.Add(1);
                    if (!_failing)
                    {
                        LogNotRead(Options.SystemId, e);
                    }

                    _failing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task BringAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        while (FindReceiver() is not null)
        {
            (ProgramMessage Row, TextMessage Message)[] due = await Outbox.FindDueAsync(Options.SystemId, tenantId, cancellationToken);
            foreach ((ProgramMessage row, TextMessage message) in due)
            {
                if (!WantsReceipt(row, message))
                {
                    await Outbox.FinishAsync([row], cancellationToken);
                    continue;
                }

                if (!await Outbox.ClaimAsync(row, cancellationToken))
                {
                    continue;
                }

                CommandStatus? status = null;
                foreach (ShortMessagePdu pdu in PdusOf(row, message))
                {
                    status = await SendAsync(pdu, cancellationToken);
                    if (status != CommandStatus.Ok)
                    {
                        break;
                    }
                }

                if (status is null)
                {
                    // Nobody is there any more; it is brought when somebody is.
                    await Outbox.ReleaseAsync(row, cancellationToken);
                    return;
                }

                if (status == CommandStatus.Ok)
                {
                    SmppMetrics.ProgramDeliveries.Add(1);
                    await Outbox.FinishAsync([row], cancellationToken);
                }
                else if (CommandStatusName.IsTemporary(status.Value))
                {
                    await Outbox.PutOffAsync(row, cancellationToken);
                }
                else
                {
                    SmppMetrics.ProgramLost.Add(1);
                    await Outbox.FinishAsync([row], cancellationToken);
                }
            }

            if (due.Length < SmppServiceLimits.BatchRows)
            {
                return;
            }
        }
    }

    // §5.2.17: 1 for the end whatever it is, 2 for a failure only.
    private static bool WantsReceipt(ProgramMessage row, TextMessage message) =>
        row.Kind == ProgramMessageKind.Delivered || row.Registered == 1 || (row.Registered == 2 && StateOf(message.State) != ShortMessageState.Delivered);

    private async Task<CommandStatus?> SendAsync(ShortMessagePdu pdu, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && FindReceiver() is { } connection)
        {
            (bool wasSent, SmppPdu? response) = await connection.RequestAsync(pdu).WaitAsync(cancellationToken);
            if (wasSent)
            {
                return response?.Status;
            }
        }

        return null;
    }

    private SmppConnection? FindReceiver()
    {
        lock (_lock)
        {
            foreach (SmppProgram program in _programs)
            {
                if (program.Connection is { CanSend: true } connection)
                {
                    return connection;
                }
            }
        }

        return null;
    }

    private IEnumerable<ShortMessagePdu> PdusOf(ProgramMessage row, TextMessage message) => row.Kind == ProgramMessageKind.Submitted ? [ReceiptOf(row, message)] : MessagesOf(row, message);

    private static ShortMessagePdu ReceiptOf(ProgramMessage row, TextMessage message)
    {
        ShortMessageState state = StateOf(message.State);
        string id = ProgramOutbox.IdOf(row);
        string text = DeliveryReceiptText.Write(id, state, null, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs), DateTimeOffset.FromUnixTimeMilliseconds(message.StateAtMs), row.Text);

        // A receipt comes from where the message went to.
        return new ShortMessagePdu(CommandId.DeliverSm, SmppNumbers.ToAddress(row.Destination), SmppNumbers.ToAddress(row.Source))
        {
            EsmClass = EsmClass.Receipt,
            ShortMessage = [.. GsmAlphabet.Encode(text)],
            Tlvs = [Tlv.Of(SmppTag.ReceiptedMessageId, id), Tlv.Of(SmppTag.MessageState, (byte)state)],
        };
    }

    private ImmutableArray<ShortMessagePdu> MessagesOf(ProgramMessage row, TextMessage message)
    {
        TextSegments segments = TextSegments.Of(message.Text);
        byte reference = (byte)Interlocked.Increment(ref _reference);
        int count = Math.Min(segments.Parts.Length, byte.MaxValue);
        ImmutableArray<ShortMessagePdu>.Builder pdus = ImmutableArray.CreateBuilder<ShortMessagePdu>(count);
        for (int i = 0; i < count; i++)
        {
            byte[] words = ShortText.Encode(segments.Parts[i], segments.Coding);
            pdus.Add(new ShortMessagePdu(CommandId.DeliverSm, SmppNumbers.ToAddress(row.Source), SmppNumbers.ToAddress(row.Destination))
            {
                EsmClass = new EsmClass(count > 1 ? EsmClass.UserDataHeader : (byte)0),
                DataCoding = (byte)segments.Coding,
                ShortMessage = count > 1 ? [.. new Concatenation(reference, (byte)count, (byte)(i + 1)).Write(words)] : [.. words],
            });
        }

        return pdus.ToImmutable();
    }

    [LoggerMessage(7179, LogLevel.Error, "What SMPP program {Account} is to get cannot be read from the database; it is tried again every second, and nothing is lost meanwhile.", EventName = "SmppNotRead")]
    private partial void LogNotRead(string account, Exception fault);
}
