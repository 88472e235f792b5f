using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Control.Events;

/// <summary>What a leg's media was like until now; every ten seconds while packets come.</summary>
public sealed record MediaQualityMeasured : CallEvent
{
    /// <summary>Loss, delay and scores since the leg began; null where nothing has come yet.</summary>
    public MediaQuality? Quality { get; init; }

    /// <summary>Packets and jitter of what came from the peer.</summary>
    public MediaFigures Received { get; init; }

    /// <summary>What was sent to the peer.</summary>
    public MediaFigures Sent { get; init; }
}
