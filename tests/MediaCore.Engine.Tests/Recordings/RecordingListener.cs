using System.Collections.Concurrent;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Tests.Recordings;

/// <summary>Keeps what a store says of its recordings, and waits for it.</summary>
internal sealed class RecordingListener : IRecordingListener, IDisposable
{
    private readonly BlockingCollection<RecordingInfo> _ended = [];

    public void OnRecordingEnded(RecordingInfo recording) => _ended.Add(recording);

    public RecordingInfo Next()
    {
        Assert.True(_ended.TryTake(out RecordingInfo? recording, TimeSpan.FromMinutes(2)), "no recording ended");
        return recording;
    }

    public void Dispose() => _ended.Dispose();
}
