namespace MediaCore.Audio.ComfortNoise;

/// <summary>
/// The sender's side of RFC 3389: tells when there is nothing but background noise, and describes that by its level (§3.1) and <see cref="Order"/> reflection coefficients (§3.2). A description is due when a silence
/// begins, when level or spectrum have changed, and every <see cref="UpdateMilliseconds"/>. Constant size, allocates nothing. Owned by its shard.
/// </summary>
public sealed class NoiseDescriber
{
    /// <summary>Coefficients in a description: as many as the linear prediction of telephone codecs has.</summary>
    public const int Order = 10;

    /// <summary>Bytes of a description.</summary>
    public const int MaxPayloadBytes = Order + 1;

    /// <summary>A description comes at least so often, so that one that was lost is soon made up for, and nobody takes the stream for dead: as often as Opus in its discontinuous mode.</summary>
    public const int UpdateMilliseconds = 400;

    /// <summary>And not more often than this, however the noise changes.</summary>
    public const int MinUpdateMilliseconds = 100;

    /// <summary>What is steady and louder than this is no background: a modem, a fax, a test tone.</summary>
    public const int LoudestNoiseDbov = -40;

    // A channel that is switched off: nothing is to be learnt from it of the noise on one that is not.
    private const int SwitchedOffDbov = -90;

    // Longer frames are looked at in pieces.
    private const int MaxPieceMilliseconds = 20;

    // Part of the average that a frame of noise makes up: most of it is of the last 100 ms, so that the tail of a word is forgotten when the hangover ends.
    private const double Newest = 0.25;

    private const int LevelChangeDecibels = 2;
    private const double SpectrumChange = 0.1;

    private readonly double[] _correlation = new double[Order + 1];
    private readonly double[] _reflections = new double[Order];
    private readonly double[] _told = new double[Order];
    private readonly byte[] _payload = new byte[MaxPayloadBytes];
    private VoiceActivityDetector _activity;
    private int _payloadBytes;
    private int _toldLevelDbov;
    private int _sinceToldMilliseconds;
    private bool _hasAverage;
    private bool _isQuiet;

    /// <summary>The description that is due, or the last one: level octet, then coefficients; without these when there is no sound at all.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadBytes);

    /// <summary>Looks at the next piece of sound, of one packet.</summary>
    public NoiseVerdict Next(ReadOnlySpan<short> sound, int sampleRateHz)
    {
        int piece = sampleRateHz * MaxPieceMilliseconds / 1000;
        bool isSound = false;
        for (int start = 0; start < sound.Length; start += piece)
        {
            isSound |= IsSound(sound.Slice(start, Math.Min(piece, sound.Length - start)));
        }

        if (isSound)
        {
            _isQuiet = false;
            return NoiseVerdict.Sound;
        }

        _sinceToldMilliseconds += sound.Length * 1000 / sampleRateHz;
        int level = Analyse();
        bool isDue = !_isQuiet || _sinceToldMilliseconds >= UpdateMilliseconds || (_sinceToldMilliseconds >= MinUpdateMilliseconds && HasChanged(level));
        _isQuiet = true;
        if (!isDue)
        {
            return NoiseVerdict.Nothing;
        }

        Tell(level);
        return NoiseVerdict.Describe;
    }

    /// <summary>Forgets what it heard, for another stream.</summary>
    public void Reset()
    {
        _activity = default;
        _hasAverage = _isQuiet = false;
        _payloadBytes = _sinceToldMilliseconds = 0;
    }

    private bool IsSound(ReadOnlySpan<short> piece)
    {
        int level = NoiseLevel.Measure(piece);
        bool isSpeech = level > SwitchedOffDbov && _activity.IsSpeech(piece);
        bool isLoud = (isSpeech && _activity.IsLoud) || level > LoudestNoiseDbov;
        if (isLoud)
        {
            _hasAverage = false;
        }
        else
        {
            Average(piece);
        }

        return isSpeech || isLoud;
    }

    /// <summary>The autocorrelation of the noise, a moving average per sample.</summary>
    private void Average(ReadOnlySpan<short> piece)
    {
        double weight = _hasAverage ? Newest : 1;
        for (int lag = 0; lag <= Order; lag++)
        {
            double sum = 0;
            for (int i = lag; i < piece.Length; i++)
            {
                sum += (double)piece[i] * piece[i - lag];
            }

            _correlation[lag] += weight * ((sum / piece.Length) - _correlation[lag]);
        }

        _hasAverage = true;
    }

    /// <summary>The recursion of Levinson and Durbin; the coefficients are those of the filter 1 + Σ aᵢ·z⁻ⁱ that leaves of the noise what cannot be foretold. Returns the level.</summary>
    private int Analyse()
    {
        Array.Clear(_reflections);
        double power = _correlation[0];
        int level = power <= 0 ? -127 : (int)Math.Clamp(Math.Round(10 * Math.Log10(power / (32768.0 * 32768))), -127, 0);
        Span<double> filter = stackalloc double[Order + 1];
        Span<double> next = stackalloc double[Order + 1];
        filter.Clear();
        filter[0] = 1;

        // Less than half a step of sixteen bits says nothing about a spectrum. A ten-thousandth of white noise keeps the recursion away from its edge.
        double rest = power * 1.0001;
        for (int i = 1; i <= Order && power > 0.25; i++)
        {
            double sum = 0;
            for (int k = 0; k < i; k++)
            {
                sum += filter[k] * _correlation[i - k];
            }

            double reflection = Math.Clamp(-sum / rest, -0.999, 0.999);
            filter.CopyTo(next);
            for (int k = 1; k <= i; k++)
            {
                next[k] = filter[k] + (reflection * filter[i - k]);
            }

            next.CopyTo(filter);
            rest *= 1 - (reflection * reflection);
            _reflections[i - 1] = reflection;
        }

        return level;
    }

    private bool HasChanged(int level)
    {
        double distance = 0;
        for (int i = 0; i < Order; i++)
        {
            distance += (_reflections[i] - _told[i]) * (_reflections[i] - _told[i]);
        }

        return Math.Abs(level - _toldLevelDbov) >= LevelChangeDecibels || (distance > SpectrumChange && level > -127);
    }

    private void Tell(int level)
    {
        _sinceToldMilliseconds = 0;
        _toldLevelDbov = level;
        _reflections.CopyTo(_told, 0);
        _payload[0] = NoiseLevel.ToOctet(level);
        _payloadBytes = 1;
        for (int i = 0; i < Order && level > -127; i++)
        {
            // RFC 3389 §3.2: k = 258 · (N − 127) / 32768.
            _payload[_payloadBytes++] = (byte)Math.Clamp(127 + Math.Round(_reflections[i] * 32768 / 258), 0, 254);
        }
    }
}
