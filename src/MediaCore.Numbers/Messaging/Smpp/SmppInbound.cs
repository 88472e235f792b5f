using System.Collections.Immutable;
using MediaCore.Numbers.Model;
using MediaCore.Smpp.Coding;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Receipts;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Takes what centres bring: messages, parts of messages and receipts. A part is on the disk before the centre hears that we have it. Thread-safe.</summary>
internal sealed partial class SmppInbound : IAsyncDisposable
{
    private readonly IMessageIntake _intake;
    private readonly PartFiles _files;
    private readonly PartAssembly _assembly;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _timer;
    private Task _giving = Task.CompletedTask;

    /// <summary>Makes one, with the parts that an earlier run left.</summary>
    public SmppInbound(IMessageIntake intake, PartFiles files, TimeProvider time, ILogger logger)
    {
        _intake = intake;
        _logger = logger;
        _assembly = new PartAssembly(time);
        _files = files;
        foreach (StoredPart part in _files.All)
        {
            // One that is whole was not taken by the database before the end; the next copy of its last part completes it again.
            Put(part, out _);
        }

        _timer = time.CreateTimer(static inbound => ((SmppInbound)inbound!).OnTimer(), this, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    /// <summary>Takes a deliver_sm, or a data_sm as one.</summary>
    /// <returns>What the centre is answered.</returns>
    public async Task<CommandStatus> ReceiveAsync(string carrier, ShortMessagePdu message, CancellationToken cancellationToken)
    {
        try
        {
            if (DeliveryReceiptText.IsReceipt(message))
            {
                return await ReceiveReceiptAsync(carrier, message, cancellationToken);
            }

            if (message.EsmClass.IsAcknowledgement)
            {
                return CommandStatus.Ok;
            }

            TextCoding coding = ShortText.CodingOf(message.DataCoding);
            if (coding == TextCoding.Binary)
            {
                SmppMetrics.Unreadable.Add(1);
                return CommandStatus.ReceiverPermanentError;
            }

            (Concatenation? part, string text) = Read(message, coding);
            string from = SmppNumbers.FromAddress(message.Source);
            string to = SmppNumbers.FromAddress(message.Destination);
            return part is { Total: > 1 } one
                ? await ReceivePartAsync(new StoredPart(carrier, from, to, one.Reference, one.Total, one.Sequence, one.IsWide, text), cancellationToken)
                : StatusOf(await _intake.ReceiveAsync(new IncomingText(carrier, from, to, text) { ProviderId = message.Find(SmppTag.ReceiptedMessageId)?.Text }, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SmppMetrics.Failures.Add(1);
            LogNotKept(carrier, e);
            return CommandStatus.ReceiverTemporaryError;
        }
    }

    /// <summary>Which part a message is, by its user data header or by its sar_ parameters (§5.3.2.22 to §5.3.2.24), and its words.</summary>
    internal static (Concatenation? Part, string Text) Read(ShortMessagePdu message, TextCoding coding)
    {
        ImmutableArray<byte> data = message.UserData;
        int header = 0;
        Concatenation? part = null;
        if (message.EsmClass.HasUserDataHeader)
        {
            Concatenation.TryRead(data.AsSpan(), out header, out part);
        }

        if (part is null && message.Find(SmppTag.SarMessageReference)?.Number is { } reference && message.Find(SmppTag.SarTotalSegments)?.Number is { } total && message.Find(SmppTag.SarSegmentSequence)?.Number is { } sequence
            && total <= byte.MaxValue && sequence >= 1 && sequence <= total)
        {
            part = new Concatenation((ushort)reference, (byte)total, (byte)sequence, IsWide: true);
        }

        return (part, ShortText.Decode(data.AsSpan()[header..], coding));
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _giving;
        _turn.Dispose();
    }

    /// <summary>Hands on what stayed incomplete for too long.</summary>
    internal async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (_assembly.TryTakeLost(out PartialText? lost))
            {
                SmppMetrics.Incomplete.Add(1);
                (string carrier, string from) = Split(lost.From);
                StoredPart[] parts = [.. _files.All.Where(p => p.Carrier == carrier && p.From == from && p.To == lost.To && p.Reference == lost.Reference && p.Total == lost.Total && lost.Text.Contains(p.Text, StringComparison.Ordinal))];
                if (await _intake.ReceiveAsync(new IncomingText(carrier, from, lost.To, lost.Text) { Segments = lost.Parts }, cancellationToken) != IntakeStatus.Later)
                {
                    _files.Delete(parts);
                }

                LogIncomplete(carrier, lost.Parts, lost.Total);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SmppMetrics.Failures.Add(1);
            LogNotKept("", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The same sender by two carriers is two: their references are not each other's.
    private static string Join(string carrier, string from) => carrier + "\n" + from;

    private static (string Carrier, string From) Split(string joined)
    {
        int end = joined.IndexOf('\n', StringComparison.Ordinal);
        return (joined[..end], joined[(end + 1)..]);
    }

    private static CommandStatus StatusOf(IntakeStatus status) => status switch
    {
        IntakeStatus.Taken => CommandStatus.Ok,
        IntakeStatus.Unknown => CommandStatus.ReceiverPermanentError,
        _ => CommandStatus.ReceiverTemporaryError,
    };

    private static MessageState StateOf(ShortMessageState state) => state switch
    {
        ShortMessageState.Delivered => MessageState.Delivered,
        ShortMessageState.Expired => MessageState.Expired,
        ShortMessageState.Rejected => MessageState.Failed,

        // "Unknown" is an end too: nobody will ever say more.
        ShortMessageState.Deleted or ShortMessageState.Undeliverable or ShortMessageState.Unknown => MessageState.Undelivered,

        // "Accepted" is an operator's word for the receiver, not the receiver's own.
        _ => MessageState.Sent,
    };

    private async Task<CommandStatus> ReceiveReceiptAsync(string carrier, ShortMessagePdu message, CancellationToken cancellationToken)
    {
        SmppMetrics.Receipts.Add(1);
        if (DeliveryReceiptText.Read(message, ShortText.Decode(message.UserData.AsSpan(), ShortText.CodingOf(message.DataCoding))) is not { } receipt)
        {
            // The centre would bring it again for ever.
            SmppMetrics.Unreadable.Add(1);
            return CommandStatus.Ok;
        }

        MessageState state = StateOf(receipt.State);
        string? error = state is MessageState.Delivered or MessageState.Sent ? null : receipt.Error ?? DeliveryReceiptText.WordOf(receipt.State);
        IntakeStatus status = await _intake.ReceiveAsync(new DeliveryReceipt(carrier, receipt.MessageId, state, error), cancellationToken);
        return status == IntakeStatus.Later ? CommandStatus.ReceiverTemporaryError : CommandStatus.Ok;
    }

    private async Task<CommandStatus> ReceivePartAsync(StoredPart part, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _files.Keep(part);
            if (!Put(part, out string? whole))
            {
                return CommandStatus.Ok;
            }

            StoredPart[] parts = [.. _files.All.Where(other => other.IsOfSameMessage(part))];
            IntakeStatus status = await _intake.ReceiveAsync(new IncomingText(part.Carrier, part.From, part.To, whole!) { Segments = part.Total }, cancellationToken);
            if (status == IntakeStatus.Later)
            {
                // The centre brings this part again; the others wait for it.
                _files.Delete([part]);
                foreach (StoredPart other in parts.Where(other => other.Sequence != part.Sequence))
                {
                    Put(other, out _);
                }
            }
            else
            {
                _files.Delete(parts);
            }

            return StatusOf(status);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool Put(StoredPart part, out string? whole) =>
        _assembly.TryComplete(Join(part.Carrier, part.From), part.To, new Concatenation(part.Reference, part.Total, part.Sequence, part.IsWide), part.Text, out whole);

    private void OnTimer()
    {
        if (_giving.IsCompleted)
        {
            _giving = GiveUpAsync(CancellationToken.None);
        }
    }
}
