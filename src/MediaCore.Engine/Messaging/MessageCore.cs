using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Messaging;

/// <summary>
/// MESSAGE outside a call (RFC 3428) on one shard: routed as a call to the same number would be, sent to all contacts of an account or to one trunk after the
/// other, and answered when one has taken it. Nothing is stored: whoever is not there gets nothing, and the sender is told 480.
/// </summary>
internal sealed partial class MessageCore(ShardContext context, TransactionLayer transactions, LocationService locations)
{
    private readonly Dictionary<MessageSender, int> _senders = [];
    private int _open;

    /// <summary>Relays an admitted MESSAGE.</summary>
    /// <param name="request">The MESSAGE.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="facts">What was found of it on admission, with the account that proved itself.</param>
    /// <param name="presented">User part of From, unescaped.</param>
    public void OnMessage(SipMessage request, in Flow flow, scoped in RouteRequest facts, ReadOnlySpan<byte> presented)
    {
        uint loopToken = LoopToken.Compute(facts.Called, presented, facts.InboundTrunk?.Name ?? facts.Account, context.HashKey);
        if (LoopToken.IsIn(request, loopToken))
        {
            context.Statistics.LoopedRequests++;
            transactions.RespondStateless(request, flow, 482, default);
            return;
        }

        if (request.Body.Length > context.Options.MaxMessageBytes)
        {
            transactions.RespondStateless(request, flow, 413, default);
            return;
        }

        var sender = MessageSender.Of(facts);
        if (context.IsDraining || _senders.GetValueOrDefault(sender) >= sender.MaxMessages || _open >= EngineLimits.MaxMessagesPerShard || (facts.InboundTrunk is { } trunk && !context.Trunks.Get(trunk).TryPass(trunk.Limits, inbound: true, context.Now)))
        {
            context.Statistics.OverloadRefusals++;
            transactions.RespondStateless(request, flow, 503, default);
            return;
        }

        RoutePlan plan = context.Services.Policy.Route(facts);
        IControlPlane? plane = context.Services.ControlPlane is { Terms.Messages: not null } asks ? asks : null;
        if (plane is null && GetRefusal(plan) is > 0 and var refusal)
        {
            transactions.RespondStateless(request, flow, refusal, default);
            return;
        }

        if (transactions.Open(request, flow) is not { } asked)
        {
            return;
        }

        MessageDelivery delivery = Read(request, asked, plan, facts, loopToken);
        delivery.From = sender;
        _open++;
        _senders[sender] = _senders.GetValueOrDefault(sender) + 1;
        context.Wheel.Schedule(delivery.Deadline, context.Now + (context.Timers.Timeout * 0.75));
        if (plane is not null)
        {
            Ask(plane, delivery, facts);
        }
        else
        {
            Advance(delivery);
        }
    }

    /// <summary>What a plan refuses with; 0 when it leads somewhere.</summary>
    private static int GetRefusal(RoutePlan plan) => plan.RejectStatus != 0 ? plan.RejectStatus : plan.Steps.IsEmpty ? 404 : 0;

    /// <summary>Sends a MESSAGE of our own. False when as many are under way as may be, or the server drains; else <paramref name="sender"/> is told what becomes of it, perhaps before this returns.</summary>
    /// <param name="target">Who gets it.</param>
    /// <param name="from">User part of From; empty for anonymous.</param>
    /// <param name="contentType">Media type of the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="sender">Who waits for the outcome.</param>
    public bool TrySend(DialTarget target, ReadOnlySpan<byte> from, byte[] contentType, byte[] body, IMessageSender sender)
    {
        var ours = new MessageSender("", IsTrunk: true);
        if (context.IsDraining || _senders.GetValueOrDefault(ours) >= ours.MaxMessages || _open >= EngineLimits.MaxMessagesPerShard)
        {
            return false;
        }

        byte[] user = from.ToArray();
        var delivery = new MessageDelivery(this, asked: null, new RoutePlan { Steps = [new DialStep([target], Parallel: target is AccountTarget, TimeSpan.Zero)] })
        {
            Sends = sender,
            From = ours,
            Called = [],
            Sender = user,
            SenderName = [],
            Rows = [],
            ContentType = body.Length == 0 ? [] : contentType,
            Body = body,
            MaxForwards = context.Options.MaxForwards,
            LoopToken = LoopToken.Compute(default, user, source: null, context.HashKey),
        };
        _open++;
        _senders[ours] = _senders.GetValueOrDefault(ours) + 1;
        context.Wheel.Schedule(delivery.Deadline, context.Now + (context.Timers.Timeout * 0.75));
        Advance(delivery);
        return true;
    }

    /// <summary>Somebody has answered, or will not.</summary>
    internal void OnAnswered(MessageDelivery delivery, ClientTransaction transaction, int status)
    {
        delivery.Waiting--;
        bool isCurrent = ReferenceEquals(delivery.Current, transaction);
        if (isCurrent)
        {
            delivery.Current = null;
            context.Wheel.Cancel(delivery.Attempt);
        }

        if (!delivery.IsOpen)
        {
            return;
        }

        if (status < 300)
        {
            // 202 is passed on as it is: whoever took it will still have to deliver it (RFC 3428 §7).
            Answer(delivery, status == 202 ? 202 : 200);
            return;
        }

        // A challenge is between the target and us; a redirection has nowhere to go; 408 is not for non-INVITE requests (RFC 4320 §4.2), and 503 would say that we are overloaded.
        delivery.NoteFailure(status switch { 401 or 407 => 403, < 400 or 408 or 504 => 480, 503 => 500, _ => status });
        if (isCurrent && delivery.Failover.Statuses.Contains(status))
        {
            Advance(delivery);
        }
        else if (isCurrent || delivery is { Waiting: 0, IsSending: false, Current: null })
        {
            Answer(delivery, delivery.Best);
        }
    }

    /// <summary>A target has said nothing for so long that the next one is asked; it may still answer.</summary>
    internal void OnSilence(MessageDelivery delivery)
    {
        if (delivery.IsUndecided)
        {
            OnDecided(delivery, decision: null);
            return;
        }

        delivery.Current = null;
        Advance(delivery);
    }

    internal void OnDeadline(MessageDelivery delivery)
    {
        if (delivery.IsOpen)
        {
            Answer(delivery, 480);
        }
    }

    private void Answer(MessageDelivery delivery, int status)
    {
        context.Wheel.Cancel(delivery.Deadline);
        context.Wheel.Cancel(delivery.Attempt);
        (ServerTransaction? asked, IMessageSender? sends) = (delivery.Asked, delivery.Sends);
        delivery.Asked = null;
        delivery.Sends = null;

        // What the control plane says from now on is late.
        delivery.IsUndecided = false;
        _open--;
        if (--_senders[delivery.From] == 0)
        {
            _senders.Remove(delivery.From);
        }

        if (asked is null)
        {
            sends?.OnDelivered(status);
            return;
        }

        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        context.Identifiers.WriteTag(tag);
        transactions.RespondEmpty(asked, status, tag);
    }

    /// <summary>Asks the next target, or all of the next step; answers the sender when nobody is left to wait for.</summary>
    private void Advance(MessageDelivery delivery)
    {
        while (delivery.IsOpen && delivery.Sent < context.Options.MaxDialAttempts)
        {
            if (delivery.StepIndex >= 0 && delivery.StepIndex < delivery.Plan.Steps.Length && delivery.Plan.Steps[delivery.StepIndex] is DialStep { Parallel: false } current && SendNext(delivery, current))
            {
                return;
            }

            if (++delivery.StepIndex >= delivery.Plan.Steps.Length)
            {
                break;
            }

            delivery.TargetIndex = -1;
            delivery.TargetsTried = 0;
            if (delivery.Plan.Steps[delivery.StepIndex] is DialStep { Parallel: true } all && SendAll(delivery, all))
            {
                // Whoever is rung at once with others decides for all; there is no later step for a text.
                delivery.StepIndex = delivery.Plan.Steps.Length;
                break;
            }
        }

        if (delivery is { IsOpen: true, Waiting: 0 })
        {
            Answer(delivery, delivery.Best == 0 ? 480 : delivery.Best);
        }
    }

    /// <summary>Sends to every contact of every target; true when somebody was asked who has not failed at once.</summary>
    private bool SendAll(MessageDelivery delivery, DialStep step)
    {
        // Nobody's answer is the sender's before all were asked.
        delivery.IsSending = true;
        int sent = 0;
        foreach (DialTarget target in step.Targets)
        {
            if (target is AccountTarget account)
            {
                foreach (Binding binding in locations.Get(account.Account, context.Now))
                {
                    sent += sent < EngineLimits.MaxParallelTargets && SendToContact(delivery, account.Account, binding) is not null ? 1 : 0;
                }
            }
            else if (target is TrunkTarget trunk && sent < EngineLimits.MaxParallelTargets)
            {
                bool isSent = false;
                for (int hop = 0; !isSent && TryPickHop(trunk.Trunk, ref hop, out SipPeer? peer, out SipDestination destination);)
                {
                    isSent = SendToTrunk(delivery, trunk, peer!, destination) is not null;
                }

                sent += isSent ? 1 : 0;
            }
        }

        delivery.IsSending = false;
        return delivery.Waiting > 0 || !delivery.IsOpen;
    }

    /// <summary>Sends to the next address that can be reached; false when the step has none left.</summary>
    private bool SendNext(MessageDelivery delivery, DialStep step)
    {
        while ((delivery.TargetIndex >= 0 || TryPickTarget(delivery, step)) && delivery.Sent < context.Options.MaxDialAttempts)
        {
            ClientTransaction? transaction;
            delivery.Failover = TrunkFailover.Default;
            delivery.IsSending = true;
            int hop = delivery.HopIndex;
            switch (step.Targets[delivery.TargetIndex])
            {
                case TrunkTarget trunk when TryPickHop(trunk.Trunk, ref hop, out SipPeer? peer, out SipDestination destination):
                    delivery.HopIndex = hop;
                    delivery.Failover = trunk.Trunk.Failover;
                    transaction = SendToTrunk(delivery, trunk, peer!, destination);
                    break;
                case AccountTarget account when locations.Get(account.Account, context.Now) is var bindings && hop < bindings.Length:
                    delivery.HopIndex = hop + 1;
                    transaction = SendToContact(delivery, account.Account, bindings[hop]);
                    break;
                case UriTarget uri when hop < uri.Peer.Destinations.Length:
                    delivery.HopIndex = hop + 1;
                    transaction = SendToUri(delivery, uri, uri.Peer.Destinations[hop]);
                    break;
                default:
                    delivery.TargetIndex = -1;
                    delivery.IsSending = false;
                    continue;
            }

            delivery.IsSending = false;
            if (transaction is not null)
            {
                delivery.Current = transaction;
                context.Wheel.Schedule(delivery.Attempt, context.Now + (delivery.Failover.ResponseTimeout ?? context.Options.TrunkResponseTimeout));
                return true;
            }
        }

        return false;
    }

    private bool TryPickTarget(MessageDelivery delivery, DialStep step)
    {
        int count = Math.Min(step.Targets.Length, TargetRank.MaxTargets);
        ulong untried = ~delivery.TargetsTried & (count == TargetRank.MaxTargets ? ulong.MaxValue : (1UL << count) - 1);
        int index = TargetRank.Choose(step.Ranks.AsSpan(), untried, step.Ranks.IsEmpty ? 0 : context.NextRandom());
        if (index < 0)
        {
            return false;
        }

        delivery.TargetIndex = index;
        delivery.TargetsTried |= 1UL << index;
        delivery.HopIndex = 0;
        return true;
    }

    /// <summary>The next address of a trunk that is up and may carry it, of all its targets in order; <paramref name="hop"/> counts them.</summary>
    private bool TryPickHop(Trunk trunk, ref int hop, out SipPeer? peer, out SipDestination destination)
    {
        TrunkStatus status = context.Trunks.Get(trunk);
        int index = 0;
        foreach (SipPeer candidate in trunk.Targets)
        {
            foreach (SipDestination address in candidate.Destinations)
            {
                if (index++ >= hop && status.IsUp && status.GetDestination(address)?.IsBlocked(context.Now) != true)
                {
                    hop = index;
                    (peer, destination) = (candidate, address);
                    return true;
                }
            }
        }

        hop = index;
        (peer, destination) = (null, default);
        return false;
    }
}
