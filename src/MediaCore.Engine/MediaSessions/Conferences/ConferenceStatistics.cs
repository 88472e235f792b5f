namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>Counters of one shard's conferences: written by the shard alone, read by the metrics thread.</summary>
internal sealed class ConferenceStatistics
{
    /// <summary>Members now.</summary>
    public long Members;

    /// <summary>Legs that became members.</summary>
    public long Joined;

    /// <summary>Legs that could not become members: full, or as many rooms as may be.</summary>
    public long Refused;

    /// <summary>Ticks for which another shard's sum was not there in time.</summary>
    public long LateSums;

    /// <summary>Frames that were sent without being encoded for their listener alone.</summary>
    public long SharedFrames;
}
