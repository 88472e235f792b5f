using System.Runtime.InteropServices;
using MediaCore.Audio.Mixing;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>
/// The sound of a leg for a consumer on another thread. The shard's half takes frames (<see cref="TakeSaid"/>, <see cref="TakeHeard"/>) and gives what is to be played (<see cref="Play"/>); the consumer's half is
/// <see cref="IAudioStream"/>. Between them are two <see cref="OverwritingRing{T}"/> and two <see cref="EventRing{T}"/>: no locks, and the shard never waits. At 16 kHz and the default bounds about 1 MB, made with the stream.
/// </summary>
public sealed class AudioStream : IAudioStream
{
    // The last clear in one word: up to which position, and the count of clears, so that a mark at that position can be told to be from before or after it. Between a mark and the next tick there are fewer than half of 65,536.
    private const int ClearCountBits = 16;

    // Before the samples of each frame stands its position, as four samples.
    private const int HeaderSamples = sizeof(long) / sizeof(short);

    private readonly OverwritingRing<Uninterrupted> _out;
    private readonly OverwritingRing<Uninterrupted> _in;
    private readonly EventRing<(long Position, long Clear, string Name)> _marks = new(AudioStreamLimits.MaxMarks);

    // Twice the marks: a dropped event leaves room for all of them.
    private readonly EventRing<AudioStreamEvent> _events = new(2 * AudioStreamLimits.MaxMarks);
    private readonly StreamSignal _signal = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _frameSamples;

    // Owned by the consumer's reading half.
    private readonly short[] _read;
    private long _expected;

    // Owned by the shard.
    private readonly short[] _said;
    private readonly short[] _heard;
    private readonly short[] _record;
    private readonly int[] _sum;
    private readonly SoftLimiter _limiter;
    private bool _hasSaid;
    private bool _hasHeard;
    private Timestamp _pendingAt;
    private Timestamp _lastAt;
    private long _position;
    private bool _started;
    private long _missed;
    private int _quietFrames = AudioStreamLimits.HangoverFrames;

    // Shared.
    private int _openMarks;
    private long _clear;
    private bool _isFinished;
    private bool _isEnded;

    /// <summary>A stream that is not attached yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public AudioStream(AudioStreamOptions options)
    {
        if (options.SampleRateHz is not (8000 or 16_000 or 24_000 or 48_000))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.SampleRateHz, "A stream is at 8, 16, 24 or 48 kHz.");
        }

        if (options.OutgoingMilliseconds is < AudioStreamLimits.FrameMilliseconds or > AudioStreamLimits.MaxOutgoingMilliseconds
            || options.IncomingMilliseconds is < AudioStreamLimits.FrameMilliseconds or > AudioStreamLimits.MaxIncomingMilliseconds)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "A queue is out of its bounds.");
        }

        Options = options;
        _frameSamples = options.SampleRateHz / 1000 * AudioStreamLimits.FrameMilliseconds;
        _said = new short[_frameSamples];
        _heard = new short[_frameSamples];
        _sum = new int[_frameSamples];
        _limiter = new SoftLimiter(_frameSamples);
        int record = HeaderSamples + (_frameSamples * Channels);
        _record = new short[record];
        _read = new short[record];
        int frames = options.Sound == AudioStreamSound.None ? 1 : options.OutgoingMilliseconds / AudioStreamLimits.FrameMilliseconds;
        _out = new OverwritingRing<Uninterrupted>(frames * record, record);
        _in = new OverwritingRing<Uninterrupted>(
            options.Speaks ? Math.Min(options.IncomingMilliseconds * (options.SampleRateHz / 1000), AudioStreamLimits.MaxIncomingSamples) : _frameSamples);
    }

    /// <summary>What it carries.</summary>
    public AudioStreamOptions Options { get; }

    /// <inheritdoc/>
    public int SampleRateHz => Options.SampleRateHz;

    /// <inheritdoc/>
    public int Channels => Options.Sound == AudioStreamSound.Stereo ? 2 : 1;

    /// <inheritdoc/>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <inheritdoc/>
    public long Queued => Math.Min(_in.Written - Math.Max(_in.Position, Volatile.Read(ref _clear) >> ClearCountBits), _in.Capacity);

    /// <summary>Samples written in so far, dropped ones too.</summary>
    internal long Written => _in.Written;

    /// <inheritdoc/>
    public bool TryRead(Span<short> samples, out AudioStreamFrame frame)
    {
        if (_out.Read(_read, out long missed) == 0)
        {
            frame = default;
            return false;
        }

        _read.AsSpan(HeaderSamples).CopyTo(samples);
        long position = MemoryMarshal.Read<long>(MemoryMarshal.AsBytes(_read.AsSpan(0, HeaderSamples)));
        long dropped = missed / _read.Length * _frameSamples;
        frame = new AudioStreamFrame(position, _frameSamples, dropped, position - _expected - dropped);
        _expected = position + _frameSamples;
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadEvent(out AudioStreamEvent streamEvent)
    {
        if (!_events.TryRead(out streamEvent))
        {
            return false;
        }

        if (streamEvent.Mark is not null)
        {
            Interlocked.Decrement(ref _openMarks);
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (!IsEnded)
        {
            await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> samples) => _in.Write(samples);

    /// <inheritdoc/>
    public bool TryMark(string name)
    {
        if (name.Length > AudioStreamLimits.MaxMarkLength)
        {
            throw new ArgumentException($"A mark has at most {AudioStreamLimits.MaxMarkLength} characters.", nameof(name));
        }

        // Counted before it can come back: the reading half takes it off again.
        if (Interlocked.Increment(ref _openMarks) > AudioStreamLimits.MaxMarks || !_marks.TryWrite((_in.Written, Volatile.Read(ref _clear), name)))
        {
            Interlocked.Decrement(ref _openMarks);
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Clear() => Volatile.Write(ref _clear, (_in.Written << ClearCountBits) | ((Volatile.Read(ref _clear) + 1) & ((1L << ClearCountBits) - 1)));

    /// <inheritdoc/>
    public void Finish() => Volatile.Write(ref _isFinished, true);

    /// <summary>Completes when either side has ended the stream; what is in it can be read all the same.</summary>
    public Task WhenEnded => _ended.Task;

    /// <summary>Ends the stream from the consumer's side; the shard takes it off its leg at the next tick.</summary>
    public void Dispose() => End();

    /// <summary>Ends the stream: either side may.</summary>
    internal void End()
    {
        Volatile.Write(ref _isEnded, true);
        _ended.TrySetResult();
        _signal.Set();
    }

    /// <summary>Takes what the party said: 20 ms at <see cref="SampleRateHz"/>. The shard's thread.</summary>
    internal void TakeSaid(ReadOnlySpan<short> frame, Timestamp now)
    {
        if (Options.Sound is AudioStreamSound.Said)
        {
            Send(frame, now);
        }
        else
        {
            Pair(frame, _said, ref _hasSaid, now);
        }
    }

    /// <summary>Takes what the party heard. The shard's thread.</summary>
    internal void TakeHeard(ReadOnlySpan<short> frame, Timestamp now)
    {
        if (Options.Sound is AudioStreamSound.Heard)
        {
            Send(frame, now);
        }
        else
        {
            Pair(frame, _heard, ref _hasHeard, now);
        }
    }

    /// <summary>Whether nothing was there to be played for a while (<see cref="AudioStreamLimits.HangoverFrames"/>). The shard's thread.</summary>
    internal bool IsQuiet => _quietFrames == AudioStreamLimits.HangoverFrames;

    /// <summary>Gives the next 20 ms to be played, silence where nothing waits; false once the stream has ended. The shard's thread.</summary>
    internal bool Play(Span<short> frame)
    {
        if (IsEnded)
        {
            return false;
        }

        // Before what is read: nothing is written after it was set.
        bool isFinished = Volatile.Read(ref _isFinished);
        long clear = Volatile.Read(ref _clear);
        long played = _in.Position;
        _in.SkipTo(clear >> ClearCountBits);
        int count = _in.Read(frame, out long missed);
        frame[count..].Clear();
        _quietFrames = count > 0 ? 0 : Math.Min(_quietFrames + 1, AudioStreamLimits.HangoverFrames);
        _missed += missed;
        bool any = false;
        if (_missed > 0 && _events.Count < AudioStreamLimits.MaxMarks && _events.TryWrite(new AudioStreamEvent(AudioStreamEventKind.Dropped, null, _in.Position - count, _missed)))
        {
            _missed = 0;
            any = true;
        }

        while (_marks.TryPeek(out (long Position, long Clear, string Name) mark) && mark.Position <= _in.Position)
        {
            // Room is never missing: each open mark has a place.
            bool isBeforeClear = (short)(clear - mark.Clear) > 0;
            AudioStreamEventKind kind = isBeforeClear && mark.Position > played ? AudioStreamEventKind.MarkCleared : AudioStreamEventKind.MarkPlayed;
            _events.TryWrite(new AudioStreamEvent(kind, mark.Name, mark.Position, 0));
            _marks.TryRead(out _);
            any = true;
        }

        if (isFinished && count == 0)
        {
            End();
            return false;
        }

        if (any)
        {
            _signal.Set();
        }

        return true;
    }

    /// <summary>Two sounds of one tick become one frame; where one of them does not come the other goes without it.</summary>
    private void Pair(ReadOnlySpan<short> frame, short[] side, ref bool has, Timestamp now)
    {
        if (has || ((_hasSaid || _hasHeard) && now - _pendingAt >= TimeSpan.FromMilliseconds(AudioStreamLimits.FrameMilliseconds)))
        {
            SendPair();
        }

        frame.CopyTo(side);
        has = true;
        _pendingAt = now;
        if (_hasSaid && _hasHeard)
        {
            SendPair();
        }
    }

    private void SendPair()
    {
        if (!_hasSaid)
        {
            Array.Clear(_said);
        }

        if (!_hasHeard)
        {
            Array.Clear(_heard);
        }

        _hasSaid = _hasHeard = false;
        Span<short> samples = BeginRecord(_pendingAt);
        if (Options.Sound == AudioStreamSound.Stereo)
        {
            for (int i = 0; i < _frameSamples; i++)
            {
                samples[2 * i] = _said[i];
                samples[(2 * i) + 1] = _heard[i];
            }
        }
        else
        {
            for (int i = 0; i < _frameSamples; i++)
            {
                _sum[i] = _said[i] + _heard[i];
            }

            _limiter.Process(_sum, samples);
        }

        EndRecord();
    }

    private void Send(ReadOnlySpan<short> frame, Timestamp now)
    {
        frame.CopyTo(BeginRecord(now));
        EndRecord();
    }

    private Span<short> BeginRecord(Timestamp now)
    {
        if (_started)
        {
            // Ticks come on a grid of 20 ms; where some are missing the call had no sound.
            double frames = (now - _lastAt).TotalMilliseconds / AudioStreamLimits.FrameMilliseconds;
            _position += Math.Max(1, (long)Math.Round(frames)) * _frameSamples;
        }

        _started = true;
        _lastAt = now;
        MemoryMarshal.Write(MemoryMarshal.AsBytes(_record.AsSpan(0, HeaderSamples)), _position);
        return _record.AsSpan(HeaderSamples);
    }

    private void EndRecord()
    {
        _out.Write(_record);
        _signal.Set();
    }
}
