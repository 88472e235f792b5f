using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>
/// Rings people, phones and numbers by a strategy; the first to answer has the call. Who has no phone registered is passed over. A number of our own does not leave the service: it is led on to, by itself, since what it does may be anything.
/// </summary>
internal sealed class RingActivity(RingAction action) : ConnectingActivity
{
    private readonly Queue<RingDestination[]> _attempts = [];
    private RingDestination[] _current = [];
    private string? _talker;
    private ActivityResult _best = new(ActivityOutcome.Unreachable, "nobody could be rung", 480, 20);
    private bool _hasResult;

    /// <inheritdoc/>
    public override string Kind => "ring";

    private Guid Tenant => Call.Facts.TenantId;

    /// <inheritdoc/>
    protected override void OnStart()
    {
        List<(RingDestination Destination, int Weight)> found = [];
        foreach (RingTarget target in action.Targets)
        {
            RingDestination destination = RingDestination.Of(target, Call);
            if (destination.Problem.Length > 0)
            {
                Trace(destination.Problem);
            }
            else
            {
                found.Add((destination, target.Weight));
            }
        }

        if (action.Strategy == RingStrategy.Simultaneous)
        {
            RingDestination[] together = [.. found.Select(static one => one.Destination).Where(static one => one.Dial is not null)];
            if (together.Length > 0)
            {
                _attempts.Enqueue(together);
            }

            foreach ((RingDestination own, _) in found.Where(static one => one.Destination.OwnNumber is not null))
            {
                _attempts.Enqueue([own]);
            }
        }
        else
        {
            foreach (RingDestination one in RingOrder.Of(action.Strategy, found, Tenant, Call.Services))
            {
                _attempts.Enqueue([one]);
            }
        }

        Next();
    }

    /// <inheritdoc/>
    protected override void OnConnected(DialEnded ended, string? peer)
    {
        _talker = _current is [var only] ? only.Key : peer;
        Trace(_talker is null ? "answered" : $"{_talker} answered");
        NoteTalk();
    }

    /// <inheritdoc/>
    protected override void OnNobody(DialEnded ended)
    {
        Note(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause));
        Next();
    }

    /// <inheritdoc/>
    protected override void OnTalked()
    {
        NoteTalk();
        base.OnTalked();
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        if (IsTalking)
        {
            NoteTalk();
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        if (result.Outcome is ActivityOutcome.Talked or ActivityOutcome.HungUp or ActivityOutcome.Completed)
        {
            Finish(result);
            return;
        }

        Note(result);
        Next();
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        if (command is not DialCommand)
        {
            base.OnRefused(command, reply);
            return;
        }

        Trace(reply.Problem);
        if (_current.Length > 1)
        {
            // One of them that does not exist must not keep the others from ringing.
            RingDestination[] later = [.. _attempts.SelectMany(static attempt => attempt)];
            _attempts.Clear();
            foreach (RingDestination one in _current.Concat(later))
            {
                _attempts.Enqueue([one]);
            }
        }
        else
        {
            Note(new ActivityResult(ActivityOutcome.Unreachable, reply.Problem, 480, 20));
        }

        Next();
    }

    private void Next()
    {
        if (!_attempts.TryDequeue(out RingDestination[]? attempt))
        {
            Finish(_best);
            return;
        }

        _current = attempt;
        if (attempt is [{ OwnNumber: { } number }])
        {
            LeadOn.To(number, DiversionReason.Unconditional, Call, Kind, out CallBeginning? beginning, out ActivityResult refused);
            if (beginning is null)
            {
                Note(refused);
                Next();
            }
            else
            {
                Run(beginning);
            }

            return;
        }

        Call.Pass(WaypointKinds.Ring, "");
        Trace($"rings {string.Join(", ", attempt.Select(static one => one.Key))}");
        Dial(new DialCommand
        {
            CommandId = "",
            Targets = [.. attempt.Select(static one => one.Dial!)],
            RingTime = TimeSpan.FromSeconds(action.Seconds),
            Ringback = action.Ringback is { } prompt ? PromptMedia.Find(prompt, Call) : null,
            Diversions = attempt.Any(static one => one.IsForwarded) ? Call.Facts.DivertedBy(DiversionReason.Unconditional) : Call.Facts.Diversions,
        });
    }

    private void Note(in ActivityResult result)
    {
        _best = _hasResult ? DialOutcomes.Better(_best, result) : result;
        _hasResult = true;
    }

    private void NoteTalk()
    {
        if (_talker is not null)
        {
            Call.Services.Ringing.NoteTalk(Tenant, _talker, Now);
        }
    }
}
