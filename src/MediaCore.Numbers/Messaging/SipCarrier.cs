using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Phones of accounts, over SIP MESSAGE (RFC 3428): one phone of an account that takes it is delivery. Where none is there the part waits in the database, and is tried again when the account registers. Thread-safe.
/// </summary>
/// <param name="control">The engine.</param>
public sealed class SipCarrier(ICallControl control) : IMessageCarrier
{
    /// <summary>Its name; no other carrier has it.</summary>
    public const string CarrierName = "sip";

    private const string Controller = ControlApplication.Numbers + "/messages";

    private readonly ConcurrentDictionary<string, TaskCompletionSource<CarrierAnswer>> _open = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => CarrierName;

    /// <inheritdoc/>
    public int Window => 100;

    /// <summary>Whether an answer is waited for, which comes as an event.</summary>
    public bool IsWanted => !_open.IsEmpty;

    /// <inheritdoc/>
    public async Task<CarrierAnswer> SendAsync(MessagePart part, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        string id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var ended = new TaskCompletionSource<CarrierAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[id] = ended;
        try
        {
            var command = new SendMessageCommand { CommandId = id, CallId = "", Controller = Controller, Target = new AccountDestination(part.To), CallerNumber = part.From, Body = Encoding.UTF8.GetBytes(part.Text) };
            control.Execute(command, reply =>
            {
                if (!reply.IsAccepted)
                {
                    ended.TrySetResult(new CarrierAnswer(CarrierStatus.Later, Error: reply.Problem));
                }
            });
            return await ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    /// <summary>Hears how a MESSAGE was answered.</summary>
    public void Publish(CallEvent callEvent)
    {
        if (callEvent is CommandEnded { Controller: Controller } ended && _open.TryGetValue(ended.CommandId, out TaskCompletionSource<CarrierAnswer>? waits))
        {
            waits.TrySetResult(ReadStatus(ended.SipStatus));
        }
    }

    /// <summary>What a phone's answer means: refused for good is what the phone says of this very message, everything else is a phone that is not there.</summary>
    internal static CarrierAnswer ReadStatus(int status) => status switch
    {
        >= 200 and <= 299 => new CarrierAnswer(CarrierStatus.Accepted) { IsDelivered = true },
        413 or 415 or 603 or 606 => new CarrierAnswer(CarrierStatus.Refused, Error: $"SIP_{status}"),
        _ => new CarrierAnswer(CarrierStatus.Later, Error: $"SIP_{status}"),
    };
}
