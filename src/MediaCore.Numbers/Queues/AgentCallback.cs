using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Queues;

/// <summary>Calls the agent; with him on the line the customer is dialled.</summary>
internal sealed class AgentCallback(QueueTicket ticket, QueueRules queue, string? language, OfferedAgent agent) : CallbackActivity(ticket, queue, language)
{
    private string _agentDial = "";
    private string _customerDial = "";
    private string? _customerLeg;
    private bool _isOver;

    /// <inheritdoc/>
    public override string Kind => "callback";

    /// <inheritdoc/>
    protected override OriginateCommand Originate() => Originate(new AccountDestination(agent.Account), Queue.RingTime, Call.Facts.Caller);

    /// <inheritdoc/>
    protected override void OnStart()
    {
        base.OnStart();
        Trace("rings the agent");
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case DialEnded ended when _agentDial.Length == 0:
                _agentDial = ended.CommandId;
                if (ended.Outcome != CommandOutcome.Completed)
                {
                    End(QueueActivity.EndOf(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause).Outcome));
                    break;
                }

                Ticket.Extend(agent.Id, Rules.RingTime + TimeSpan.FromSeconds(30));
                Send(new SayCommand { CommandId = "", Text = QueueTexts.CallbackForAgent(Call.Language), Language = Call.Language });
                break;
            case PlaybackEnded when _customerDial.Length == 0:
                Trace("calls the customer");
                _customerDial = Send(new DialCommand { CommandId = "", Targets = [Customer], RingTime = Rules.RingTime, CallerNumber = ShownNumber });
                break;
            case DialEnded ended when ended.CommandId == _customerDial:
                if (ended.Outcome == CommandOutcome.Completed)
                {
                    _customerLeg = ended.LegId;
                    Ticket.Answer(agent.Id, OpenLine());
                    if (Queue.Record)
                    {
                        Send(new RecordStartCommand { CommandId = "" });
                    }
                }
                else
                {
                    Trace("the customer was not reached");
                    _isOver = true;
                    Ticket.FailCallback();
                    Finish(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause));
                }

                break;
            case LegChanged { Phase: LegPhase.Ended, LegId: { } leg } when leg == _customerLeg:
                _isOver = true;
                Ticket.EndTalk();
                Finish(new ActivityResult(ActivityOutcome.Talked));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        Trace(reply.Problem);
        if (command is OriginateCommand)
        {
            End(OfferEnd.Failed);
        }
        else if (command is DialCommand or SayCommand)
        {
            _isOver = true;
            Ticket.FailCallback();
            Finish(new ActivityResult(ActivityOutcome.Unreachable, reply.Problem, 480, 20));
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (_customerLeg is not null)
        {
            Ticket.EndTalk();
        }
        else
        {
            // He has hung up before the customer was there.
            Ticket.EndOffer(agent.Id, OfferEnd.Rejected);
        }
    }

    private void End(OfferEnd end)
    {
        _isOver = true;
        Ticket.EndOffer(agent.Id, end);
        Finish(new ActivityResult(ActivityOutcome.NoAnswer, "the agent was not reached", 480, 19));
    }
}
