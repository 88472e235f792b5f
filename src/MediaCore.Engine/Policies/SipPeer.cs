using System.Collections.Immutable;
using MediaCore.Primitives;

namespace MediaCore.Engine.Policies;

/// <summary>A next hop as configured, with the destinations found for it: filled in and refreshed off the shards, read on them.</summary>
public sealed class SipPeer(string host, ushort port, SipTransportKind transport)
{
    private volatile Found _found = Found.Nothing;
    private volatile bool _wasLookedUp;

    /// <summary>Host name or literal as configured (IPv6 in brackets).</summary>
    public string Host { get; } = host;

    /// <summary>Port, 5060 when the URI has none.</summary>
    public ushort Port { get; } = port;

    /// <summary>Whether the port is to be used as it is; else SRV records may say another (RFC 3263 §4.2).</summary>
    public bool IsPortGiven { get; init; } = true;

    /// <summary>Transport asked for by the URI; UDP when it names none.</summary>
    public SipTransportKind Transport { get; } = transport;

    /// <summary>Whether the transport is to be used as it is; else NAPTR and SRV records choose it (RFC 3263 §4.1).</summary>
    public bool IsTransportGiven { get; init; } = true;

    /// <summary>Whether both stand for the same next hop, and so have the same destinations.</summary>
    public bool IsSameHop(SipPeer other) =>
        Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) && Port == other.Port && Transport == other.Transport
        && IsPortGiven == other.IsPortGiven && IsTransportGiven == other.IsTransportGiven;

    /// <summary>Where its requests go, in the order to be tried (RFC 3263 §4); empty while the name has not been resolved.</summary>
    public ImmutableArray<SipDestination> Destinations
    {
        get => _found.Destinations;
        set
        {
            _found = new Found(value);
            _wasLookedUp = true;
        }
    }

    /// <summary>False until its name was resolved or could not be: then what needs it waits a moment more rather than fail.</summary>
    public bool WasLookedUp => _wasLookedUp;

    /// <summary>The address of the first destination, no address while there is none. Setting it makes it the only one, over <see cref="Transport"/>.</summary>
    public NetworkEndpoint Endpoint
    {
        get => _found.Destinations is [var first, ..] ? first.Endpoint : default;
        set => Destinations = value.HasAddress ? [new SipDestination(value, Transport, Host)] : [];
    }

    /// <summary>What makes an array that another thread reads whole: one reference.</summary>
    private sealed record Found(ImmutableArray<SipDestination> Destinations)
    {
        public static readonly Found Nothing = new([]);
    }
}
