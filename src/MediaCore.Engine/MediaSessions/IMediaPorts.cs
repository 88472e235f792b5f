using System.Diagnostics.CodeAnalysis;
using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>Where a shard's legs get their port pairs.</summary>
internal interface IMediaPorts
{
    /// <summary>Takes the longest rested pair; false, counted by cause, when there is none.</summary>
    bool TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port);

    /// <summary>As the other overload, of a network's ports, of that address family where it has ports of it, else of the other one.</summary>
    bool TryAllocate(Timestamp now, int network, bool isIPv6, [NotNullWhen(true)] out MediaPort? port) => TryAllocate(now, out port);

    /// <summary>Why the last call of <see cref="TryAllocate(Timestamp, out MediaPort?)"/> found none, in words for the operator.</summary>
    string LastRefusal => "all media ports are in use";

    /// <summary>Whether it found none because the system would not bind any, rather than because all are in use.</summary>
    bool IsRefusedBySystem => false;

    /// <summary>Gives a pair back to rest.</summary>
    void Release(MediaPort port, Timestamp now);
}
