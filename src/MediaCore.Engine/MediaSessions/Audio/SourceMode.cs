namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>What becomes of the other sound that a party would hear while something is played to it.</summary>
internal enum SourceMode
{
    /// <summary>It is not heard.</summary>
    Exclusive,

    /// <summary>Both are heard.</summary>
    Mixed,

    /// <summary>It is not heard, unless the source is quiet (<see cref="IAudioSource.IsQuiet"/>).</summary>
    Yielding,
}
