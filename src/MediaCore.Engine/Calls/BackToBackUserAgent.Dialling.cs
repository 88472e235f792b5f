using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
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

            call.TargetIndex = -1;
            call.TargetsTried = 0;
            call.StepAttempts = 0;
            call.BreadthShares = 1;
            call.Groups = null;
            switch (call.Plan.Steps[call.StepIndex])
            {
                case ControlStep question when IsQuestion(question):
                    if (TryAskRoute(call))
                    {
                        return;
                    }

                    call.StepIndex++;
                    break;
                case AnnouncementStep or ConferenceStep or ControlStep when call is { PassesMedia: true, State: CallState.Answered }:
                    // Its two sides talk past us: there is nowhere to play from, and nobody whose description could bring the listener here.
                    NoteFailure(call, 488, 88);
                    call.StepIndex++;
                    break;
                case AnnouncementStep announcement:
                    if (call.Transfer is { IsOpen: true } answered)
                    {
                        CompleteTransfer(answered, party: null);
                        call.Connected = null;
                    }

                    StartAnnouncement(call, announcement);
                    return;
                case ConferenceStep full when IsFull(full.Room):
                    NoteFailure(call, 486, Q850.UserBusy);
                    call.StepIndex++;
                    break;
                case ConferenceStep conference:
                    if (call.Transfer is { IsOpen: true } taken)
                    {
                        CompleteTransfer(taken, party: null);
                        call.Connected = null;
                    }

                    StartConference(call, conference);
                    return;
                case ControlStep control when TryOffer(call, control):
                    return;
                case DialStep dial when dial.Parallel ? DialAll(call, dial) : DialNext(call, dial):
                    ScheduleRingTime(call, dial);
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
        call.Redirections?.Clear();
        StartStep(call);
    }

    private void StopStepTimers(Call call)
    {
        _context.Wheel.Cancel(call.RingTimer);
        _context.Wheel.Cancel(call.AttemptTimer);
    }

    private void OnPlanExhausted(Call call)
    {
        int best = call.BestStatus == 0 ? 480 : call.BestStatus;
        int bestCause = call.BestCause == 0 ? Q850.FromStatus(best) : call.BestCause;
        if (call is { Origination: not null, State: CallState.Setup })
        {
            FailOrigination(call, best, bestCause);
            return;
        }

        if (call.Transfer is { IsOpen: true } transfer && call.State == CallState.Answered)
        {
            FailTransfer(transfer, best, bestCause);
            return;
        }

        if (call.Control is { } control && (control.Decides || control.Dial is not null))
        {
            OnNobodyLeft(call, control);
            return;
        }

        if (call.State == CallState.Answered)
        {
            if (TryPlayRefusal(call))
            {
                return;
            }

            // The announcement was the last step: its end is the call's.
            End(call, CallEndReason.Completed, CallEndSide.Server, Q850.NormalClearing);
            return;
        }

        int status = call.BestStatus == 0 ? 480 : call.BestStatus;
        int cause = call.BestCause == 0 ? Q850.FromStatus(status) : call.BestCause;
        CallEndReason reason = GetReason(status, cause);

        // No callee was asked where every trunk was full: that end is ours, and an operator looks at our limits first.
        EndUnanswered(call, status, cause, reason, reason == CallEndReason.NoResources ? CallEndSide.Server : CallEndSide.Callee);
    }

    /// <summary>Rings every target, of an account the contacts of the highest q; true when at least one INVITE is on its way.</summary>
    private bool DialAll(Call call, DialStep step)
    {
        int started = 0;
        int most = TakeBreadth(call);
        PlanGroups(call, step);
        for (int i = 0; i < step.Targets.Length; i++)
        {
            switch (step.Targets[i])
            {
                case AccountTarget account:
                    started += DialGroup(call, i, account.Account, most - started);
                    break;
                case TrunkTarget trunk when started < most:
                    call.HopsTried = 0;
                    call.Turn = null;
                    if (TryPickHop(call, trunk.Trunk, _context.Trunks.Get(trunk.Trunk), out TrunkHop hop) && TryEnterTrunk(call, hop))
                    {
                        started += DialTrunk(call, trunk, hop) ? 1 : 0;
                    }

                    break;
                case UriTarget uri when started < most:
                    call.HopIndex = 0;
                    bool isDialled = false;
                    while (!isDialled && TryPickDestination(call, uri, out SipDestination destination))
                    {
                        isDialled = DialUri(call, uri, destination);
                    }

                    started += isDialled ? 1 : 0;
                    break;
                default:
                    break;
            }
        }

        if (started == 0 && TryPickLastResort(call, step, out TrunkTarget? last, out TrunkHop resting) && TryEnterTrunk(call, resting))
        {
            started += DialTrunk(call, last!, resting) ? 1 : 0;
        }

        if (started == 0 && !LacksResources(call))
        {
            NoteNobody(call, step, 480, Q850.NoUserResponding);
        }

        return started > 0;
    }

    /// <summary>Tries the next target of a sequential step; false when there is none left that could be tried.</summary>
    private bool DialNext(Call call, DialStep step)
    {
        if (call.Attempts == 0)
        {
            call.FailoverLimit = _context.Now + _context.Options.MaxFailoverTime;
        }

        while (call.Attempts < _context.Options.MaxDialAttempts && (call.Attempts == 0 || _context.Now < call.FailoverLimit))
        {
            if (call.TargetIndex < 0 && !TryPickStepTarget(call, step))
            {
                break;
            }

            bool started;
            DialTarget target = step.Targets[call.TargetIndex];
            switch (target)
            {
                case TrunkTarget trunk when TryPickHop(call, trunk.Trunk, _context.Trunks.Get(trunk.Trunk), out TrunkHop hop):
                    if (!TryEnterTrunk(call, hop))
                    {
                        call.TargetIndex = -1;
                        continue;
                    }

                    started = DialTrunk(call, trunk, hop);
                    break;
                case ReplacedDialog when call.HopIndex++ == 0:
                    started = DialReplaced(call);
                    break;
                case UriTarget uri when TryPickDestination(call, uri, out SipDestination destination):
                    started = DialUri(call, uri, destination);
                    break;
                case AccountTarget account when _locations.Get(account.Account, _context.Now) is var bindings && call.HopIndex < bindings.Length:
                    started = DialContact(call, account.Account, bindings[call.HopIndex++]);
                    break;
                default:
                    call.TargetIndex = -1;
                    continue;
            }

            call.StepAttempts++;
            call.Attempts++;
            if (started)
            {
                ScheduleAttempt(call, target);
                return true;
            }
        }

        if (call.StepAttempts == 0 && TryPickLastResort(call, step, out TrunkTarget? last, out TrunkHop resting) && TryEnterTrunk(call, resting))
        {
            call.StepAttempts++;
            call.Attempts++;
            if (DialTrunk(call, last!, resting))
            {
                ScheduleAttempt(call, last!);
                return true;
            }
        }

        if (call.BestStatus == 0)
        {
            NoteNobody(call, step, 500, Q850.TemporaryFailure);
        }

        return false;
    }

    /// <summary>Nobody of a step could be asked. Right after a start that may be because a name has not been looked up yet: then it is worth trying again soon.</summary>
    private static void NoteNobody(Call call, DialStep step, int status, int cause)
    {
        bool isLookedUp = true;
        foreach (DialTarget target in step.Targets)
        {
            isLookedUp &= target switch
            {
                TrunkTarget trunk => trunk.Trunk.Targets.All(static t => t.WasLookedUp),
                UriTarget uri => uri.Peer.WasLookedUp,
                _ => true,
            };
        }

        NoteFailure(call, isLookedUp ? status : 503, cause);
    }

    private bool TryPickStepTarget(Call call, DialStep step)
    {
        int count = Math.Min(step.Targets.Length, TargetRank.MaxTargets);
        ulong untried = ~call.TargetsTried & (count == TargetRank.MaxTargets ? ulong.MaxValue : (1UL << count) - 1);
        call.TargetIndex = TargetRank.Choose(step.Ranks.AsSpan(), untried, step.Ranks.IsEmpty ? 0 : _context.NextRandom());
        if (call.TargetIndex < 0)
        {
            return false;
        }

        call.TargetsTried |= 1UL << call.TargetIndex;
        call.HopsTried = 0;
        call.HopIndex = 0;
        call.Turn = null;
        return true;
    }

    private void ScheduleAttempt(Call call, DialTarget target)
    {
        if (target is UriTarget && call.HopIndex < call.UriDestinations.Length)
        {
            _context.Wheel.Schedule(call.AttemptTimer, _context.Now + _context.Options.TrunkResponseTimeout);
        }
        else if (target is TrunkTarget { Trunk.Failover: var failover })
        {
            _context.Wheel.Schedule(call.AttemptTimer, _context.Now + (failover.ResponseTimeout ?? _context.Options.TrunkResponseTimeout));
        }
    }

    /// <summary>Sends an INVITE to an address of a trunk that the leg was counted in at; false when it could not be sent, and the count is given back.</summary>
    private bool DialTrunk(Call call, TrunkTarget target, in TrunkHop hop)
    {
        var uri = new SipWriter(_context.PartScratch);
        uri.Raw("sip:"u8);
        Span<byte> userBytes = stackalloc byte[256];
        scoped ReadOnlySpan<byte> user = call.CalledUser.Span;
        if (target.User is { } fixedUser && System.Text.Encoding.UTF8.TryGetBytes(fixedUser, userBytes, out int length))
        {
            user = userBytes[..length];
        }

        Span<byte> rewritten = stackalloc byte[NumberText.ScratchBytes];
        user = TrunkNumbers.Rewrite(target.Trunk.Numbers?.Outbound, user, rewritten);
        uri.Raw(user);
        uri.Raw(user.IsEmpty ? default : "@"u8);
        WriteHost(ref uri, hop.Peer);
        uri.Raw(target.Trunk.Numbers is { UserIsPhone: true } ? ";user=phone"u8 : default);
        int plainLength = uri.Length;
        uri.Raw(hop.Address.Transport switch
        {
            SipTransportKind.Tcp => ";transport=tcp"u8,
            SipTransportKind.Tls => ";transport=tls"u8,
            _ => default,
        });
        if (!_context.Output.TryOpenFlow(hop.Address, _context.Networks.NumberOf(hop.Trunk.Network), out Flow flow))
        {
            hop.Status.Leave(inbound: false);
            Block(hop.Trunk, hop.Destination, hop.Trunk.Failover.BlockFor, DestinationBlock.Unreachable);
            return false;
        }

        call.OutboundTrunk = target.Trunk.Name;
        call.PendingHop = hop with { TriedAt = _context.Now };
        bool started = Invite(call, flow, _context.PartScratch.AsSpan(0, uri.Length), _context.PartScratch.AsSpan(0, plainLength), target.Trunk.Name, target.Trunk, mayUseStream: !hop.Peer.IsTransportGiven);
        if (call.PendingHop.Trunk is not null)
        {
            // No leg was made, so none carries the count.
            hop.Status.Leave(inbound: false);
            call.PendingHop = default;
        }

        return started;
    }

    /// <summary>The next address of a URI, in the order that DNS gave (RFC 3263 §4.3), of the list as it was when the call came to it.</summary>
    private static bool TryPickDestination(Call call, UriTarget target, out SipDestination destination)
    {
        if (call.HopIndex == 0)
        {
            call.UriDestinations = target.Peer.Destinations;
        }

        bool isLeft = call.HopIndex < call.UriDestinations.Length;
        destination = isLeft ? call.UriDestinations[call.HopIndex++] : default;
        return isLeft;
    }

    private bool DialUri(Call call, UriTarget target, in SipDestination destination)
    {
        if (!_context.Output.TryOpenFlow(destination, network: 0, out Flow flow))
        {
            return false;
        }

        int length = System.Text.Encoding.UTF8.GetBytes(target.Uri, _context.PartScratch);
        ReadOnlySpan<byte> uri = _context.PartScratch.AsSpan(0, length);
        int parameters = uri.IndexOf((byte)';');
        return Invite(call, flow, uri, parameters < 0 ? uri : uri[..parameters], peer: null, trunk: null, mayUseStream: !target.Peer.IsTransportGiven);
    }

    /// <summary>The way to a contact. A connection that was lost can be made anew to the phone's own port, where no NAT stands between; never to the port that it came from.</summary>
    internal static bool TryReach(ShardContext context, Binding binding, out Flow flow)
    {
        flow = binding.Flow;
        return flow.Stream is not { IsClosed: true }
            || (SipUri.TryParse(binding.Uri, out SipUri contact)
                && NetworkEndpoint.TryParseAddress(contact.Host, contact.Port == 0 ? flow.Local.DefaultPort : contact.Port, out NetworkEndpoint target)
                && target.HasSameAddress(flow.Remote)
                && context.Output.TryOpenFlow(new SipDestination(target, flow.Local.Transport), flow.Local.Network, out flow));
    }

    internal static void WriteHost(ref SipWriter writer, SipPeer peer)
    {
        Span<byte> host = stackalloc byte[256];
        writer.Raw(System.Text.Encoding.ASCII.TryGetBytes(peer.Host, host, out int length) ? host[..length] : default);
        if (peer.Port != 5060)
        {
            writer.Raw(":"u8);
            writer.Raw(peer.Port);
        }
    }

    /// <summary>The ring time of the step, or of its present group, is over: its legs are cancelled and the next group or step begins.</summary>
    private void OnStepRangOut(Call call)
    {
        NoteFailure(call, 480, Q850.NoAnswer);
        CancelCallees(call, except: null, "SIP;cause=480;text=\"No answer\""u8);
        if (call.Plan.Steps[call.StepIndex] is not DialStep step || !DialNextGroup(call, step))
        {
            NextStep(call);
        }
    }

    /// <summary>A trunk said nothing at all; the next one is tried, and this one's late answer will be cancelled.</summary>
    private void OnAttemptUnanswered(Call call)
    {
        NoteFailure(call, 408, Q850.RecoveryOnTimerExpiry);
        foreach (Leg leg in call.Callees)
        {
            if (leg.State == LegState.Inviting)
            {
                NoteHopDead(leg, DestinationBlock.Silent);
                leg.Hop.Status?.CountFailover();
            }
        }

        CancelCallees(call, except: null, default);
        ContinueStep(call, tryAnother: true);
    }

    /// <summary>A target of the current step is out; goes on to the next target or step once no other is ringing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tryAnother">Whether that target's failure was its own; a busy or declining callee is the same by any way (RFC 3261 §16.7, step 6).</param>
    private void ContinueStep(Call call, bool tryAnother)
    {
        foreach (Leg leg in call.Callees)
        {
            if (leg.State == LegState.Inviting)
            {
                return;
            }
        }

        if (DialRedirection(call))
        {
            return;
        }

        if (call.Plan.Steps[call.StepIndex] is DialStep { Parallel: false } step && tryAnother && DialNext(call, step))
        {
            return;
        }

        if (call.Plan.Steps[call.StepIndex] is DialStep { Parallel: true } parallel && DialNextGroup(call, parallel))
        {
            return;
        }

        NextStep(call);
    }

    /// <summary>Remembers the best failure: 6xx over all, else the lowest class, within it the newest (RFC 3261 §16.7, step 6).</summary>
    private static void NoteFailure(Call call, int status, int cause)
    {
        int rank = status >= 600 ? 0 : status / 100;
        int best = call.BestStatus == 0 ? int.MaxValue : call.BestStatus >= 600 ? 0 : call.BestStatus / 100;
        if (rank <= best)
        {
            call.BestReason = [];
            call.BestStatus = status;
            call.BestCause = cause;
        }
    }

    /// <summary>Whether the best that became of a target so far is that we had nothing left to call it with.</summary>
    private static bool LacksResources(Call call) => call is { BestStatus: 503, BestCause: Q850.ResourceUnavailable };

    private static CallEndReason GetReason(int status, int cause) => status switch
    {
        _ when cause == Q850.NoAnswer => CallEndReason.NoAnswer,
        503 when cause is Q850.Congestion or Q850.ResourceUnavailable => CallEndReason.NoResources,
        486 or 600 => CallEndReason.Busy,
        404 or 410 or 484 or 485 or 604 => CallEndReason.NotFound,
        403 or 603 => CallEndReason.Declined,
        408 or 480 => CallEndReason.Unreachable,
        415 or 488 or 606 => CallEndReason.MediaMismatch,
        >= 300 and < 400 => CallEndReason.Redirected,
        _ => CallEndReason.Failed,
    };
}
