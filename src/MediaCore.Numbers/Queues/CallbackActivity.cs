using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Queues;

/// <summary>A call that a queue makes to call somebody back.</summary>
internal abstract class CallbackActivity(QueueTicket ticket, QueueRules queue, string? language) : CallActivity
{
    private volatile ICallLine? _line;

    /// <summary>The way to it; null until it has begun.</summary>
    public ICallLine? Line => _line;

    /// <summary>The entry.</summary>
    protected QueueTicket Ticket { get; } = ticket;

    /// <summary>The queue.</summary>
    protected QueueRules Queue { get; } = queue;

    /// <summary>How callbacks are made.</summary>
    protected CallbackRules Rules { get; } = queue.Callback ?? new CallbackRules();

    /// <summary>Whom to call back, as it is dialled.</summary>
    protected DialDestination Customer => Rules.Trunk is { } trunk ? new TrunkDestination(trunk, Call.Facts.Caller) : new NumberDestination(Call.Facts.Caller);

    /// <summary>The number that is shown; null for none.</summary>
    protected string? ShownNumber => Call.Facts.Number is { Length: > 0 } number ? number : null;

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Call.Language = language ?? Call.Language;
        _line = OpenLine();
        Send(Originate());
    }

    /// <summary>The call that is made first.</summary>
    protected abstract OriginateCommand Originate();

    /// <summary>One that is this call's.</summary>
    protected OriginateCommand Originate(DialDestination target, TimeSpan ringTime, string? shown) => new()
    {
        CommandId = "",
        Controller = CallDirector.Application,
        Application = CallDirector.Application,
        Targets = [target],
        RingTime = ringTime,
        CallerNumber = shown,
    };

    /// <inheritdoc/>
    protected override void OnMessage(object message)
    {
        if (message is QueueCallbackOver)
        {
            Finish(new ActivityResult(ActivityOutcome.Completed, "no longer wanted"));
        }
    }
}

/// <summary>A way to a callback's call that is there before the call is.</summary>
internal sealed class CallbackLine(string callId, CallbackActivity activity) : ICallLine
{
    /// <inheritdoc/>
    public string CallId => callId;

    /// <inheritdoc/>
    public bool Post(object message) => activity.Line?.Post(message) ?? false;
}
