using MediaCore.Engine.Calls;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Control;

/// <summary>Word of the recordings' store that a file is there or will not be, on its way to a shard: that of the call where it is still there.</summary>
internal sealed class RecordingSaved(RecordingInfo recording) : ControlExchange
{
    /// <summary>What has become of a recording.</summary>
    public static RecordingStage GetStage(RecordingStatus status) => status switch
    {
        RecordingStatus.Saved or RecordingStatus.Recovered => RecordingStage.Saved,
        RecordingStatus.Discarded => RecordingStage.Discarded,
        _ => RecordingStage.Failed,
    };

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.NoteRecordingSaved(recording);

    /// <inheritdoc/>
    public override void Fail()
    {
        // The file beside the recording says it, too.
    }
}
