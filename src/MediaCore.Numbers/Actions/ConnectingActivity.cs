using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// An activity that dials somebody for the caller and is over when they have talked. The talk lasts as long as any leg that was dialled for the call does, so a transfer does not end it; a transfer that a party asks for is done as the
/// configuration says.
/// </summary>
public abstract class ConnectingActivity : CallActivity
{
    private readonly HashSet<string> _legs = new(StringComparer.Ordinal);
    private string _dial = "";
    private bool _isTalking;

    /// <summary>Whether somebody has answered.</summary>
    protected bool IsTalking => _isTalking;

    /// <summary>Dials; one dial at a time.</summary>
    protected void Dial(DialCommand command) => _dial = Send(command);

    /// <summary>Somebody has answered.</summary>
    /// <param name="ended">The dial.</param>
    /// <param name="peer">The account or trunk that answered; null where that is not known.</param>
    protected virtual void OnConnected(DialEnded ended, string? peer)
    {
    }

    /// <summary>Nobody has answered.</summary>
    protected abstract void OnNobody(DialEnded ended);

    /// <summary>They have talked, and that is over.</summary>
    protected virtual void OnTalked() => Finish(new ActivityResult(ActivityOutcome.Talked));

    /// <summary>A leg that was dialled has come further, or is over; told before what follows from it.</summary>
    protected virtual void OnLeg(LegChanged changed)
    {
    }

    /// <summary>What is not about dialling.</summary>
    protected virtual void OnOther(CallEvent callEvent)
    {
    }

    /// <inheritdoc/>
    protected sealed override void OnEvent(CallEvent callEvent)
    {
        if (callEvent is LegChanged { IsInbound: false } told)
        {
            OnLeg(told);
        }

        switch (callEvent)
        {
            case LegChanged { IsInbound: false, LegId: { } leg, Phase: Engine.Control.LegPhase.Ended }:
                if (_legs.Remove(leg) && _legs.Count == 0 && _isTalking)
                {
                    OnTalked();
                }

                break;
            case LegChanged { IsInbound: false, LegId: { } leg } changed:
                _legs.Add(leg);
                if (changed.Phase == Engine.Control.LegPhase.Answered)
                {
                    LastPeer = changed.Peer;
                }

                break;
            case DialEnded ended when ended.CommandId == _dial:
                _dial = "";
                if (ended.Outcome == CommandOutcome.Completed)
                {
                    _isTalking = true;
                    _legs.Add(ended.LegId ?? "");
                    OnConnected(ended, LastPeer);
                }
                else if (ended.Outcome != CommandOutcome.HungUp)
                {
                    OnNobody(ended);
                }

                break;
            case TransferRequested { LegId: var leg }:
                Send(new AcceptTransferCommand { CommandId = "", LegId = leg, Decision = TransferDecision.Accept });
                break;
            default:
                OnOther(callEvent);
                break;
        }
    }

    /// <summary>A talk is not ended by a command that was not taken.</summary>
    /// <inheritdoc/>
    protected override void OnRefused(Engine.Control.CallCommand command, Engine.Control.CommandReply reply)
    {
        if (command is not AcceptTransferCommand)
        {
            base.OnRefused(command, reply);
        }
    }

    private string? LastPeer { get; set; }
}
