using System.Collections.Frozen;
using System.Collections.Immutable;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Calls that a control plane is asked about (<see cref="IControlPlane"/>). The question leaves the shard, the answer comes back by the mailbox; meanwhile the call waits as one that rings does: its caller can give up, its limits hold.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    private AnswerLookups? _answerLookups;

    /// <summary>Whether a step leads to the control plane that is asked, rather than to an application.</summary>
    private bool IsQuestion(ControlStep step) => step.Application == ControlApplication.Policy && _context.Services.ControlPlane is { Terms.Route: not null };

    /// <summary>Asks what is to be done with a call; false when it has been asked often enough.</summary>
    private bool TryAskRoute(Call call)
    {
        ControlledCall control = GetControl(call);
        if (control.Questions >= QuestionLimits.MaxPerCall || _context.Services.ControlPlane is not { Terms.Route: { } terms } plane)
        {
            NoteFailure(call, 480, Q850.ExchangeRoutingError);
            return false;
        }

        // What is asked about a number that an answer or a transfer has put in place of the first one is that number.
        Transfer? transfer = call.Transfer is { IsOpen: true } open ? open : null;
        bool isFirst = control.Questions++ == 0 && transfer is null;
        var requested = new RouteRequested(this, control) { Transfer = transfer };
        control.Requested = requested;
        _context.Wheel.Schedule(requested.Deadline, _context.Now + terms.Deadline);
        var question = new RouteQuestion
        {
            CallId = call.Id,
            Caller = call.CallerIdentity,
            Called = isFirst ? call.CalledIdentity : Clip(call.CalledUser.Span),
            Account = call.Account,
            InboundTrunk = call.InboundTrunk?.Name,
            Source = call.Caller.Flow.DescribeRemote(),
            AssertedCaller = call.AssertedIdentity,
            Route = call.Plan.Route,
            Number = call.Plan.Number,
            Headers = control.Headers,
        };
        AnswerLookups lookups = _answerLookups ??= new AnswerLookups(_context.Services.Names, _log);
        requested.Asked = plane.Ask(question, decision => lookups.Find(decision, peers => _context.Output.Post(_context.Index, new AnswerExchange(() => OnRouteDecided(requested, decision, peers)))));
        return true;
    }

    /// <summary>The answer is there, or will not come: null for the default.</summary>
    internal void OnRouteDecided(RouteRequested requested, RouteDecision? decision, FrozenDictionary<string, SipPeer> peers)
    {
        ControlledCall control = requested.Control;
        if (!ReferenceEquals(control.Requested, requested))
        {
            _context.Statistics.LateAnswers += decision is null ? 0 : 1;
            return;
        }

        control.Requested = null;
        _context.Wheel.Cancel(requested.Deadline);
        Call call = control.Call;
        if (requested.Transfer is { IsOpen: false })
        {
            // What it was about has failed meanwhile; the two who talked talk on.
            _context.Statistics.LateAnswers += decision is null ? 0 : 1;
            return;
        }

        if (decision is not null)
        {
            SetVariables(call, control, decision);
            if (TryFollow(call, decision, peers, out CommandReply? problem))
            {
                return;
            }

            _context.Statistics.UnusableAnswers++;
            CallLog.AnswerUnusable(_log, call.Id, problem!.Problem);
        }

        _context.Statistics.AnswerDefaults++;
        if (_context.Services.ControlPlane is not { Terms.Route.Default: { } usual } || !TryFollow(call, usual, FrozenDictionary<string, SipPeer>.Empty, out _))
        {
            TryFollow(call, new RejectDecision(503), peers, out _);
        }
    }

    private void SetVariables(Call call, ControlledCall control, RouteDecision decision)
    {
        foreach ((string name, string value) in decision.Variables)
        {
            if (CheckVariable(name) is null && control.TrySetVariable(name, value) && WantsEvents)
            {
                Publish(call, new VariableChanged { Name = name, Value = value });
            }
        }
    }

    /// <summary>Goes on as an answer says; false where that cannot be.</summary>
    private bool TryFollow(Call call, RouteDecision decision, FrozenDictionary<string, SipPeer> peers, out CommandReply? problem)
    {
        problem = null;
        RoutePlan plan = call.Plan;
        switch (decision)
        {
            case NextStepDecision:
                NextStep(call);
                return true;
            case RejectDecision reject:
                RejectAsked(call, reject);
                return true;
            case ApplicationDecision application:
                RouteStep offer = new ControlStep(application.Application, ControlLimits.DefaultOfferTime);
                plan = plan with { Steps = [offer, .. plan.Steps.Skip(call.StepIndex + 1)] };
                break;
            case DialDecision dial:
                if (!TryFindTargets(call, dial.Destinations, peers, out ImmutableArray<DialTarget> targets, out problem))
                {
                    return false;
                }

                plan = plan with { Steps = [new DialStep(targets, !dial.IsSequential, dial.RingTime)] };
                break;
            case NumberDecision number:
                if (!TryFindPlan(call, route: null, number.Number, out plan!, out problem))
                {
                    return false;
                }

                break;
            case NamedRouteDecision route:
                if (!TryFindPlan(call, route.Route, number: null, out plan!, out problem))
                {
                    return false;
                }

                break;
            default:
                problem = Refuse(CommandStatus.InvalidArgument, $"{decision} is nothing that can be done.");
                return false;
        }

        call.Plan = plan;
        call.StepIndex = 0;
        StartStep(call);
        return true;
    }

    private void RejectAsked(Call call, RejectDecision reject)
    {
        int cause = reject.Cause == 0 ? Q850.FromStatus(reject.Status) : reject.Cause;
        if (call.State == CallState.Setup && call is { Origination: null, Transfer: not { IsOpen: true }, Control: not { Dial: not null } })
        {
            EndUnanswered(call, reject.Status, cause, GetReason(reject.Status, cause), CallEndSide.Server);
            return;
        }

        // Whoever wanted it is told as of a plan in which nobody has answered.
        (call.BestStatus, call.BestCause) = (reject.Status, cause);
        call.Plan = call.Plan with { Steps = [] };
        call.StepIndex = 0;
        StartStep(call);
    }

    /// <summary>The call is over, or has been taken elsewhere: nobody waits for an answer.</summary>
    private void EndQuestion(ControlledCall control)
    {
        if (control.Requested is { } requested)
        {
            control.Requested = null;
            _context.Wheel.Cancel(requested.Deadline);
            requested.Asked?.Dispose();
        }
    }
}
