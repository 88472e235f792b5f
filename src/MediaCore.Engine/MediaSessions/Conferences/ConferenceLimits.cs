using MediaCore.Audio.Mixing;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>Bounds of conferences.</summary>
public static class ConferenceLimits
{
    /// <summary>Most members of a conference, over all shards.</summary>
    public const int MaxMembers = MixingLimits.MaxMembers;

    /// <summary>Most conferences at a time: as many as there can be calls worth counting, of two members each; 10,000.</summary>
    public const int MaxRooms = 10_000;

    /// <summary>Longest name of a room.</summary>
    public const int MaxNameLength = 64;

    /// <summary>By how many ticks of 20 ms what another shard's members said may be late until it is left out.</summary>
    public const int MaxLagTicks = 2;

    /// <summary>Ticks without a late one until the lag is brought back: 5 s.</summary>
    public const int CalmTicks = 250;
}
