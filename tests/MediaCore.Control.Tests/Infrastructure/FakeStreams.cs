using System.Collections.Concurrent;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Primitives;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>The engine's side of streams of sound: each call has a leg that says what the test wants; time passes by <see cref="Tick"/> alone.</summary>
internal sealed class FakeStreams : IStreamControl
{
    private readonly ConcurrentDictionary<string, AudioStream> _streams = new(StringComparer.Ordinal);
    private long _ticks;

    /// <summary>What a stream gets in place of a leg; null for a leg.</summary>
    public CommandReply? Refusal { get; set; }

    public int Count => _streams.Values.Count(static s => !s.IsEnded);

    public AudioStream this[string callId] => _streams[callId];

    public ValueTask<CommandReply> AttachAsync(string callId, string? legId, AudioStream stream, CancellationToken cancellationToken = default)
    {
        if (Refusal is { } refusal)
        {
            return ValueTask.FromResult(refusal);
        }

        _streams[callId] = stream;
        return ValueTask.FromResult(CommandReply.Accept(callId, legId ?? callId + "-0"));
    }

    /// <summary>20 ms pass: the leg says and hears these values; what it is sent comes back.</summary>
    public short[] Tick(string callId, short said, short heard = 0)
    {
        AudioStream stream = _streams[callId];
        short[] frame = new short[stream.SampleRateHz / 50];
        Timestamp now = Timestamp.FromMilliseconds(20 * ++_ticks);
        if (stream.Options.Sound is AudioStreamSound.Said or AudioStreamSound.Mixed or AudioStreamSound.Stereo)
        {
            Array.Fill(frame, said);
            stream.TakeSaid(frame, now);
        }

        if (stream.Options.Sound is AudioStreamSound.Heard or AudioStreamSound.Mixed or AudioStreamSound.Stereo)
        {
            Array.Fill(frame, heard);
            stream.TakeHeard(frame, now);
        }

        Array.Clear(frame);
        if (stream.Options.Speaks)
        {
            stream.Play(frame);
        }

        return frame;
    }

    /// <summary>The leg ends.</summary>
    public void End(string callId) => _streams[callId].End();
}
