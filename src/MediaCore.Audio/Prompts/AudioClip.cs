using MediaCore.Audio.G711;
using MediaCore.Audio.Resampling;

namespace MediaCore.Audio.Prompts;

/// <summary>
/// A prompt, ready to send, shared by all calls that play it. Immutable: nobody may write to its arrays. It is kept in both laws of G.711 at 8 kHz, which most legs are sent as they are, and
/// as samples at the rate of its source as far as calls can use it: 8 kHz, or 16 kHz for legs of G.722 and Opus. Costs 32 kB per second, with 16 kHz 48 kB.
/// </summary>
public sealed class AudioClip
{
    /// <summary>Samples per second of what is kept as G.711.</summary>
    public const int SampleRateHz = 8000;

    /// <summary>Samples per second of a wideband clip's samples.</summary>
    public const int WideSampleRateHz = 16_000;

    private static readonly int[] PlayedRates = [8000, 16_000, 24_000, 48_000];
    private static readonly Resampler?[] FromNarrow = CreateResamplers(SampleRateHz);
    private static readonly Resampler?[] FromWide = CreateResamplers(WideSampleRateHz);

    private AudioClip(short[] samples, int rateHz)
    {
        Samples = samples;
        SamplesRateHz = rateHz;
        short[] narrow = samples;
        if (rateHz == WideSampleRateHz)
        {
            narrow = FromWide[0]!.Convert(samples);
        }

        Pcmu = new byte[narrow.Length];
        Pcma = new byte[narrow.Length];
        _ = G711.Pcmu.Encode(narrow, Pcmu);
        _ = G711.Pcma.Encode(narrow, Pcma);
    }

    /// <summary>The samples at <see cref="SamplesRateHz"/>, not to be changed.</summary>
    public short[] Samples { get; }

    /// <summary>Samples per second of <see cref="Samples"/>: <see cref="SampleRateHz"/> or <see cref="WideSampleRateHz"/>.</summary>
    public int SamplesRateHz { get; }

    /// <summary>The sound as µ-law at 8 kHz, not to be changed.</summary>
    public byte[] Pcmu { get; }

    /// <summary>The sound as A-law at 8 kHz, not to be changed.</summary>
    public byte[] Pcma { get; }

    /// <summary>Length.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Samples.Length * (TimeSpan.TicksPerSecond / SamplesRateHz));

    /// <summary>Bytes of memory that the clip holds, for bounds on caches.</summary>
    public long MemoryBytes => (Samples.Length * 2L) + Pcmu.Length + Pcma.Length + 128;

    /// <summary>A clip of these samples, which it keeps: the caller must not change them any more.</summary>
    public static AudioClip FromPcm(short[] samples8k)
    {
        ArgumentNullException.ThrowIfNull(samples8k);
        return new AudioClip(samples8k, SampleRateHz);
    }

    /// <summary>A wideband clip of these samples at 16 kHz, which it keeps: the caller must not change them any more.</summary>
    public static AudioClip FromWidePcm(short[] samples16k)
    {
        ArgumentNullException.ThrowIfNull(samples16k);
        return new AudioClip(samples16k, WideSampleRateHz);
    }

    /// <summary>The encoded samples of one law.</summary>
    public ReadOnlySpan<byte> Encoded(G711Law law) => law == G711Law.Pcma ? Pcma : Pcmu;

    /// <summary>Whether <see cref="Read"/> knows a rate.</summary>
    public static bool CanRead(int sampleRateHz) => Array.IndexOf(PlayedRates, sampleRateHz) >= 0;

    /// <summary>Samples of the clip at a rate.</summary>
    public int LengthAt(int sampleRateHz) => (int)((((long)Samples.Length * sampleRateHz) + SamplesRateHz - 1) / SamplesRateHz);

    /// <summary>Samples from a position on, at any rate of a session. Allocates nothing; at the clip's own rate it is a copy, else a filter.</summary>
    /// <param name="sampleRateHz">8000, 16000, 24000 or 48000.</param>
    /// <param name="first">Position at that rate.</param>
    /// <param name="samples">Filled as far as the clip goes.</param>
    /// <returns>Samples written; 0 at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public int Read(int sampleRateHz, int first, Span<short> samples)
    {
        int index = Array.IndexOf(PlayedRates, sampleRateHz);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(sampleRateHz));
        return (SamplesRateHz == SampleRateHz ? FromNarrow : FromWide)[index]!.Convert(Samples, first, samples);
    }

    private static Resampler?[] CreateResamplers(int fromHz) =>
        Array.ConvertAll(PlayedRates, toHz => Resampler.TryCreate(fromHz, toHz, out Resampler? resampler) ? resampler : null);
}
