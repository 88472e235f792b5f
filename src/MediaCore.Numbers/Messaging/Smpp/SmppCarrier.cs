using System.Collections.Immutable;
using MediaCore.Smpp;
using MediaCore.Smpp.Coding;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>A centre that messages leave by and come from. Thread-safe.</summary>
public sealed class SmppCarrier : IMessageCarrier, IAsyncDisposable
{
    /// <summary>How long a message that cannot leave now waits where nothing better is known.</summary>
    private static readonly TimeSpan DownDelay = TimeSpan.FromSeconds(5);

    /// <summary>A wait for the rate that is shorter is waited out here.</summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    private readonly SmppCentre _centre;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<SmppLink> _links;
    private readonly SendPace _pace;
    private readonly Lock _paceLock = new();

    internal SmppCarrier(SmppCentre centre, SmppInbound inbound, TimeProvider time, ILogger logger)
    {
        _centre = centre;
        _time = time;
        _pace = new SendPace(centre.Rate, time);
        CommandId[] binds = centre.Mode switch
        {
            SmppBindMode.Pair => [CommandId.BindTransmitter, CommandId.BindReceiver],
            SmppBindMode.Transmitter => [CommandId.BindTransmitter],
            SmppBindMode.Receiver => [CommandId.BindReceiver],
            _ => [CommandId.BindTransceiver],
        };
        _links = [.. binds.Select(bind => new SmppLink(centre, bind, inbound, time, logger))];
    }

    /// <inheritdoc/>
    public string Name => _centre.Name;

    /// <inheritdoc/>
    public int Window => _centre.Window;

    /// <summary>Whether every session that the centre is to have is bound.</summary>
    public bool IsBound => _links.All(static link => link.Bound is not null);

    /// <summary>
    /// Hands one part over. A part that the centre does not answer in time is <see cref="CarrierStatus.Later"/>: whether the centre has it nobody can tell, and a message that
    /// may come twice is better than one that does not come.
    /// </summary>
    public async Task<CarrierAnswer> SendAsync(MessagePart part, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (part.Media.Count > 0)
        {
            return new CarrierAnswer(CarrierStatus.Refused, Error: "SMPP carries no media");
        }

        while (true)
        {
            if (_links[0].Bound is not { CanSend: true } connection)
            {
                // A full window empties with the next answer; a line that is down takes longer.
                return Later(_links[0].Bound is null ? "not bound" : "window full", _links[0].Bound is null ? DownDelay : TimeSpan.FromMilliseconds(100));
            }

            TimeSpan wait = TakePace();
            if (wait == TimeSpan.Zero)
            {
                (bool wasSent, SmppPdu? response) = await connection.RequestAsync(SubmissionOf(part));
                return wasSent ? AnswerOf(response) : Later("window full", TimeSpan.FromMilliseconds(100));
            }

            if (wait > ShortWait)
            {
                return Later("throttled", wait);
            }

            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    /// <summary>Unbinds, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (SmppLink link in _links)
        {
            await link.DisposeAsync();
        }
    }

    /// <summary>The submit_sm of a part.</summary>
    internal ShortMessagePdu SubmissionOf(MessagePart part)
    {
        TextCoding coding = part.IsUcs2 ? TextCoding.Ucs2 : TextCoding.Gsm7;
        byte[] words = ShortText.Encode(part.Text, coding);
        byte[] data = part.Count > 1 ? new Concatenation(part.Reference, (byte)part.Count, (byte)(part.Index + 1)).Write(words) : words;
        bool fits = data.Length <= SmppLimits.MaxShortMessageOctets;
        return new ShortMessagePdu(CommandId.SubmitSm, SmppNumbers.ToAddress(part.From, _centre.Source), SmppNumbers.ToAddress(part.To, _centre.Destination))
        {
            EsmClass = new EsmClass(part.Count > 1 ? EsmClass.UserDataHeader : (byte)0),
            DataCoding = (byte)coding,
            RegisteredDelivery = 1,
            ValidityPeriod = part.Validity is { } validity ? SmppTime.Relative(validity) : "",
            ShortMessage = fits ? [.. data] : [],
            Tlvs = fits ? [] : [new Tlv(SmppTag.MessagePayload, [.. data])],
        };
    }

    private static CarrierAnswer Later(string error, TimeSpan after) => new(CarrierStatus.Later, Error: error) { RetryAfter = after };

    private TimeSpan TakePace()
    {
        lock (_paceLock)
        {
            return _pace.TryTake();
        }
    }

    private CarrierAnswer AnswerOf(SmppPdu? response)
    {
        if (response is null)
        {
            SmppMetrics.Unanswered.Add(1);
            return Later("no answer", DownDelay);
        }

        string word = CommandStatusName.Of(response.Status);
        switch (response.Status)
        {
            case CommandStatus.Ok when response is MessageResponsePdu taken:
                lock (_paceLock)
                {
                    _pace.Accept();
                }

                SmppMetrics.Submitted.Add(1);
                return new CarrierAnswer(CarrierStatus.Accepted, taken.MessageId.Length > 0 ? taken.MessageId : null);
            case CommandStatus.Throttled or CommandStatus.MessageQueueFull:
                SmppMetrics.Throttled.Add(1);
                lock (_paceLock)
                {
                    return Later(word, _pace.Throttle());
                }

            case var status when CommandStatusName.IsTemporary(status):
                return Later(word, DownDelay);
            default:
                SmppMetrics.Refused.Add(1);
                return new CarrierAnswer(CarrierStatus.Refused, Error: word);
        }
    }
}
