using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Queues;

/// <summary>Calls the customer, who then waits at his place, which by then is the first.</summary>
internal sealed class CustomerCallback(QueueTicket ticket, QueueRules queue, string? language) : CallbackActivity(ticket, queue, language)
{
    private bool _isReached;

    /// <inheritdoc/>
    public override string Kind => "callback";

    /// <inheritdoc/>
    protected override OriginateCommand Originate() => Originate(Customer, Rules.RingTime, ShownNumber);

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case DialEnded { Outcome: CommandOutcome.Completed } when !_isReached:
                _isReached = true;
                Trace("the customer has answered");
                Run(new QueueActivity(new QueueAction { Queue = Queue.Name }, Ticket));
                break;
            case DialEnded ended when !_isReached:
                Fail(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result) => Finish(result);

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        Trace(reply.Problem);
        Fail(new ActivityResult(ActivityOutcome.Unreachable, reply.Problem, 480, 20));
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        if (!_isReached)
        {
            Ticket.FailCallback();
        }
    }

    private void Fail(ActivityResult result)
    {
        Trace("the customer was not reached");
        _isReached = true;
        Ticket.FailCallback();
        Finish(result);
    }
}
