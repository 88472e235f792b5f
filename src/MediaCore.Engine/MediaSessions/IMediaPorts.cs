using System.Diagnostics.CodeAnalysis;
using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>Where a shard's legs get their port pairs.</summary>
internal interface IMediaPorts
{
    /// <summary>Takes the longest rested pair; false, counted by cause, when there is none.</summary>
    bool TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port);

    /// <summary>Gives a pair back to rest.</summary>
    void Release(MediaPort port, Timestamp now);
}
