using MediaCore.Engine.Calls;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Engine.Control;

/// <summary>A stream on its way to its call's shard.</summary>
internal sealed class StreamExchange(string callId, string? legId, AudioStream stream) : ControlExchange
{
    private readonly TaskCompletionSource<CommandReply> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What became of it.</summary>
    public Task<CommandReply> Reply => _done.Task;

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => _done.TrySetResult(calls.Attach(callId, legId, stream));

    /// <inheritdoc/>
    public override void Fail() => _done.TrySetResult(CommandReply.Refuse(CommandStatus.Unavailable, "The server is stopping, or has failed at it, which its log says."));
}
