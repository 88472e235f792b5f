using System.Collections.Immutable;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// A name that a peer gave during a call (in a Contact, a Record-Route) on its way through the DNS: made and completed on the shard's thread, resolved
/// off it (RFC 3263). Whoever asks holds the lookup that he waits for, so one that comes back late, to a pooled object that has moved on, is
/// told apart by reference. See <see cref="ISignallingOutput.TryLocate"/>.
/// </summary>
internal abstract class PeerLookup(SipTarget target)
{
    /// <summary>What is looked for.</summary>
    public SipTarget Target { get; } = target;

    /// <summary>Where to send, in the order to be tried; empty until it is known, and when nothing was found.</summary>
    public ImmutableArray<SipDestination> Found { get; set; } = [];

    /// <summary>The answer is there: called once, on the shard's thread.</summary>
    public abstract void Complete();
}
