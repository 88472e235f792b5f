using MediaCore.Audio.Resampling;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>The taps on one sound, at most <see cref="AudioLimits.MaxTaps"/>, each fed at the rate that it wants. Owned by its party.</summary>
internal sealed class TapList
{
    private readonly Entry[] _taps = new Entry[AudioLimits.MaxTaps];
    private short[] _resampled = [];

    /// <summary>Taps attached.</summary>
    public int Count { get; private set; }

    /// <summary>Attaches a tap; false when there are too many or it is there already.</summary>
    public bool TryAdd(IAudioTap tap)
    {
        if (Count == _taps.Length || IndexOf(tap) >= 0)
        {
            return false;
        }

        _taps[Count++] = new Entry { Tap = tap };
        return true;
    }

    /// <summary>Detaches a tap; false when it was not there. A tap may detach itself while it is being fed.</summary>
    public bool Remove(IAudioTap tap)
    {
        int index = IndexOf(tap);
        if (index < 0)
        {
            return false;
        }

        _taps[index] = _taps[--Count];
        _taps[Count] = default;
        return true;
    }

    /// <summary>Detaches all.</summary>
    public void Clear()
    {
        _taps.AsSpan().Clear();
        Count = 0;
    }

    /// <summary>Feeds a frame to each.</summary>
    public void Feed(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now)
    {
        // Backwards: one that detaches itself is replaced by one that was fed already.
        for (int i = Count - 1; i >= 0; i--)
        {
            IAudioTap tap = _taps[i].Tap!;
            if (tap.SampleRateHz == 0 || tap.SampleRateHz == sampleRateHz)
            {
                tap.Take(frame, sampleRateHz, now);
            }
            else if (TryResample(ref _taps[i], frame, sampleRateHz, out ReadOnlySpan<short> resampled))
            {
                tap.Take(resampled, tap.SampleRateHz, now);
            }
        }
    }

    private bool TryResample(ref Entry entry, ReadOnlySpan<short> frame, int sampleRateHz, out ReadOnlySpan<short> resampled)
    {
        resampled = default;
        int wanted = entry.Tap!.SampleRateHz;
        if (entry.Resampler is not { } resampler || resampler.InputRateHz != sampleRateHz)
        {
            if (!StreamResampler.TryCreate(sampleRateHz, wanted, out resampler))
            {
                return false;
            }

            entry.Resampler = resampler;
        }

        int room = resampler.MaxOutputLength(frame.Length);
        _resampled = _resampled.Length >= room ? _resampled : new short[room];
        resampled = _resampled.AsSpan(0, resampler.Convert(frame, _resampled));
        return true;
    }

    private int IndexOf(IAudioTap tap)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_taps[i].Tap, tap))
            {
                return i;
            }
        }

        return -1;
    }

    private struct Entry
    {
        public IAudioTap? Tap;
        public StreamResampler? Resampler;
    }
}
