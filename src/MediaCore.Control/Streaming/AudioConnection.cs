using Grpc.Core;
using MediaCore.Control.Controllers;
using MediaCore.Control.Mapping;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Control.Streaming;

/// <summary>
/// One client's stream on a leg. One task reads what the client says and writes it into the stream, one writes what comes out of it. Neither waits for the other, and the call waits for neither: a client that does not read
/// leaves its frames in the stream, where the oldest are overwritten.
/// </summary>
internal sealed class AudioConnection(
    AudioTerms terms, AudioStream stream, Requester who, CommandGate gate, TimeProvider time, IAsyncStreamReader<V1.AudioRequest> requests, IServerStreamWriter<V1.AudioResponse> responses) : IDisposable
{
    private const int MillisecondsPerSecond = 1_000;

    private readonly AudioTrack _spoken = new(terms.Codec, stream.SampleRateHz, encodes: false);
    private readonly AudioTrack[] _tracks = [.. Enumerable.Range(0, stream.Channels).Select(_ => new AudioTrack(terms.Codec, stream.SampleRateHz, encodes: true))];
    private readonly short[] _frame = new short[stream.SampleRateHz / MillisecondsPerSecond * AudioStreamLimits.FrameMilliseconds * stream.Channels];
    private readonly short[] _channel = new short[stream.SampleRateHz / MillisecondsPerSecond * AudioStreamLimits.FrameMilliseconds];

    /// <summary>Sound that the client was too slow for, in ms.</summary>
    public long DroppedOut { get; private set; }

    /// <summary>Sound of the client that there was no room for, in ms.</summary>
    public long DroppedIn { get; private set; }

    /// <summary>Runs until the leg ends and the client has been told so, or a client that only speaks has said all.</summary>
    /// <exception cref="OperationCanceledException">The client is gone, or whoever has called wants no more.</exception>
    /// <exception cref="RpcException">Why it has ended otherwise.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using CancellationTokenSource unread = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = ReadAsync(ended.Token);
        Task writing = WriteAsync(ended.Token, unread.Token);
        Task late = WaitForLateAsync(ended.Token);
        if (await Task.WhenAny(reading, writing, late) == reading && reading.IsCompletedSuccessfully)
        {
            // The client will not speak any more. It may go on listening.
            await Task.WhenAny(writing, late);
        }

        bool isLate = late.IsCompletedSuccessfully && !writing.IsCompleted;
        await ended.CancelAsync();
        try
        {
            // A message that is on its way gets there: given up, it would take the stream with it, and the client would never see why that ended. One that nobody reads is not waited for.
            await writing.WaitAsync(isLate ? TimeSpan.Zero : ControlServiceLimits.AudioEndTime, time, CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException or IOException or RpcException)
        {
            // As below.
        }

        await unread.CancelAsync();
        try
        {
            await Task.WhenAll(reading, writing, late);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or RpcException)
        {
            // How the other task ends when one has; what counts is why the first did.
        }

        foreach (Task task in (Task[])[reading, writing])
        {
            if (task.Exception?.InnerException is RpcException refused)
            {
                throw new RpcException(refused.Status);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        if (isLate)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"The leg has ended, and what was left of its sound was not read within {ControlServiceLimits.AudioEndTime.TotalSeconds:0} s."));
        }

        if (!writing.IsCompletedSuccessfully)
        {
            // Reading has failed, and not by us: the connection broke.
            throw new OperationCanceledException("The client is gone.");
        }
    }

    /// <summary>Completes some time after the leg's end: a client that does not read keeps its place no longer.</summary>
    private async Task WaitForLateAsync(CancellationToken cancellation)
    {
        await stream.WhenEnded.WaitAsync(cancellation);
        await Task.Delay(ControlServiceLimits.AudioEndTime, time, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spoken.Dispose();
        foreach (AudioTrack track in _tracks)
        {
            track.Dispose();
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation))
        {
            CheckControl();
            if (Take(requests.Current) is { } refused)
            {
                throw new RpcException(refused);
            }
        }

        if (stream.Options.Sound == AudioStreamSound.None)
        {
            stream.Finish();
        }
    }

    /// <summary>Takes a message; why not, where it cannot.</summary>
    private Status? Take(V1.AudioRequest request)
    {
        if (request.KindCase is not (V1.AudioRequest.KindOneofCase.Audio or V1.AudioRequest.KindOneofCase.Mark or V1.AudioRequest.KindOneofCase.Clear))
        {
            return new Status(StatusCode.InvalidArgument, "After start a stream's messages are audio, mark and clear.");
        }

        if (!stream.Options.Speaks)
        {
            return new Status(StatusCode.InvalidArgument, "start.speak was none: the stream only listens.");
        }

        switch (request.KindCase)
        {
            case V1.AudioRequest.KindOneofCase.Audio:
                string? problem = _spoken.Decode(request.Audio.Data.Span, stream.Write, out int samples);
                ControlMetrics.AudioReceived.Add(ToMilliseconds(samples));
                return problem is null ? null : new Status(StatusCode.InvalidArgument, problem);
            case V1.AudioRequest.KindOneofCase.Mark when request.Mark.Name.Length is 0 or > ControlServiceLimits.MaxMarkChars:
                return new Status(StatusCode.InvalidArgument, $"mark.name has 1 to {ControlServiceLimits.MaxMarkChars} characters.");
            case V1.AudioRequest.KindOneofCase.Mark:
                return stream.TryMark(request.Mark.Name)
                    ? null
                    : new Status(StatusCode.ResourceExhausted, $"{AudioStreamLimits.MaxMarks} marks have not come back; wait for some before you set more.");
            default:
                stream.Clear();
                return null;
        }
    }

    /// <summary>Writes until the leg's end; nothing more is begun once <paramref name="ended"/> is cancelled.</summary>
    private async Task WriteAsync(CancellationToken ended, CancellationToken unread)
    {
        while (true)
        {
            // What was there before the end is told before the end.
            bool isEnded = stream.IsEnded;
            bool isIdle = true;
            while (stream.TryReadEvent(out AudioStreamEvent told))
            {
                ended.ThrowIfCancellationRequested();
                await responses.WriteAsync(ToMessage(told), unread);
                isIdle = false;
            }

            if (stream.TryRead(_frame, out AudioStreamFrame frame))
            {
                await WriteAsync(frame, ended, unread);
                isIdle = false;
            }

            CheckControl();
            if (isIdle && isEnded)
            {
                ended.ThrowIfCancellationRequested();
                await responses.WriteAsync(new V1.AudioResponse { Ended = new V1.AudioEnded() }, unread);
                return;
            }

            if (isIdle)
            {
                await stream.WaitAsync(ended);
            }
        }
    }

    private async Task WriteAsync(AudioStreamFrame frame, CancellationToken ended, CancellationToken unread)
    {
        if (frame.Dropped > 0)
        {
            DroppedOut += ToMilliseconds(frame.Dropped);
            ControlMetrics.AudioDropped.Add(ToMilliseconds(frame.Dropped), ControlMetrics.Out);
            V1.AudioOverrun overrun = new() { DroppedOut = DurationMapping.ToDuration((double)ToMilliseconds(frame.Dropped)) };
            ended.ThrowIfCancellationRequested();
            await responses.WriteAsync(new V1.AudioResponse { Overrun = overrun }, unread);
        }

        ControlMetrics.AudioSent.Add(AudioStreamLimits.FrameMilliseconds);
        for (int i = 0; i < _tracks.Length; i++)
        {
            ended.ThrowIfCancellationRequested();
            await responses.WriteAsync(new V1.AudioResponse { Audio = ToMessage(frame, i) }, unread);
        }
    }

    private V1.AudioFrame ToMessage(AudioStreamFrame frame, int channel)
    {
        ReadOnlySpan<short> samples = _frame;
        if (_tracks.Length > 1)
        {
            for (int i = 0; i < _channel.Length; i++)
            {
                _channel[i] = _frame[(i * _tracks.Length) + channel];
            }

            samples = _channel;
        }

        bool isHeard = channel == 1 || stream.Options.Sound == AudioStreamSound.Heard;
        return new V1.AudioFrame
        {
            Data = _tracks[channel].Encode(samples),
            Track = isHeard ? V1.AudioFrame.Types.Track.Heard : V1.AudioFrame.Types.Track.Said,
            Position = frame.Position,
        };
    }

    private V1.AudioResponse ToMessage(AudioStreamEvent told)
    {
        if (told.Kind != AudioStreamEventKind.Dropped)
        {
            return new V1.AudioResponse { Marked = new V1.AudioMarked { Name = told.Mark, Cleared = told.Kind == AudioStreamEventKind.MarkCleared } };
        }

        DroppedIn += ToMilliseconds(told.Samples);
        ControlMetrics.AudioDropped.Add(ToMilliseconds(told.Samples), ControlMetrics.In);
        return new V1.AudioResponse { Overrun = new V1.AudioOverrun { DroppedIn = DurationMapping.ToDuration((double)ToMilliseconds(told.Samples)) } };
    }

    /// <summary>Somebody else may have claimed the call meanwhile.</summary>
    private void CheckControl()
    {
        if (gate.IsForbidden(who, terms.CallId))
        {
            throw new RpcException(new Status(StatusCode.Aborted, "Another controller has the call now."));
        }
    }

    private long ToMilliseconds(long samples) => samples * MillisecondsPerSecond / stream.SampleRateHz;
}
