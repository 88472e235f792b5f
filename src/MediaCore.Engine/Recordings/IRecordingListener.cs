namespace MediaCore.Engine.Recordings;

/// <summary>Is told when recordings are there.</summary>
public interface IRecordingListener
{
    /// <summary>A recording has come to its end: saved, discarded, failed, or found and recovered at the start. Called on a thread of the store, one at a time; must not throw.</summary>
    void OnRecordingEnded(RecordingInfo recording);
}
