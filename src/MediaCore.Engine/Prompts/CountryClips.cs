using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;

namespace MediaCore.Engine.Prompts;

/// <summary>The tones of a country (ITU-T E.180 Supplement 2) as clips, made once and shared by all shards.</summary>
internal sealed class CountryClips
{
    private CountryClips(AudioClip ringback, AudioClip busy, AudioClip congestion)
    {
        Ringback = ringback;
        Busy = busy;
        Congestion = congestion;
    }

    /// <summary>A second of silence in place of each.</summary>
    public static CountryClips Silent { get; } = CreateSilent();

    /// <summary>One cadence of the far end's ringing, to be played in a loop.</summary>
    public AudioClip Ringback { get; }

    /// <summary>The busy tone, as long as a refused caller hears it.</summary>
    public AudioClip Busy { get; }

    /// <summary>The congestion tone, as long as a refused caller hears it.</summary>
    public AudioClip Congestion { get; }

    /// <summary>The clips of a country; silence for one that is not listed.</summary>
    /// <param name="country">ISO 3166 code.</param>
    /// <param name="refusal">How long busy and congestion tones are.</param>
    public static CountryClips Create(string country, TimeSpan refusal) =>
        CountryTones.TryGet(country, ToneName.Ringback, out Tone? ringback)
        && CountryTones.TryGet(country, ToneName.Busy, out Tone? busy)
        && CountryTones.TryGet(country, ToneName.Congestion, out Tone? congestion)
            ? new CountryClips(Generate(ringback, ringback.Period), Generate(busy, refusal), Generate(congestion, refusal))
            : Silent;

    private static CountryClips CreateSilent()
    {
        AudioClip silence = AudioClip.FromPcm(new short[AudioClip.SampleRateHz]);
        return new CountryClips(silence, silence, silence);
    }

    private static AudioClip Generate(Tone tone, TimeSpan length)
    {
        short[] samples = new short[(int)(length.TotalSeconds * AudioClip.SampleRateHz)];
        new ToneGenerator(tone, AudioClip.SampleRateHz).Generate(samples);
        return AudioClip.FromPcm(samples);
    }
}
