using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Walking the plan: which targets, in what order, and what comes after each.</summary>
internal sealed partial class BackToBackUserAgent
{
    private void StartStep(Call call)
    {
        while (call.State != CallState.Ended)
        {
            if (call.StepIndex >= call.Plan.Steps.Length)
            {
                OnPlanExhausted(call);
                return;
            }

            call.TargetIndex = 0;
            call.HopIndex = 0;
            switch (call.Plan.Steps[call.StepIndex])
            {
                case AnnouncementStep announcement:
                    StartAnnouncement(call, announcement);
                    return;
                case DialStep dial when dial.Parallel ? DialAll(call, dial) : DialNext(call, dial):
                    _context.Wheel.Schedule(call.RingTimer, _context.Now + dial.RingTime);
                    StartRingback(call);
                    return;
                default:
                    call.StepIndex++;
                    break;
            }
        }
    }

    private void NextStep(Call call)
    {
        StopStepTimers(call);
        call.StepIndex++;
        StartStep(call);
    }

    private void StopStepTimers(Call call)
    {
        _context.Wheel.Cancel(call.RingTimer);
        _context.Wheel.Cancel(call.AttemptTimer);
    }

    private void OnPlanExhausted(Call call)
    {
        if (call.State == CallState.Answered)
        {
            // The announcement was the last step: its end is the call's.
            End(call, CallEndReason.Completed, CallEndSide.Server, Q850.NormalClearing);
            return;
        }

        int status = call.BestStatus == 0 ? 480 : call.BestStatus;
        int cause = call.BestCause == 0 ? Q850.FromStatus(status) : call.BestCause;
        EndUnanswered(call, status, cause, GetReason(status, cause), CallEndSide.Callee);
    }

    /// <summary>Rings every contact of every target; true when at least one INVITE is on its way.</summary>
    private bool DialAll(Call call, DialStep step)
    {
        int started = 0;
        foreach (DialTarget target in step.Targets)
        {
            switch (target)
            {
                case AccountTarget account:
                    foreach (Binding binding in _locations.Get(account.Account, _context.Now))
                    {
                        if (started < EngineLimits.MaxParallelTargets && DialContact(call, account.Account, binding))
                        {
                            started++;
                        }
                    }

                    break;
                case TrunkTarget { Trunk.Targets.IsEmpty: false } trunk when started < EngineLimits.MaxParallelTargets:
                    started += DialTrunk(call, trunk, trunk.Trunk.Targets[0]) ? 1 : 0;
                    break;
                case UriTarget uri when started < EngineLimits.MaxParallelTargets:
                    started += DialUri(call, uri) ? 1 : 0;
                    break;
                default:
                    break;
            }
        }

        if (started == 0)
        {
            NoteFailure(call, 480, Q850.NoUserResponding);
        }

        return started > 0;
    }

    /// <summary>Tries the next target of a sequential step; false when there is none left that could be tried.</summary>
    private bool DialNext(Call call, DialStep step)
    {
        while (call.TargetIndex < step.Targets.Length)
        {
            DialTarget target = step.Targets[call.TargetIndex];
            bool started;
            switch (target)
            {
                case TrunkTarget trunk when call.HopIndex < trunk.Trunk.Targets.Length:
                    SipPeer hop = trunk.Trunk.Targets[call.HopIndex++];
                    started = DialTrunk(call, trunk, hop);
                    break;
                case UriTarget uri when call.HopIndex++ == 0:
                    started = DialUri(call, uri);
                    break;
                case AccountTarget account when _locations.Get(account.Account, _context.Now) is var bindings && call.HopIndex < bindings.Length:
                    started = DialContact(call, account.Account, bindings[call.HopIndex++]);
                    break;
                default:
                    call.TargetIndex++;
                    call.HopIndex = 0;
                    continue;
            }

            if (started)
            {
                if (target is TrunkTarget)
                {
                    _context.Wheel.Schedule(call.AttemptTimer, _context.Now + _context.Options.TrunkResponseTimeout);
                }

                return true;
            }
        }

        if (call.BestStatus == 0)
        {
            NoteFailure(call, 500, Q850.TemporaryFailure);
        }

        return false;
    }

    private bool DialTrunk(Call call, TrunkTarget target, SipPeer hop)
    {
        if (hop.Destinations is not [var destination, ..])
        {
            return false;
        }

        var uri = new SipWriter(_context.PartScratch);
        uri.Raw("sip:"u8);
        Span<byte> userBytes = stackalloc byte[256];
        scoped ReadOnlySpan<byte> user = call.CalledUser.AsSpan(0, call.CalledUserLength);
        if (target.User is { } fixedUser && System.Text.Encoding.UTF8.TryGetBytes(fixedUser, userBytes, out int length))
        {
            user = userBytes[..length];
        }

        uri.Raw(user);
        uri.Raw(user.IsEmpty ? default : "@"u8);
        WriteHost(ref uri, hop);
        int plainLength = uri.Length;
        uri.Raw(destination.Transport == SipTransportKind.Tcp ? ";transport=tcp"u8 : default);
        if (!_context.Output.TryOpenFlow(destination, out Flow flow))
        {
            return false;
        }

        call.OutboundTrunk = target.Trunk.Name;
        return Invite(call, flow, _context.PartScratch.AsSpan(0, uri.Length), _context.PartScratch.AsSpan(0, plainLength), target.Trunk.Name, isTrunk: true);
    }

    private bool DialUri(Call call, UriTarget target)
    {
        if (target.Peer.Destinations is not [var destination, ..] || !_context.Output.TryOpenFlow(destination, out Flow flow))
        {
            return false;
        }

        int length = System.Text.Encoding.UTF8.GetBytes(target.Uri, _context.PartScratch);
        ReadOnlySpan<byte> uri = _context.PartScratch.AsSpan(0, length);
        int parameters = uri.IndexOf((byte)';');
        return Invite(call, flow, uri, parameters < 0 ? uri : uri[..parameters], peer: null, isTrunk: false);
    }

    private bool DialContact(Call call, string account, Binding binding)
    {
        Flow flow = binding.Flow;
        if (flow.Stream is { IsClosed: true } && !_context.Output.TryOpenFlow(new SipDestination(flow.Remote, flow.Local.Transport), out flow))
        {
            return false;
        }

        var to = new SipWriter(_context.PartScratch.AsSpan(4096));
        to.Raw("sip:"u8);
        Span<byte> name = stackalloc byte[256];
        to.Raw(System.Text.Encoding.UTF8.TryGetBytes(account, name, out int nameLength) ? name[..nameLength] : default);
        to.Raw("@"u8);
        to.Raw(flow.Local.Host);
        return Invite(call, flow, binding.Uri, to.Written, account, isTrunk: false);
    }

    private static void WriteHost(ref SipWriter writer, SipPeer peer)
    {
        Span<byte> host = stackalloc byte[256];
        writer.Raw(System.Text.Encoding.ASCII.TryGetBytes(peer.Host, host, out int length) ? host[..length] : default);
        if (peer.Port != 5060)
        {
            writer.Raw(":"u8);
            writer.Raw(peer.Port);
        }
    }

    /// <summary>The step's ring time is over: its legs are cancelled and the next step begins.</summary>
    private void OnStepRangOut(Call call)
    {
        NoteFailure(call, 480, Q850.NoAnswer);
        CancelCallees(call, except: null, "SIP;cause=480;text=\"No answer\""u8);
        NextStep(call);
    }

    /// <summary>A trunk said nothing at all; the next one is tried, and this one's late answer will be cancelled.</summary>
    private void OnAttemptUnanswered(Call call)
    {
        NoteFailure(call, 408, Q850.RecoveryOnTimerExpiry);
        CancelCallees(call, except: null, default);
        ContinueStep(call, 408);
    }

    /// <summary>A target of the current step is out; goes on to the next target or step once no other is ringing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="status">What became of that target; what earlier ones answered says nothing of the way that it went.</param>
    private void ContinueStep(Call call, int status)
    {
        foreach (Leg leg in call.Callees)
        {
            if (leg.State == LegState.Inviting)
            {
                return;
            }
        }

        if (call.Plan.Steps[call.StepIndex] is DialStep { Parallel: false } step && IsWorthAnotherTarget(status) && DialNext(call, step))
        {
            return;
        }

        NextStep(call);
    }

    /// <summary>Only a failure of the hop itself moves on to the next; a busy or declining callee is the same by any way (RFC 3261 §16.7, step 6).</summary>
    private static bool IsWorthAnotherTarget(int status) => status is 408 or (>= 500 and < 600);

    /// <summary>Remembers the best failure: 6xx over all, else the lowest class, within it the newest (RFC 3261 §16.7, step 6).</summary>
    private static void NoteFailure(Call call, int status, int cause)
    {
        int rank = status >= 600 ? 0 : status / 100;
        int best = call.BestStatus == 0 ? int.MaxValue : call.BestStatus >= 600 ? 0 : call.BestStatus / 100;
        if (rank <= best)
        {
            call.BestStatus = status;
            call.BestCause = cause;
        }
    }

    private static CallEndReason GetReason(int status, int cause) => status switch
    {
        _ when cause == Q850.NoAnswer => CallEndReason.NoAnswer,
        486 or 600 => CallEndReason.Busy,
        404 or 410 or 484 or 485 or 604 => CallEndReason.NotFound,
        403 or 603 => CallEndReason.Declined,
        408 or 480 => CallEndReason.Unreachable,
        415 or 488 or 606 => CallEndReason.MediaMismatch,
        >= 300 and < 400 => CallEndReason.Redirected,
        _ => CallEndReason.Failed,
    };
}
