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

    private static readonly Resampler ToNarrow = Resampler.TryCreate(WideSampleRateHz, SampleRateHz, out Resampler? resampler)
        ? resampler
        : throw new InvalidOperationException("16 kHz cannot be made 8 kHz.");

    private AudioClip(short[] samples, int rateHz)
    {
        Samples = samples;
        SamplesRateHz = rateHz;
        short[] narrow = samples;
        if (rateHz == WideSampleRateHz)
        {
            narrow = ToNarrow.Convert(samples);
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
}
