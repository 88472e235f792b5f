using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Tones;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>
/// Digits of a queue, one after the other, played to a party: as telephone events in its stream where <see cref="SendsEvents"/> is set, else as sound. A digit <c>'\0'</c> is the tone that stands for a secret one.
/// Ends when the queue is empty, and where a secret digit follows others or others a secret one: those are played in another way.
/// </summary>
internal sealed class DigitSource(DigitQueue queue) : IAudioSource
{
    private const int RateHz = 8000;
    private const double MaskHz = 440;

    private static readonly Tone s_mask = new(new ToneSegment(0, MaskHz));

    private DtmfGenerator _digitSound;
    private ToneGenerator _maskSound;
    private char _digit;
    private int _length;
    private int _pause;
    private int _elapsed;
    private int _ends;
    private uint _number;

    /// <summary>Whether digits go as telephone events.</summary>
    public bool SendsEvents { get; set; }

    /// <inheritdoc/>
    public int SampleRateHz => RateHz;

    /// <inheritdoc/>
    public bool Read(Span<short> frame)
    {
        if (!TryAdvance())
        {
            return false;
        }

        // The last frame may be the digit's only in part.
        int samples = Math.Clamp((_length - _elapsed + AudioLimits.FrameMilliseconds) * RateHz / 1000, 0, frame.Length);
        if (_digit == '\0')
        {
            _maskSound.Generate(frame[..samples]);
        }
        else
        {
            _digitSound.Generate(frame[..samples]);
        }

        frame[samples..].Clear();
        return true;
    }

    /// <summary>The next 20 ms as an event. False at the end of the queue.</summary>
    /// <param name="number">Another one for each event.</param>
    /// <param name="value">The event on a clock of 1 kHz; <c>Duration</c> 0 when nothing is to be sent now.</param>
    public bool TryReadEvent(out uint number, out TelephoneEvent value)
    {
        value = default;
        number = _number;
        if (!TryAdvance())
        {
            return false;
        }

        number = _number;
        bool ends = _elapsed >= _length;
        _ends += ends ? 1 : 0;
        if (_ends <= TelephoneEventSender.EndPackets && TelephoneEvent.TryFromDigit(_digit, out byte code))
        {
            value = new TelephoneEvent(code, ends, 10, (ushort)Math.Min(_elapsed, _length));
        }

        return true;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _length = _pause = _elapsed = 0;
    }

    private bool TryAdvance()
    {
        _elapsed += AudioLimits.FrameMilliseconds;
        if (_elapsed - AudioLimits.FrameMilliseconds < _length + _pause)
        {
            return true;
        }

        bool isFirst = _length == 0;
        if (!queue.TryPeek(out char next) || (!isFirst && (next == '\0') != (_digit == '\0')))
        {
            Reset();
            return false;
        }

        queue.TryTake(out _digit, out _length, out _pause);
        _elapsed = AudioLimits.FrameMilliseconds;
        _ends = 0;
        _number++;
        if (_digit == '\0')
        {
            _maskSound = new ToneGenerator(s_mask, RateHz);
        }
        else
        {
            _digitSound = new DtmfGenerator(_digit, RateHz, _length);
        }

        return true;
    }
}
