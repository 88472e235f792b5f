using System.Collections.Immutable;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Hosting;

/// <summary>Makes the route table out of the configured trunks and routes.</summary>
internal static class RoutingTableBuilder
{
    /// <summary>
    /// Builds the table. Next hops that <paramref name="previous"/> has too keep the destinations that were found for them, so that a reload does not
    /// leave a trunk without one while its name is looked up again.
    /// </summary>
    public static RouteTable Build(ServerSettings settings, RouteTable? previous = null)
    {
        Dictionary<string, Trunk> trunks = new(StringComparer.Ordinal);
        foreach (TrunkSettings trunk in settings.Trunks)
        {
            foreach (SipPeer peer in trunk.Peers)
            {
                if (peer.Destinations.IsEmpty && previous?.Peers.FirstOrDefault(peer.IsSameHop) is { } known)
                {
                    peer.Destinations = known.Destinations;
                }
            }

            trunks.Add(trunk.Name, new Trunk
            {
                Name = trunk.Name,
                Network = trunk.Network,
                Targets = [.. trunk.Targets],
                From = [.. trunk.From], SessionTimers = trunk.SessionTimers, ReliableProvisionals = trunk.ReliableProvisionals,
                Selection = trunk.Selection,
                Media = trunk.Media,
                Srtp = trunk.Srtp,
                RtcpMux = trunk.RtcpMux,
                OffersFeedback = trunk.OffersFeedback,
                OtherMedia = trunk.OtherMedia,
                Codecs = trunk.Codecs,
                Digits = trunk.Digits,
                Detects = trunk.Detects,
                Record = trunk.Record,
                ForTenants = trunk.ForTenants,
                MusicOnHold = trunk.MusicOnHold,
                Limits = trunk.Limits,
                Failover = trunk.Failover,
                Identity = trunk.Identity,
                Numbers = trunk.Numbers,
                Headers = trunk.Headers,
                Answers = trunk.Answers,
                Credentials = KeepCredentials(trunk, previous),
                Registration = trunk.Registration,
                Probe = trunk.Probe,
                Transfers = trunk.Transfers,
            });
        }

        TimeSpan longest = settings.Calls.MaxRinging;
        return new RouteTable(trunks.Values, settings.Routes.Select(route => new RouteRule
        {
            Name = route.Name,
            To = route.To ?? NumberPattern.Any,
            From = route.From,
            InboundTrunks = route.InboundTrunks,
            Accounts = [.. route.Accounts],
            Windows = [.. route.Windows],
            Ranks = [.. route.Ranks],
            Rates = route.Rates,
            Conference = route.Conference,
            Control = route.Control,
            RejectStatus = route.RejectStatus,
            RejectCause = route.RejectCause,
            Trunks = route.Trunks.Select(name => trunks[name]).ToImmutableArray(),
            RingTime = route.Ring ?? longest,
            Record = route.Record,
        }));
    }

    /// <summary>Credentials that stayed the same stay the same object: what they learned of the trunk's realm is kept, and no registration is made anew.</summary>
    private static TrunkCredentials? KeepCredentials(TrunkSettings trunk, RouteTable? previous) =>
        trunk.Credentials is { } wanted && previous?.Trunks.FirstOrDefault(t => t.Name == trunk.Name)?.Credentials is { } known && wanted.IsSame(known)
            ? known
            : trunk.Credentials;
}
