namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Wants to know when what it plays has ended.</summary>
internal interface IPlaybackListener
{
    /// <summary>A source is no longer played: it was heard to its end, or it was stopped, replaced or its leg closed. Another may be played from here.</summary>
    void OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed);
}
