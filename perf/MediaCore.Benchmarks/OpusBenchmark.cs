using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;

namespace MediaCore.Benchmarks;

/// <summary>20 ms through Opus, and the two measurements that are no micro-benchmarks: the C program's loop in our code (perf/compare/opus.sh), and the damage by lost packets.</summary>
[MemoryDiagnoser]
public sealed partial class OpusBenchmark : IDisposable
{
    private const int Frames = 3000;
    private const int ThreadClock = 3;
    private const int Seeds = 5;

    private static readonly double[] s_losses = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1];

    private readonly OpusEncoder _encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, InBandFec = true, ExpectedLossPercent = 10 });
    private readonly OpusDecoder _decoder = new(16_000);
    private readonly short[] _speech = Signals.Syllables(16_000, 32_000);
    private readonly short[] _heard = new short[320];
    private readonly byte[] _payload = new byte[1500];
    private int _turn;

    [Benchmark]
    public bool RoundTrip()
    {
        int bytes = _encoder.Encode(_speech.AsSpan(_turn++ % 100 * 320, 320), _payload);
        return _decoder.TryDecode(_payload.AsSpan(0, bytes), _heard, out _);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _decoder.Dispose();
    }

    /// <summary>The same sound, settings and steps as in the C program, each call timed by the processor time of its thread; prints the same lines.</summary>
    internal static int CompareLoop(TextWriter output)
    {
        for (int complexity = 0; complexity <= 10; complexity += 5)
        {
            foreach (int rate in (int[])[8000, 48_000])
            {
                // Once for the compiler.
                Loop(rate, complexity, 200);
                (double encode, double decode) = Loop(rate, complexity, Frames);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours {rate} Hz complexity {complexity}: encode {encode:F1} us decode {decode:F1} us per 20 ms frame"));
            }
        }

        return 0;
    }

    /// <summary>Prints how far WAVE files of speech are from themselves when packets are lost, recovered, concealed or silent; writes it as JSON where asked to.</summary>
    internal static int MeasureLoss(string json, string[] files, TextWriter output)
    {
        StringBuilder table = new("| speech | loss | SNR recovered dB | concealed | silent | spectral distance recovered dB | concealed | silent |\n|---|---|---|---|---|---|---|---|\n");
        List<object> rows = [];
        foreach (string file in files)
        {
            if (!WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out WaveError error) || wave.SampleRateHz is not (8000 or 16000))
            {
                output.WriteLine($"{file}: {error}, or neither 8 nor 16 kHz.");
                return 2;
            }

            foreach (double loss in s_losses)
            {
                double[] sums = new double[6];
                for (int seed = 1; seed <= Seeds; seed++)
                {
                    (short[] reference, short[] recovered, short[] concealed, short[] silenced) = OpusLoss.Run(wave.Samples, wave.SampleRateHz, loss, seed);
                    short[][] ways = [recovered, concealed, silenced];
                    for (int i = 0; i < ways.Length; i++)
                    {
                        sums[i] += SegmentalSnr.Decibels(reference, ways[i], wave.SampleRateHz) / Seeds;
                        sums[3 + i] += LogSpectralDistance.Decibels(reference, ways[i], wave.SampleRateHz) / Seeds;
                    }
                }

                string name = $"{Path.GetFileName(file)}, {wave.SampleRateHz / 1000} kHz, {wave.Duration.TotalSeconds:F1} s";
                table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {loss * 100:F0} % | {sums[0]:F1} | {sums[1]:F1} | {sums[2]:F1} | {sums[3]:F2} | {sums[4]:F2} | {sums[5]:F2} |");
                rows.Add(new
                {
                    speech = name, loss, snr_recovered_db = sums[0], snr_concealed_db = sums[1], snr_silent_db = sums[2],
                    spectral_distance_recovered_db = sums[3], spectral_distance_concealed_db = sums[4], spectral_distance_silent_db = sums[5],
                });
            }
        }

        output.Write(table);
        File.WriteAllText(json, JsonSerializer.Serialize(rows, s_json) + "\n");
        return 0;
    }

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private static (double Encode, double Decode) Loop(int rate, int complexity, int frames)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, Complexity = complexity, BitrateBitsPerSecond = 24_000, Signal = OpusSignal.Auto });
        using OpusDecoder decoder = new(rate);
        short[] samples = new short[rate / 50];
        short[] heard = new short[960];
        byte[] payload = new byte[1500];
        double phase = 0;
        double encode = 0;
        double decode = 0;
        for (int i = 0; i < frames; i++)
        {
            for (int k = 0; k < samples.Length; k++)
            {
                phase += 2 * Math.PI * (200 + (100 * Math.Sin(i * 0.05))) / rate;
                samples[k] = (short)((8000 * Math.Sin(phase) * (0.5 + (0.5 * Math.Sin(i * 0.3)))) + (k * 7919 % 400));
            }

            double start = Now();
            int bytes = encoder.Encode(samples, payload);
            double middle = Now();
            if (!decoder.TryDecode(payload.AsSpan(0, bytes), heard, out _))
            {
                throw new InvalidOperationException("A packet of our own was refused.");
            }

            decode += Now() - middle;
            encode += middle - start;
        }

        return (encode / frames, decode / frames);
    }

    private static double Now()
    {
        ClockGetTime(ThreadClock, out TimeSpec time);
        return (time.Seconds * 1e6) + (time.Nanoseconds * 1e-3);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>20 ms encoded and decoded.</summary>
internal sealed class OpusAllocation : IAllocationSubject, IDisposable
{
    private readonly OpusBenchmark _benchmark = new();

    public string Name => "Opus.Frame";

    public void Run() => _benchmark.RoundTrip();

    public void Dispose() => _benchmark.Dispose();
}
