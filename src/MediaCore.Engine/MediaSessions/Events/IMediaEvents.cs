namespace MediaCore.Engine.MediaSessions.Events;

/// <summary>Takes what happens in the media of calls. Called on shards, by several threads at once; must not block and not throw.</summary>
public interface IMediaEvents
{
    /// <summary>An event; a listener that is full drops it and sees the gap in its numbers.</summary>
    void Publish(in MediaEvent mediaEvent);
}
