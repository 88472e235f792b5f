using MediaCore.Primitives;

namespace MediaCore.Engine.Recordings;

/// <summary>
/// A recording on the side of its shard: puts frames of 20 ms in their place on the time axis, interleaves or mixes them, and hands them to the writer in blocks. Never waits: when no block is
/// free the frames are left out, and their time is silence. Owned by its shard; about 3 kB.
/// </summary>
internal sealed class CallRecording
{
    private const long FrameNanoseconds = 20_000_000;

    private readonly RecordingStore _store;
    private readonly RecordingWriter _writer;
    private readonly RecordingFile _file;
    private readonly RecordingTerms _terms;
    private readonly short[] _said;
    private readonly short[] _heard;
    private RecordingBlock? _block;
    private Timestamp _start;
    private Timestamp _tick;
    private Timestamp _pausedAt;
    private long _slot;
    private long _next;
    private bool _begun;
    private bool _hasSaid;
    private bool _hasHeard;

    public CallRecording(RecordingStore store, RecordingWriter writer, RecordingFile file, in RecordingTerms terms)
    {
        _store = store;
        _writer = writer;
        _file = file;
        _terms = terms;
        _said = new short[file.FrameSamples];
        _heard = new short[file.FrameSamples];
        Said = new RecordingTap(this, isHeard: false);
        Heard = new RecordingTap(this, isHeard: true);
    }

    /// <summary>Samples per second of the frames it takes.</summary>
    public int SampleRateHz => _file.FrameSamples * 50;

    /// <summary>The tap on what the party says.</summary>
    public RecordingTap Said { get; }

    /// <summary>The tap on what it hears.</summary>
    public RecordingTap Heard { get; }

    /// <summary>Whether what the party says is in it.</summary>
    public bool TakesSaid => _terms.Layout != RecordingLayout.Heard;

    /// <summary>Whether what the party hears is in it.</summary>
    public bool TakesHeard => _terms.Layout != RecordingLayout.Said;

    /// <summary>Whether both sides are in it, so that it can go on at the other party when the one that it began at leaves.</summary>
    public bool HasBothSides => TakesSaid && TakesHeard;

    /// <summary>What is known of it; <see cref="RecordingStatus.Running"/> until the writer is done.</summary>
    public RecordingInfo Info
    {
        get
        {
            RecordingInfo info = _file.Info;
            return info.Status == RecordingStatus.Running ? info with { Duration = Length, Gaps = _file.Gaps } : info;
        }
    }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether it has ended: stopped, discarded, or as long as it may be.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Told once, on its shard, when it has ended.</summary>
    public Action? Ended { get; set; }

    /// <summary>Sound in it; its whole length once it has ended.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>Time zero of the file.</summary>
    public void Begin(Timestamp now)
    {
        _start = now;
        _begun = true;
    }

    /// <summary>The next 20 ms of what the party says.</summary>
    public void TakeSaid(ReadOnlySpan<short> frame, Timestamp now)
    {
        if (TryPlace(_hasSaid, now))
        {
            frame[..Math.Min(frame.Length, _said.Length)].CopyTo(_said);
            _hasSaid = true;
            CommitIfWhole();
        }
    }

    /// <summary>The next 20 ms of what the party hears.</summary>
    public void TakeHeard(ReadOnlySpan<short> frame, Timestamp now)
    {
        if (TryPlace(_hasHeard, now))
        {
            frame[..Math.Min(frame.Length, _heard.Length)].CopyTo(_heard);
            _hasHeard = true;
            CommitIfWhole();
        }
    }

    /// <summary>Leaves out what comes from now on; false when it is paused or over.</summary>
    public bool Pause(Timestamp now)
    {
        if (IsPaused || IsEnded)
        {
            return false;
        }

        Commit();
        IsPaused = true;
        _pausedAt = now;
        return true;
    }

    /// <summary>Goes on; false when it is not paused.</summary>
    public bool Resume(Timestamp now)
    {
        if (!IsPaused || IsEnded)
        {
            return false;
        }

        IsPaused = false;
        if (_terms.Pause == RecordingPause.Cut)
        {
            _start += now - _pausedAt;
        }

        // The pause is silence from here: nothing of it is made up for.
        _next = Math.Max(_next, (now - _start).Ticks * 100 / FrameNanoseconds);

        return true;
    }

    /// <summary>Ends it; false when it has ended before.</summary>
    /// <param name="now">The file's sound lasts until now.</param>
    /// <param name="discard">Nothing of it is to be kept.</param>
    public bool Stop(Timestamp now, bool discard)
    {
        if (IsEnded)
        {
            return false;
        }

        Commit();
        Timestamp end = IsPaused && _terms.Pause == RecordingPause.Cut ? _pausedAt : now;
        End(_begun ? end - _start : TimeSpan.Zero, discard);
        return true;
    }

    private bool TryPlace(bool hasAlready, Timestamp now)
    {
        if (IsEnded || IsPaused || !_begun)
        {
            return false;
        }

        if (hasAlready || ((_hasSaid || _hasHeard) && now != _tick))
        {
            Commit();
        }

        if (_hasSaid || _hasHeard)
        {
            return true;
        }

        // Frames follow each other; where some are missing, the clock says how many.
        long due = ((now - _start).Ticks * 100 + (FrameNanoseconds / 2)) / FrameNanoseconds;
        if (due - _next > RecordingLimits.MaxLateFrames)
        {
            _next = due;
        }
        else if (_next - due > RecordingLimits.MaxEarlyFrames)
        {
            return false;
        }

        _tick = now;
        _slot = _next;
        return true;
    }

    private void CommitIfWhole()
    {
        if ((_hasSaid || !TakesSaid) && (_hasHeard || !TakesHeard))
        {
            Commit();
        }
    }

    private void Commit()
    {
        if (!_hasSaid && !_hasHeard)
        {
            return;
        }

        long slot = _slot;
        _next = slot + 1;
        if (_block is { } full && (slot != full.FirstFrame + full.Frames || full.Frames == RecordingLimits.BlockFrames))
        {
            Post();
        }

        _block ??= _store.Blocks.TryRent();
        if (_block is not { } block)
        {
            _file.CountDropped(1);
        }
        else
        {
            block.FirstFrame = block.Frames == 0 ? slot : block.FirstFrame;
            Place(block.Samples.AsSpan(block.Frames * _file.FrameSamples * _file.Channels));
            block.Frames++;
        }

        Length = TimeSpan.FromMilliseconds(20 * _next);
        _hasSaid = _hasHeard = false;
        _said.AsSpan().Clear();
        _heard.AsSpan().Clear();
        if (Length >= _terms.MaxDuration)
        {
            End(_terms.MaxDuration, discard: false);
        }
    }

    private void Place(Span<short> samples)
    {
        switch (_terms.Layout)
        {
            case RecordingLayout.Stereo:
                for (int i = 0; i < _said.Length; i++)
                {
                    samples[2 * i] = _said[i];
                    samples[(2 * i) + 1] = _heard[i];
                }

                break;
            case RecordingLayout.Mixed:
                for (int i = 0; i < _said.Length; i++)
                {
                    samples[i] = (short)Math.Clamp(_said[i] + _heard[i], short.MinValue, short.MaxValue);
                }

                break;
            default:
                (_terms.Layout == RecordingLayout.Said ? _said : _heard).CopyTo(samples);
                break;
        }
    }

    private void End(TimeSpan length, bool discard)
    {
        IsEnded = true;
        Post();
        Length = length > Length ? length : Length;
        _file.SetEnd(Length, discard);
        if (!_writer.TryPost(new RecordingItem(RecordingItemKind.End, _file)))
        {
            _file.LeaveEnd();
        }

        Ended?.Invoke();
    }

    private void Post()
    {
        if (_block is not { } block)
        {
            return;
        }

        _block = null;
        if (!_writer.TryPost(new RecordingItem(RecordingItemKind.Block, _file, block)))
        {
            _file.CountDropped(block.Frames);
            _store.Blocks.Return(block);
        }
    }
}
