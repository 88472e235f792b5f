using System.Numerics;

namespace MediaCore.Audio.Dtmf;

/// <summary>
/// Finds DTMF digits in sound within the limits of ITU-T Q.24 (<see cref="DtmfLimits"/>). Every 5 ms it looks at the last 12 ms: the loudest row and column, their share of all power, and by how much their phases went on since the
/// last look, which gives the frequencies to a few Hz although the window is short. Seven looks in a row that agree are a digit; it is told about 45 ms after its beginning. Speech hardly ever is so pure, so steady and so exact for so long. Sans-IO, allocates
/// nothing after construction. About 1.5 kB at 8 kHz beside the shared tables. Owned by its shard.
/// </summary>
public sealed class DtmfDetector
{
    private const int StepMilliseconds = 5;
    private const int Looks = DtmfLimits.MinToneMilliseconds / StepMilliseconds;
    private const int PauseLooks = DtmfLimits.MinPauseMilliseconds / StepMilliseconds;

    // In one look noise may leave the tones less than in all of them together, and the first and last of a tone are at half its amplitude.
    private const float MinLookShare = 0.55f;
    private const float EdgePower = 0.2f;

    // A loudest and a quietest look of a digit, the first and last left out, differ by less (6 dB of power), and its phase goes on evenly.
    private const float MaxUnsteadiness = 2.5f;
    private const double MinCoherence = 0.97;

    private readonly DtmfFilterBank _bank;
    private readonly int _sampleRateHz;
    private readonly int _step;
    private readonly float[] _window;
    private readonly Look[] _looks = new Look[Looks];
    private readonly Complex[] _previous = new Complex[DtmfFilterBank.Frequencies];
    private readonly float _minPower;
    private int _filled;
    private int _next;
    private char _digit;
    private float _peak;
    private int _onLooks;
    private int _missedLooks;

    /// <summary>A detector.</summary>
    /// <param name="sampleRateHz">8000, 16,000, 24,000, 32,000 or 48,000.</param>
    public DtmfDetector(int sampleRateHz = 8000)
    {
        if (sampleRateHz is not (8000 or 16_000 or 24_000 or 32_000 or 48_000))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, "Not a rate of telephone sound.");
        }

        _sampleRateHz = sampleRateHz;
        _bank = DtmfFilterBank.For(sampleRateHz);
        _step = sampleRateHz * StepMilliseconds / 1000;
        _window = new float[_bank.WindowSamples];
        _filled = _bank.WindowSamples - _step;
        double amplitude = 32768 * Math.Pow(10, (DtmfLimits.MinLevelDbm0 - 3.14) / 20);
        _minPower = (float)(amplitude * amplitude / _bank.SquareOfPower);
    }

    /// <summary>The digit that sounds now, or <c>'\0'</c>.</summary>
    public char Digit => _digit;

    /// <summary>
    /// Takes sound up to the next thing to tell. A frame is worked off by <c>while (!frame.IsEmpty) { frame = frame[detector.Process(frame, out var found)..]; … }</c>.
    /// </summary>
    /// <param name="samples">Any number; with none nothing happens.</param>
    /// <param name="found">What was found at the end of what was taken; none mostly.</param>
    /// <returns>Samples taken: all of them unless something was found before the end.</returns>
    public int Process(ReadOnlySpan<short> samples, out DtmfDetection found)
    {
        found = default;
        int taken = 0;
        while (taken < samples.Length)
        {
            int count = Math.Min(_window.Length - _filled, samples.Length - taken);
            for (int i = 0; i < count; i++)
            {
                _window[_filled + i] = samples[taken + i];
            }

            taken += count;
            _filled += count;
            if (_filled < _window.Length)
            {
                break;
            }

            found = Judge(Examine());
            _window.AsSpan(_step).CopyTo(_window);
            _filled -= _step;
            if (!found.IsNone)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>Forgets everything, for another stream.</summary>
    public void Reset()
    {
        Array.Clear(_window);
        Array.Clear(_looks);
        Array.Clear(_previous);
        _filled = _window.Length - _step;
        _next = 0;
        _digit = '\0';
        _peak = 0;
        _onLooks = _missedLooks = 0;
    }

    /// <summary>One look: the loudest row and column and what is needed to judge several together.</summary>
    private Look Examine()
    {
        Look look = default;
        float energy = _bank.Energy(_window);
        if (energy * 2 < _minPower * _bank.EnergyOfPower)
        {
            // Nothing here can be loud enough: most of a call is silence.
            Array.Clear(_previous);
            return look;
        }

        for (int k = 0; k < DtmfFilterBank.Frequencies; k++)
        {
            Complex amplitude = _bank.Analyse(_window, k);
            float power = (float)((amplitude.Real * amplitude.Real) + (amplitude.Imaginary * amplitude.Imaginary));
            ref Tone tone = ref k < 4 ? ref look.Low : ref look.High;
            if (power > tone.Power)
            {
                tone = new Tone { Index = k, Power = power, Advance = Advance(k, amplitude) };
            }

            _previous[k] = amplitude;
        }

        look.Energy = energy;
        return look;
    }

    /// <summary>How far the phase is ahead of the nominal frequency's since the last look, as a complex number with the length of both amplitudes.</summary>
    private Complex Advance(int k, Complex amplitude)
    {
        double nominal = 2 * Math.PI * _bank.FrequencyHz(k) * _step / _sampleRateHz;
        return amplitude * Complex.Conjugate(_previous[k]) * Complex.FromPolarCoordinates(1, -nominal);
    }

    private DtmfDetection Judge(in Look look)
    {
        _looks[_next] = look;
        _next = (_next + 1) % Looks;
        if (_digit != '\0')
        {
            return Continue(look);
        }

        if (!IsTonal(look) || !TryAgree(out char digit, out float power))
        {
            return default;
        }

        _digit = digit;
        _peak = power;
        _onLooks = Looks;
        _missedLooks = 0;
        return new DtmfDetection(digit, false, _onLooks * StepMilliseconds, LevelDbm0(power));
    }

    private DtmfDetection Continue(in Look look)
    {
        if (IsTonal(look) && look.Digit == _digit && look.Power > _peak * EdgePower)
        {
            _onLooks += _missedLooks + 1;
            _missedLooks = 0;
            _peak = Math.Max(_peak, look.Power);
            return default;
        }

        if (++_missedLooks < PauseLooks)
        {
            return default;
        }

        var ended = new DtmfDetection(_digit, true, _onLooks * StepMilliseconds, LevelDbm0(_peak));
        _digit = '\0';
        return ended;
    }

    private bool IsTonal(in Look look)
    {
        if (look.Energy <= 0 || look.Low.Power < _minPower * EdgePower || look.High.Power < _minPower * EdgePower)
        {
            return false;
        }

        return look.Power * _bank.EnergyOfPower >= look.Energy * MinLookShare;
    }

    /// <summary>Whether the last looks are one digit.</summary>
    private bool TryAgree(out char digit, out float power)
    {
        ref readonly Look last = ref _looks[(_next + Looks - 1) % Looks];
        digit = last.Digit;
        power = 0;
        var sum = default(Look);
        float loudest = 0;
        float quietest = float.MaxValue;
        double lowLength = 0;
        double highLength = 0;
        for (int i = 0; i < Looks; i++)
        {
            // From the oldest on.
            ref readonly Look look = ref _looks[(_next + i) % Looks];
            if (!IsTonal(look) || look.Low.Index != last.Low.Index || look.High.Index != last.High.Index)
            {
                return false;
            }

            sum.Energy += look.Energy;
            sum.Low.Power += look.Low.Power;
            sum.High.Power += look.High.Power;
            power = Math.Max(power, look.Power);
            if (i == 0)
            {
                // What its phase went on from was before the tone.
                continue;
            }

            sum.Low.Advance += look.Low.Advance;
            sum.High.Advance += look.High.Advance;
            lowLength += Complex.Abs(look.Low.Advance);
            highLength += Complex.Abs(look.High.Advance);
            if (i < Looks - 1)
            {
                loudest = Math.Max(loudest, look.Power);
                quietest = Math.Min(quietest, look.Power);
            }
        }

        double lowOff = Deviation(sum.Low.Advance);
        double highOff = Deviation(sum.High.Advance);
        double low = sum.Low.Power / Loss(lowOff);
        double high = sum.High.Power / Loss(highOff);
        return loudest <= quietest * MaxUnsteadiness
            && _looks[_next].Power > power * EdgePower && last.Power > power * EdgePower
            && low >= _minPower * Looks && high >= _minPower * Looks
            && low <= high * Ratio(DtmfLimits.MaxTwistDb) && high <= low * Ratio(DtmfLimits.MaxReverseTwistDb)
            && (low + high) * _bank.EnergyOfPower >= sum.Energy * DtmfLimits.MinPowerShare
            && Math.Abs(lowOff) <= _bank.FrequencyHz(last.Low.Index) * DtmfLimits.MaxDeviation
            && Math.Abs(highOff) <= _bank.FrequencyHz(last.High.Index) * DtmfLimits.MaxDeviation
            && Complex.Abs(sum.Low.Advance) >= lowLength * MinCoherence
            && Complex.Abs(sum.High.Advance) >= highLength * MinCoherence;
    }

    /// <summary>Hz from the nominal frequency, of a sum of advances.</summary>
    private double Deviation(Complex advance) => advance.Phase * _sampleRateHz / (2 * Math.PI * _step);

    /// <summary>What the window leaves of the power of a frequency that is so far off.</summary>
    private double Loss(double hertz)
    {
        double bins = hertz * _bank.WindowSamples / _sampleRateHz;
        if (Math.Abs(bins) < 1e-6)
        {
            return 1;
        }

        // Beyond this the frequency is refused anyway, and the formula nears its removable singularity at one bin.
        bins = Math.Clamp(bins, -0.9, 0.9);
        double response = Math.Sin(Math.PI * bins) / (Math.PI * bins * (1 - (bins * bins)));
        return response * response;
    }

    private double LevelDbm0(float power) => (10 * Math.Log10(Math.Max(power * _bank.SquareOfPower, 1e-6) / (32768.0 * 32768.0))) + 3.14;

    private static double Ratio(double decibels) => Math.Pow(10, decibels / 10);

    private struct Tone
    {
        public int Index;
        public float Power;
        public Complex Advance;
    }

    private struct Look
    {
        public Tone Low;
        public Tone High;
        public float Energy;

        public readonly float Power => Low.Power + High.Power;

        public readonly char Digit => Energy <= 0 ? '\0' : DtmfDigit.At(Low.Index, High.Index - 4);
    }
}
