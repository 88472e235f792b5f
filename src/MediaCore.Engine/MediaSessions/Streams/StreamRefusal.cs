namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>Why a stream cannot be put on a leg.</summary>
internal enum StreamRefusal
{
    /// <summary>It was put there.</summary>
    None,

    /// <summary>Nothing is negotiated with the leg's peer, or, for one that speaks, no codec that the peer takes from us.</summary>
    NothingNegotiated,

    /// <summary>As many listen as may (<see cref="AudioStreamLimits.MaxStreamsPerLeg"/>, <see cref="Audio.AudioLimits.MaxTaps"/>).</summary>
    TooMany,

    /// <summary>Another stream speaks to the leg.</summary>
    IsSpokenTo,
}
