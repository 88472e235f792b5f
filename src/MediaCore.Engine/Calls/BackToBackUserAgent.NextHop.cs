using System.Collections.Immutable;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Where requests in a dialog go (RFC 3261 §12.2.1.1, §8.1.2): the first route or the remote target. An address is followed at once. A name of the
/// trunk's own targets is known; any other is resolved off the shard, and requests go where the dialog came from until the answer is there, which
/// is never waited for.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>
    /// Follows the dialog's next hop over the transport that the dialog has. Phones, registered or not, stay on the flow they came by, since a phone
    /// behind a NAT names an address that nobody can reach; so does a trunk that names a private address and comes from a public one.
    /// </summary>
    private void FollowTarget(Leg leg)
    {
        leg.NextHop = null;
        if ((!leg.PeerIsTrunk && (leg.IsInbound || leg.Peer is not null))
            || !SipUri.TryParse(leg.Dialog.NextHopUri, out SipUri uri) || !IsOverTransport(uri, leg.Flow.Local.Transport))
        {
            return;
        }

        if (TryGetNextHop(leg, uri, out NetworkEndpoint target))
        {
            if (!leg.Flow.IsReliable)
            {
                leg.Flow = leg.Flow.WithRemote(target);
            }
        }
        else if (uri.Host.Length is > 0 and <= DnsLimits.MaxNameCharacters && !NetworkEndpoint.TryParseAddress(uri.Host, 0, out _) && FindOwnTarget(leg, uri) is null)
        {
            var lookup = new NextHopLookup(new SipTarget(Encoding.ASCII.GetString(uri.Host), uri.Port, ServiceOf(leg.Flow.Local.Transport)), this, leg);
            leg.NextHop = _context.Output.TryLocate(lookup) ? lookup : null;
        }
    }

    /// <summary>A name has been resolved; too late for a leg that has gone on to another next hop, or back to the pool.</summary>
    public void OnNextHopLocated(Leg leg, NextHopLookup lookup)
    {
        if (ReferenceEquals(leg.NextHop, lookup) && !leg.Flow.IsReliable && TryChoose(leg, lookup.Found, out NetworkEndpoint target))
        {
            leg.Flow = leg.Flow.WithRemote(target);
        }
    }

    /// <summary>A dialog outlives its connection: a new one is opened to where its requests go (RFC 3261 §18.1.1, §12.2.1.1).</summary>
    private void ReopenFlow(Leg leg)
    {
        if (leg.Flow.Stream is { IsClosed: true } && SipUri.TryParse(leg.Dialog.NextHopUri, out SipUri uri) && TryGetNextHop(leg, uri, out NetworkEndpoint target)
            && _context.Output.TryOpenFlow(new SipDestination(target, leg.Flow.Local.Transport, leg.Flow.Stream.ServerName), leg.Flow.Local.Network, out Flow flow))
        {
            leg.Flow = flow;
        }
    }

    /// <summary>The address of a next hop as far as it is known, where it is one that we can and may send to.</summary>
    private static bool TryGetNextHop(Leg leg, in SipUri uri, out NetworkEndpoint target)
    {
        if (NetworkEndpoint.TryParseAddress(uri.Host, uri.Port == 0 ? leg.Flow.Local.DefaultPort : uri.Port, out target))
        {
            return MaySendTo(leg, target);
        }

        return TryChoose(leg, FindOwnTarget(leg, uri)?.Destinations ?? leg.NextHop?.Found ?? [], out target);
    }

    /// <summary>The address that the dialog has already where it is among those found, else the first that we can and may send to.</summary>
    private static bool TryChoose(Leg leg, ImmutableArray<SipDestination> found, out NetworkEndpoint target)
    {
        target = default;
        foreach (SipDestination destination in found)
        {
            if (destination.Transport != leg.Flow.Local.Transport || !MaySendTo(leg, destination.Endpoint))
            {
                continue;
            }

            if (destination.Endpoint == leg.Flow.Remote)
            {
                target = destination.Endpoint;
                return true;
            }

            if (!target.HasAddress)
            {
                target = destination.Endpoint;
            }
        }

        return target.HasAddress;
    }

    /// <summary>A public peer must not make us send into a private network, whether by an address or by a name that stands for one.</summary>
    private static bool MaySendTo(Leg leg, in NetworkEndpoint target) =>
        target.IsIPv6 == leg.Flow.Remote.IsIPv6 && !target.IsUnspecified && !target.IsMulticastOrBroadcast && (!target.IsPrivate || leg.Flow.Remote.IsPrivate);

    /// <summary>The target of the leg's own trunk that a URI names: its destinations are kept up to date anyway.</summary>
    private static SipPeer? FindOwnTarget(Leg leg, in SipUri uri)
    {
        if (leg.Trunk is { } trunk)
        {
            foreach (SipPeer peer in trunk.Targets)
            {
                if ((peer.IsPortGiven ? peer.Port : 0) == uri.Port && Ascii.EqualsIgnoreCase(uri.Host, peer.Host))
                {
                    return peer;
                }
            }
        }

        return null;
    }

    private static bool IsOverTransport(in SipUri uri, SipTransportKind transport) => uri.TransportParameter switch
    {
        SipTransport.Unknown => transport is SipTransportKind.Udp or SipTransportKind.Tcp or SipTransportKind.Tls && (uri.Scheme == SipUriScheme.Sip || transport == SipTransportKind.Tls),
        SipTransport.Udp => transport == SipTransportKind.Udp,
        SipTransport.Tcp => transport == (uri.Scheme == SipUriScheme.Sips ? SipTransportKind.Tls : SipTransportKind.Tcp),
        SipTransport.Tls => transport == SipTransportKind.Tls,
        _ => false,
    };

    private static SipService ServiceOf(SipTransportKind transport) => transport switch
    {
        SipTransportKind.Udp => SipService.Udp,
        SipTransportKind.Tcp => SipService.Tcp,
        _ => SipService.Tls,
    };
}
