using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The contacts of accounts: those of equal q ring together, the highest q first (RFC 3261 §16.6), and a phone whose flow has failed by its next flow (RFC 5626 §7).
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Makes room for the order of the groups where an account of the step has more than one.</summary>
    private void PlanGroups(Call call, DialStep step)
    {
        foreach (DialTarget target in step.Targets)
        {
            // Sorted by q: where first and last are equal, all are.
            if (target is AccountTarget account && _locations.Get(account.Account, _context.Now) is [var best, .., var last] && best.Quality != last.Quality)
            {
                call.Groups = new ContactGroups(step.Targets.Length, call.Callees.Count, _context.Now + step.RingTime);
                return;
            }
        }
    }

    /// <summary>Rings the best group of an account that has not rung; one of which nobody can be reached gives way at once. How many ring.</summary>
    private int DialGroup(Call call, int target, string account, int most)
    {
        if (most <= 0)
        {
            // The others take all the breadth there is: its turn comes when they have given way.
            return 0;
        }

        int started = 0;
        int quality = -1;
        int below = call.Groups?[target] ?? int.MaxValue;
        foreach (Binding binding in _locations.Get(account, _context.Now))
        {
            if (binding.Quality >= below || WasRung(call, account, binding))
            {
                continue;
            }

            if (binding.Quality != quality)
            {
                if (started > 0)
                {
                    break;
                }

                quality = binding.Quality;
            }

            if (started < most && DialContact(call, account, binding))
            {
                started++;
            }
        }

        if (call.Groups is { } groups)
        {
            groups[target] = quality;
        }

        return started;
    }

    /// <summary>Whether a phone has had its turn in an earlier group, and is there by another flow now: it has answered for itself (RFC 5626 §7).</summary>
    private static bool WasRung(Call call, string account, Binding binding)
    {
        if (call.Groups is { } groups && !binding.Instance.IsEmpty)
        {
            for (int i = groups.FirstLeg; i < call.Callees.Count; i++)
            {
                Leg leg = call.Callees[i];
                if (leg.Binding is { } rung && leg.Peer == account && rung.Quality > binding.Quality && rung.Instance.SequenceEqual(binding.Instance))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Rings the next group of each account of the step; false when there is none left that could be rung.</summary>
    private bool DialNextGroup(Call call, DialStep step)
    {
        if (call.Groups is not { } groups || _context.Now >= groups.RingUntil)
        {
            return false;
        }

        int started = 0;
        int most = TakeBreadth(call);
        for (int i = 0; i < step.Targets.Length; i++)
        {
            if (step.Targets[i] is AccountTarget account)
            {
                started += DialGroup(call, i, account.Account, most - started);
            }
        }

        if (started == 0)
        {
            return false;
        }

        ScheduleRingTime(call, step);
        return true;
    }

    /// <summary>How long the ringing targets of a step may ring: while groups wait, an even share of what is left of the step's time.</summary>
    private void ScheduleRingTime(Call call, DialStep step)
    {
        Timestamp end = call.Groups?.RingUntil ?? _context.Now + step.RingTime;
        int waiting = CountGroups(call, step);
        if (waiting > 0)
        {
            TimeSpan share = (end - _context.Now) / (waiting + 1);
            Timestamp giveWay = _context.Now + (share > ContactGroups.MinRingTime ? share : ContactGroups.MinRingTime);
            end = giveWay < end ? giveWay : end;
        }

        _context.Wheel.Schedule(call.RingTimer, end);
    }

    /// <summary>Groups that have not rung, of the account with most of them.</summary>
    private int CountGroups(Call call, DialStep step)
    {
        int most = 0;
        for (int i = 0; call.Groups is { } groups && i < step.Targets.Length; i++)
        {
            if (step.Targets[i] is AccountTarget account)
            {
                int count = 0;
                int below = groups[i];
                foreach (Binding binding in _locations.Get(account.Account, _context.Now))
                {
                    if (binding.Quality < below)
                    {
                        below = binding.Quality;
                        count++;
                    }
                }

                most = Math.Max(most, count);
            }
        }

        return most;
    }

    /// <summary>Whether a contact was not reached at all: its edge has lost the flow, or ours broke or brought no answer.</summary>
    private static bool IsFlowFailure(Leg leg, int received, bool isHopFailure) =>
        leg.Binding is not null && (received == 430 || (isHopFailure && received is 408 or 503));

    /// <summary>
    /// A contact was not reached. Of an outbound flow the phone is asked by another in the place of that one (RFC 5626 §7); true when that is on its way. A flow that its edge
    /// says has failed is no contact any more, so that the next call does not go there first; one that is only silent stays, since its phone may be back.
    /// </summary>
    private bool OnFlowFailed(Leg leg, int received)
    {
        Call call = leg.Call;
        if (leg is not { Binding: { IsOutbound: true } failed, Peer: { } account })
        {
            return false;
        }

        if (received == 430)
        {
            _locations.Remove(account, failed, new RegistrationNews(_context));
        }

        return !leg.IsStarting && call.State != CallState.Ended && DialOtherFlow(call, account, failed, leg);
    }

    /// <summary>Rings a phone by a flow of it that has not been tried in the place of <paramref name="failed"/>.</summary>
    private bool DialOtherFlow(Call call, string account, Binding failed, Leg? former)
    {
        if (failed.IsOutbound)
        {
            foreach (Binding other in _locations.GetStored(account))
            {
                if (other.IsOutbound && !ReferenceEquals(other, failed) && other.ExpiresAt > _context.Now && !other.IsFlowLost && other.Instance.SequenceEqual(failed.Instance)
                    && !WasTried(former, other) && DialFlow(call, account, other, former))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool WasTried(Leg? leg, Binding flow)
    {
        for (; leg is not null; leg = leg.InsteadOf)
        {
            if (ReferenceEquals(leg.Binding, flow))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Rings a contact, by another flow of the phone when this one fails at once; false when it could not be rung.</summary>
    private bool DialContact(Call call, string account, Binding binding) =>
        DialFlow(call, account, binding, insteadOf: null) || DialOtherFlow(call, account, binding, former: null);

    private bool DialFlow(Call call, string account, Binding binding, Leg? insteadOf)
    {
        if (!TryReach(_context, binding, out Flow flow))
        {
            return false;
        }

        var to = new SipWriter(_context.PartScratch.AsSpan(4096));
        to.Raw("sip:"u8);
        Span<byte> name = stackalloc byte[256];
        to.Raw(System.Text.Encoding.UTF8.TryGetBytes(account, name, out int nameLength) ? name[..nameLength] : default);
        to.Raw("@"u8);
        to.Raw(flow.Local.Host);
        int index = call.Callees.Count;
        bool started = Invite(call, flow, binding.Uri, to.Written, account, trunk: null, binding.Path);
        if (index < call.Callees.Count)
        {
            call.Callees[index].Binding = binding;
            call.Callees[index].InsteadOf = insteadOf;
        }

        return started;
    }
}
