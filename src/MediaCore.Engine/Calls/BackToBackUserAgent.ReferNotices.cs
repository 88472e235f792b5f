using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>The NOTIFYs of a REFER (RFC 3515 §2.4.5): what is told decides <see cref="ReferSubscription"/>.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Sends a status to the transferring party; false where there is no room for a transaction.</summary>
    internal bool TryNotify(ReferSubscription subscription, int status)
    {
        Leg leg = subscription.Referrer;
        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Notify, cseq, subscription, leg.Flow, branch) is not { } transaction)
        {
            return false;
        }

        transaction.Trunk = leg.Trunk;
        SipWriter writer = BeginRequest(leg, SipMethod.Notify, cseq, branch, 70, out int branchOffset);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.HeaderStart(SipHeaderName.Event);
        writer.Raw("refer;id="u8);
        writer.Raw(subscription.EventId);
        writer.EndLine();
        if (status >= 200)
        {
            writer.Header(SipHeaderName.SubscriptionState, "terminated;reason=noresource"u8);
        }
        else
        {
            writer.HeaderStart(SipHeaderName.SubscriptionState);
            writer.Raw("active;expires="u8);
            writer.Raw((long)_context.Options.MaxRinging.TotalSeconds);
            writer.EndLine();
        }

        Span<byte> fragment = stackalloc byte[128];
        var line = new SipWriter(fragment);
        line.StatusLine(status, default);
        FinishRequest(ref writer, leg, SipMethod.Notify, "message/sipfrag;version=2.0"u8, line.Written);
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
        return true;
    }

    internal void OnNotifyEnded(ReferSubscription subscription)
    {
        subscription.Referrer.OpenRequests--;
        Release(subscription.Call);
    }
}
