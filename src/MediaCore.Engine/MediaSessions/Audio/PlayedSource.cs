using MediaCore.Audio.Resampling;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Something that is played to a party: what, whether others are heard meanwhile, who wants to know of its end, and how its rate becomes the session's. Owned by its shard.</summary>
internal sealed class PlayedSource(IAudioSource source, SourceMode mode, IPlaybackListener? listener)
{
    private StreamResampler? _resampler;

    /// <summary>What is played.</summary>
    public IAudioSource Source { get; } = source;

    /// <summary>Whether others are heard meanwhile.</summary>
    public SourceMode Mode { get; } = mode;

    /// <summary>Whether it has come to its end; it is let go after the tick.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>It has come to its end.</summary>
    public void Finish() => IsFinished = true;

    /// <summary>Tells of its end.</summary>
    public void Tell(MediaLeg leg, bool completed) => listener?.OnPlaybackEnded(leg, Source, completed);

    /// <summary>Puts its next 20 ms into a frame; false, with nothing changed, when it is over.</summary>
    /// <param name="frame">What is heard without it, at the session's rate.</param>
    /// <param name="sampleRateHz">The session's rate.</param>
    /// <param name="scratch">Room for the source's frame and the converted one.</param>
    public bool TryHear(Span<short> frame, int sampleRateHz, Span<short> scratch)
    {
        int rate = Source.SampleRateHz;
        Span<short> read = scratch[..(rate / AudioLimits.FramesPerSecond)];
        if (IsFinished || !Source.Read(read))
        {
            IsFinished = true;
            return false;
        }

        if (Mode == SourceMode.Yielding && Source.IsQuiet)
        {
            // Its listener's side shall not take the call for dead: the frame is sent, silence as it may be.
            return true;
        }

        if (rate != sampleRateHz)
        {
            if (_resampler?.OutputRateHz != sampleRateHz && !StreamResampler.TryCreate(rate, sampleRateHz, out _resampler))
            {
                IsFinished = true;
                return false;
            }

            Span<short> converted = scratch[read.Length..];
            int count = _resampler!.Convert(read, converted);
            read = converted[..Math.Min(count, frame.Length)];
        }

        if (Mode != SourceMode.Mixed)
        {
            read.CopyTo(frame);
            frame[read.Length..].Clear();
            return true;
        }

        for (int i = 0; i < read.Length; i++)
        {
            frame[i] = (short)Math.Clamp(frame[i] + read[i], short.MinValue, short.MaxValue);
        }

        return true;
    }
}
