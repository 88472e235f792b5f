using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Tones;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>Finds digits in what a party says: as a tap, which changes nothing, or as a filter that takes them out, since the other side gets them in another form or not at all.</summary>
internal sealed class InBandDigits(LegDigits digits) : IAudioTap, IAudioFilter
{
    private const double MaskHz = 440;
    private static readonly Tone s_mask = new(new ToneSegment(0, MaskHz));

    private DtmfDetector? _detector;
    private DtmfSuppressor? _suppressor;
    private ToneGenerator _maskSound;
    private int _sampleRateHz;

    /// <summary>Whether a tone takes the place of a digit that is taken out.</summary>
    public bool FillsWithTone { get; set; }

    /// <inheritdoc/>
    public int SampleRateHz => 8000;

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now)
    {
        _detector ??= new DtmfDetector(SampleRateHz);
        while (!frame.IsEmpty)
        {
            frame = frame[_detector.Process(frame, out DtmfDetection found)..];
            Tell(found, now);
        }
    }

    /// <inheritdoc/>
    public void Process(Span<short> frame, int sampleRateHz, Timestamp now)
    {
        if (_suppressor is null || sampleRateHz != _sampleRateHz)
        {
            _sampleRateHz = sampleRateHz;
            _suppressor = new DtmfSuppressor(sampleRateHz);
            _maskSound = new ToneGenerator(s_mask, sampleRateHz);
        }

        while (!frame.IsEmpty)
        {
            bool sounds = FillsWithTone && _suppressor.IsSounding;
            int taken = _suppressor.Process(frame, out DtmfDetection found);
            if (sounds)
            {
                _maskSound.Generate(frame[..taken]);
            }

            frame = frame[taken..];
            Tell(found, now);
        }
    }

    private void Tell(in DtmfDetection found, Timestamp now)
    {
        if (found is { IsNone: false, HasEnded: true })
        {
            digits.OnReceived(found.Digit, found.Milliseconds, DigitOrigin.InBand, now);
        }
    }
}
