namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>Wants to know what the media of legs is like. Called on their shard.</summary>
internal interface ILegWatcher
{
    /// <summary>Ten more seconds of a leg are over (<see cref="ReportLimits.WindowCount"/> windows).</summary>
    void OnQuality(MediaLeg leg);

    /// <summary>Something is wrong with what comes from a leg; told once for each.</summary>
    void OnFault(MediaLeg leg, AudioFault fault);

    /// <summary>It begins to be wrong, or is over; told each time.</summary>
    void OnLapse(MediaLeg leg, AudioFault fault, bool isOver);
}
