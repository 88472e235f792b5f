using System.Diagnostics.CodeAnalysis;
using System.Net;
using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>Port pairs without sockets; a double release or a release of a stranger's port is an error.</summary>
internal sealed class SimulatedMediaPorts(List<string> violations) : IMediaPorts
{
    private readonly HashSet<MediaPort> _taken = [];
    private int _made;

    /// <summary>How many pairs there are at all.</summary>
    public int Capacity { get; set; } = int.MaxValue;

    public int InUse => _taken.Count;

    /// <summary>The taken pair that has this port; null for none.</summary>
    public MediaPort? Find(ushort port) => _taken.FirstOrDefault(p => p.Port == (port & ~1));

    /// <summary>The IPv4 address of the ports of each network.</summary>
    public IReadOnlyList<string> Networks { get; set; } = [World.ServerHost];

    /// <summary>Whether there are ports of both families; else all are IPv4.</summary>
    public bool HasBothFamilies { get; set; }

    public bool TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port) => TryAllocate(now, network: 0, isIPv6: false, out port);

    public bool TryAllocate(Timestamp now, int network, bool isIPv6, [NotNullWhen(true)] out MediaPort? port)
    {
        port = null;
        if (_taken.Count >= Capacity)
        {
            return false;
        }

        // Every pair is new, so that a description with a stale port cannot pass for a right one.
        port = new MediaPort(_made, NetworkEndpoint.From(IPAddress.Parse(isIPv6 && HasBothFamilies ? "2001:db8::1" : Networks[network]), (ushort)(30000 + (2 * _made))), -1, -1) { Network = network };
        _made++;
        _taken.Add(port);
        return true;
    }

    public void Release(MediaPort port, Timestamp now)
    {
        if (!_taken.Remove(port))
        {
            violations.Add($"port {port.Port} was released twice");
        }
    }
}
