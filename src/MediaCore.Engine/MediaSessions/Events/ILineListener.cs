using MediaCore.Audio.Detection;

namespace MediaCore.Engine.MediaSessions.Events;

/// <summary>Whose leg a <see cref="LineTap"/> listens to. Called on the shard.</summary>
internal interface ILineListener
{
    /// <summary>Somebody begins or ceases to talk.</summary>
    void OnTalk(MediaLeg leg, bool isTalking);

    /// <summary>A tone was recognised.</summary>
    void OnTone(MediaLeg leg, LineTone tone);

    /// <summary>It is known who answered.</summary>
    void OnAnswerer(MediaLeg leg, AnswererVerdict verdict, int milliseconds);
}
