using MediaCore.Audio.G711;

namespace MediaCore.Audio.Prompts;

/// <summary>
/// A prompt, ready to send: 8 kHz mono, encoded once in both laws of G.711 and shared by all calls that play it. Immutable: nobody may write to its arrays.
/// Costs four bytes per sample, 32 kB per second.
/// </summary>
public sealed class AudioClip
{
    /// <summary>Samples per second of every clip.</summary>
    public const int SampleRateHz = 8000;

    private AudioClip(short[] samples)
    {
        Samples = samples;
        Pcmu = new byte[samples.Length];
        Pcma = new byte[samples.Length];
        _ = G711.Pcmu.Encode(samples, Pcmu);
        _ = G711.Pcma.Encode(samples, Pcma);
    }

    /// <summary>The samples, not to be changed.</summary>
    public short[] Samples { get; }

    /// <summary>The samples as µ-law, not to be changed.</summary>
    public byte[] Pcmu { get; }

    /// <summary>The samples as A-law, not to be changed.</summary>
    public byte[] Pcma { get; }

    /// <summary>Length.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Samples.Length * (TimeSpan.TicksPerSecond / SampleRateHz));

    /// <summary>Bytes of memory that the clip holds, for bounds on caches.</summary>
    public long MemoryBytes => (Samples.Length * 4L) + 128;

    /// <summary>A clip of these samples, which it keeps: the caller must not change them any more.</summary>
    public static AudioClip FromPcm(short[] samples8k)
    {
        ArgumentNullException.ThrowIfNull(samples8k);
        return new AudioClip(samples8k);
    }

    /// <summary>The encoded samples of one law.</summary>
    public ReadOnlySpan<byte> Encoded(G711Law law) => law == G711Law.Pcma ? Pcma : Pcmu;
}
