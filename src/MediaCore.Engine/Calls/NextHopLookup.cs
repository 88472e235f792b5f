using MediaCore.Engine.Signalling;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Calls;

/// <summary>The next hop of a leg's dialog, which its peer gave as a name (RFC 3261 §12.2.1.1, §8.1.2).</summary>
internal sealed class NextHopLookup(SipTarget target, BackToBackUserAgent calls, Leg leg) : PeerLookup(target)
{
    public override void Complete() => calls.OnNextHopLocated(leg, this);
}
