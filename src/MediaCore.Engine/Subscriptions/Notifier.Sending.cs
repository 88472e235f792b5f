using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>Notifications: one at a time for each subscription, what changes meanwhile is told with the next.</summary>
internal sealed partial class Notifier
{
    /// <summary>Tells a subscriber what is to be told, now or as soon as it may be.</summary>
    public void TrySend(Subscription subscription)
    {
        if (!subscription.IsDue || subscription.Transaction is not null)
        {
            // The answer to the one under way sends the next.
            return;
        }

        bool isLast = subscription.End != SubscriptionEnd.None;
        if (!isLast && _context.Now < subscription.NotBefore)
        {
            _context.Wheel.Schedule(subscription.SendTimer, subscription.NotBefore);
            return;
        }

        if (!TryFindFlow(subscription))
        {
            if (isLast)
            {
                CountResult(subscription, NotificationResult.Unsent);
                Remove(subscription);
            }

            // Otherwise it waits for the phone to come back: see OnTimer.
            return;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = subscription.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Notify, cseq, subscription, subscription.Flow, branch) is not { } transaction)
        {
            OnFailed(subscription, timedOut: false);
            return;
        }

        subscription.IsDue = false;
        subscription.NotBefore = _context.Now + SubscriptionLimits.MinInterval;
        subscription.Transaction = transaction;
        var writer = new SipWriter(_context.Scratch);
        int branchOffset = Write(ref writer, subscription, cseq, branch);
        subscription.Watched.Prune();
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>Ends a subscription with a last notification (RFC 6665 §4.2.1.4, §4.4.1).</summary>
    public void Finish(Subscription subscription, SubscriptionEnd end)
    {
        if (subscription.End != SubscriptionEnd.None)
        {
            return;
        }

        subscription.End = end;
        subscription.IsDue = true;
        _context.Wheel.Cancel(subscription.SendTimer);
        _context.Wheel.Cancel(subscription.ExpiryTimer);
        TrySend(subscription);
    }

    /// <summary>A notification was answered. Whether the subscription outlives a refusal is by RFC 6665 §4.2.2 and RFC 5057 §5.1; a 408 is as good as no answer.</summary>
    public void OnAnswered(Subscription subscription, int status)
    {
        CountResult(subscription, status < 300 ? NotificationResult.Accepted : NotificationResult.Refused);
        bool isOver = status is 404 or 405 or 408 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604;
        if (isOver || (subscription.End != SubscriptionEnd.None && !subscription.IsDue))
        {
            Remove(subscription);
        }
        else
        {
            TrySend(subscription);
        }
    }

    /// <summary>A notification got no answer, or did not leave.</summary>
    public void OnFailed(Subscription subscription, bool timedOut)
    {
        CountResult(subscription, timedOut ? NotificationResult.TimedOut : NotificationResult.Unsent);
        if (timedOut || subscription.End != SubscriptionEnd.None || !subscription.Flow.IsReliable)
        {
            // RFC 6665 §4.2.2: as good as a 481.
            Remove(subscription);
        }
        else
        {
            // The connection is gone; the phone may come back over another one.
            subscription.IsDue = true;
        }
    }

    /// <summary>Now and then: connections that are gone, subscribers that have come back, others that have not.</summary>
    void ITimerOwner.OnTimer(OwnedTimer timer)
    {
        foreach (Subscription subscription in _subscriptions.Values.Where(static s => s.Flow.Stream is { IsClosed: true }).ToArray())
        {
            if (TryFindFlow(subscription))
            {
                TrySend(subscription);
            }
            else if (_context.Now - subscription.LostAt!.Value >= SubscriptionLimits.FlowGrace)
            {
                Remove(subscription);
            }
        }

        if (_subscriptions.Count > 0)
        {
            _context.Wheel.Schedule(_flowTimer, _context.Now + SubscriptionLimits.FlowCheck);
        }
    }

    /// <summary>All subscribers to an account's state are told, after whatever else the moment brings.</summary>
    private void NoteChange(WatchedAccount watched)
    {
        Timestamp gathered = _context.Now + SubscriptionLimits.Gathering;
        foreach (Subscription subscription in watched.Subscriptions)
        {
            if (subscription.IsDue || subscription.End != SubscriptionEnd.None)
            {
                // It is on its way; the document is written when it leaves.
                continue;
            }

            subscription.IsDue = true;
            if (subscription.Transaction is null)
            {
                _context.Wheel.Schedule(subscription.SendTimer, subscription.NotBefore > gathered ? subscription.NotBefore : gathered);
            }
        }
    }

    /// <summary>
    /// The phone's present flow: that of its registration with the same contact or instance, since a phone that registers anew (another connection, another
    /// port of a NAT) does not subscribe anew; else the one that the SUBSCRIBE came by. False when that connection is gone.
    /// </summary>
    private bool TryFindFlow(Subscription subscription)
    {
        foreach (Binding binding in _locations.GetStored(subscription.Subscriber))
        {
            bool isSame = subscription.Instance.Length > 0 && binding.Instance.Length > 0
                ? binding.Instance.SequenceEqual(subscription.Instance)
                : SipUri.AreEqual(binding.Uri, subscription.Dialog.RemoteTarget);
            if (isSame && binding.ExpiresAt > _context.Now && binding.Flow.Stream is not { IsClosed: true } && subscription.Dialog.RouteCount == 0)
            {
                subscription.Flow = binding.Flow;
                break;
            }
        }

        bool isThere = subscription.Flow.Stream is not { IsClosed: true };
        subscription.LostAt = isThere ? null : subscription.LostAt ?? _context.Now;
        return isThere;
    }

    private int Write(ref SipWriter writer, Subscription subscription, uint cseq, scoped ReadOnlySpan<byte> branch)
    {
        writer.RequestLine(SipMethod.Notify, subscription.Dialog.RequestUri);
        int branchOffset = TrunkRequests.WriteVia(ref writer, subscription.Flow, branch);
        for (int i = 0; i < subscription.Dialog.RequestRouteCount; i++)
        {
            writer.Header(SipHeaderName.Route, subscription.Dialog.GetRequestRoute(i));
        }

        WriteAddress(ref writer, SipHeaderName.From, subscription.Dialog.LocalAddress, subscription.Dialog.LocalTag);
        WriteAddress(ref writer, SipHeaderName.To, subscription.Dialog.RemoteAddress, subscription.Dialog.RemoteTag);
        writer.Header(SipHeaderName.CallId, subscription.Dialog.CallId);
        TrunkRequests.WriteCSeq(ref writer, cseq, SipMethod.Notify);
        OurContact.Write(ref writer, subscription.Flow, _context.Index);
        writer.HeaderStart(SipHeaderName.Event);
        writer.Raw(EventPackages.GetName(subscription.Watched.Package));
        if (subscription.EventId.Length > 0)
        {
            writer.Raw(";id="u8);
            writer.Text(subscription.EventId);
        }

        writer.EndLine();
        WriteState(ref writer, subscription);
        if (!_context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.UserAgent, _context.Capabilities.Server);
        }

        var body = new SipWriter(_context.PartScratch);
        WriteBody(ref body, subscription);
        writer.Body(EventPackages.GetContentType(subscription.Watched.Package), body.Written);
        return branchOffset;
    }

    private void WriteBody(ref SipWriter body, Subscription subscription)
    {
        WatchedAccount watched = subscription.Watched;
        if (watched.Package == EventPackage.MessageSummary)
        {
            MessageSummary summary = default;
            _context.Services.MessageSummaries?.TryGet(watched.Account, out summary);
            NotificationBody.WriteSummary(ref body, subscription.Entity, summary);
            return;
        }

        NotificationBody.WriteDialogs(ref body, subscription.Entity, ++subscription.Version, watched.GetDialogs(subscription.KnownChange));
        subscription.KnownChange = watched.Change;
    }

    private void WriteState(ref SipWriter writer, Subscription subscription)
    {
        writer.HeaderStart(SipHeaderName.SubscriptionState);
        switch (subscription.End)
        {
            case SubscriptionEnd.Timeout:
                writer.Raw("terminated;reason=timeout"u8);
                break;
            case SubscriptionEnd.Deactivated:
                writer.Raw("terminated;reason=deactivated"u8);
                break;
            case SubscriptionEnd.NoResource:
                writer.Raw("terminated;reason=noresource"u8);
                break;
            default:
                writer.Raw("active;expires="u8);
                writer.Raw(Math.Max(0, (long)(subscription.ExpiresAt - _context.Now).TotalSeconds));
                break;
        }

        writer.EndLine();
    }

    private static void WriteAddress(ref SipWriter writer, SipHeaderName name, ReadOnlySpan<byte> address, ReadOnlySpan<byte> tag)
    {
        writer.HeaderStart(name);
        writer.Text(address);
        if (!tag.IsEmpty)
        {
            writer.Raw(";tag="u8);
            writer.Raw(tag);
        }

        writer.EndLine();
    }

    private void CountResult(Subscription subscription, NotificationResult result) =>
        _context.Statistics.Notifications[((int)subscription.Watched.Package * (int)NotificationResult.Count) + (int)result]++;
}
