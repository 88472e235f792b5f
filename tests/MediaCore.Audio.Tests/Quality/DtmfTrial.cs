using MediaCore.Audio.Codecs;
using MediaCore.Audio.Dtmf;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>Many digits in one stretch of sound, with what a line does to them, and how many of them are found. Seeded: the same everywhere.</summary>
internal sealed record DtmfTrial
{
    public int SampleRateHz { get; init; } = 8000;

    public int Digits { get; init; } = 160;

    public int ToneMilliseconds { get; init; } = 60;

    public int PauseMilliseconds { get; init; } = 60;

    /// <summary>Of the low frequency.</summary>
    public double LevelDbm0 { get; init; } = -12;

    /// <summary>By how much the high frequency is louder.</summary>
    public double TwistDb { get; init; }

    /// <summary>How far both frequencies are off, in parts.</summary>
    public double Deviation { get; init; }

    /// <summary>White noise below the power of both tones; infinity for none.</summary>
    public double SnrDb { get; init; } = double.PositiveInfinity;

    /// <summary>Silence in the middle of each tone.</summary>
    public int InterruptionMilliseconds { get; init; }

    /// <summary>Packets of 20 ms that are replaced by silence, in parts.</summary>
    public double Loss { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Digits sent; found as one, right and in its time; and what was found beside.</summary>
    public (int Sent, int Found, int False) Run(params CodecDescriptor[] codecs)
    {
        (short[] sound, List<(int At, char Digit)> sent) = Create();
        foreach (CodecDescriptor codec in codecs)
        {
            sound = Through(codec, sound);
        }

        Lose(sound);
        return Count(sound, sent);
    }

    public (short[] Sound, List<(int At, char Digit)> Sent) Create()
    {
        Random random = new(Seed);
        int tone = ToneMilliseconds * SampleRateHz / 1000;
        int pause = PauseMilliseconds * SampleRateHz / 1000;
        List<(int At, char Digit)> sent = [];
        short[] sound = new short[((tone + pause + 8) * Digits) + SampleRateHz];
        double low = Amplitude(LevelDbm0);
        double high = Amplitude(LevelDbm0 + TwistDb);
        double noise = double.IsInfinity(SnrDb) ? 0 : Math.Sqrt(((low * low) + (high * high)) / 2) * Math.Pow(10, -SnrDb / 20);
        int at = SampleRateHz / 4;
        for (int n = 0; n < Digits; n++)
        {
            // Not in step with any window.
            at += random.Next(8);
            char digit = DtmfDigit.At(n % 16 / 4, n % 4);
            DtmfDigit.TryGetFrequencies(digit, out double lowHz, out double highHz);
            sent.Add((at, digit));
            double phase = random.NextDouble() * 2 * Math.PI;
            for (int i = 0; i < tone; i++)
            {
                double angle = 2 * Math.PI * (1 + Deviation) * i / SampleRateHz;
                bool isInterrupted = Math.Abs(i - (tone / 2)) * 2000 < InterruptionMilliseconds * SampleRateHz;
                sound[at + i] = isInterrupted ? (short)0 : (short)Math.Clamp((low * Math.Sin(angle * lowHz)) + (high * Math.Sin(phase + (angle * highHz))), short.MinValue, short.MaxValue);
            }

            at += tone + pause;
        }

        if (noise > 0)
        {
            for (int i = 0; i < sound.Length; i++)
            {
                sound[i] = (short)Math.Clamp(sound[i] + (noise * Gaussian(random)), short.MinValue, short.MaxValue);
            }
        }

        return (sound, sent);
    }

    /// <summary>What is found in sound, with the sample at which it was told.</summary>
    public static List<(int At, DtmfDetection Found)> Detect(ReadOnlySpan<short> sound, int sampleRateHz)
    {
        DtmfDetector detector = new(sampleRateHz);
        List<(int At, DtmfDetection Found)> all = [];
        int at = 0;
        while (at < sound.Length)
        {
            at += detector.Process(sound[at..], out DtmfDetection found);
            if (!found.IsNone)
            {
                all.Add((at, found));
            }
        }

        return all;
    }

    public static short[] Through(CodecDescriptor codec, short[] sound, int bitrate = 0)
    {
        using IAudioEncoder encoder = bitrate == 0
            ? codec.CreateEncoder()
            : new MediaCore.Audio.Opus.OpusEncoder(new MediaCore.Audio.Opus.OpusEncoderOptions { SampleRateHz = 8000, BitrateBitsPerSecond = bitrate });
        using IAudioDecoder decoder = codec.CreateDecoder(encoder.SampleRateHz);
        int frame = encoder.FrameSamples;
        short[] heard = new short[sound.Length / frame * frame];
        byte[] payload = new byte[2048];
        for (int at = 0; at + frame <= sound.Length; at += frame)
        {
            int bytes = encoder.Encode(sound.AsSpan(at, frame), payload);
            decoder.TryDecode(payload.AsSpan(0, bytes), heard.AsSpan(at, frame), out _);
        }

        return heard;
    }

    /// <summary>Counts digits that were found right in their time; a codec may delay them.</summary>
    public (int Sent, int Found, int False) Count(ReadOnlySpan<short> sound, List<(int At, char Digit)> sent)
    {
        int found = 0;
        int wrong = 0;
        int next = 0;
        int tone = ToneMilliseconds * SampleRateHz / 1000;
        int slack = 55 * SampleRateHz / 1000;
        foreach ((int at, DtmfDetection detection) in Detect(sound, SampleRateHz))
        {
            if (detection.HasEnded)
            {
                continue;
            }

            while (next < sent.Count && at > sent[next].At + tone + slack)
            {
                next++;
            }

            if (next < sent.Count && at > sent[next].At && sent[next].Digit == detection.Digit)
            {
                found++;
                next++;
            }
            else
            {
                wrong++;
            }
        }

        return (sent.Count, found, wrong);
    }

    private void Lose(short[] sound)
    {
        if (Loss == 0)
        {
            return;
        }

        Random random = new(Seed + 1);
        int frame = SampleRateHz / 50;
        for (int at = 0; at + frame <= sound.Length; at += frame)
        {
            if (random.NextDouble() < Loss)
            {
                sound.AsSpan(at, frame).Clear();
            }
        }
    }

    private static double Amplitude(double levelDbm0) => 32768 * Math.Pow(10, (levelDbm0 - 3.14) / 20);

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
