using MediaCore.Audio.Prompts;

namespace MediaCore.Engine.Prompts;

/// <summary>Music on hold for a server without a file: sixteen soft notes of a pentatonic scale, eight seconds, made once.</summary>
internal static class GeneratedMusic
{
    private const int NoteSamples = AudioClip.SampleRateHz / 2;

    // Steps of a semitone from 440 Hz; low and soft, so that no detector takes them for DTMF or a tone of the network.
    private static readonly int[] Notes = [-9, -5, -2, 3, 0, -5, -2, -9, -7, -2, 0, 5, 3, 0, -2, -5];

    /// <summary>The music, shared by all calls; its end goes over into its beginning.</summary>
    public static AudioClip Clip { get; } = Create();

    private static AudioClip Create()
    {
        short[] samples = new short[Notes.Length * NoteSamples];
        for (int note = 0; note < Notes.Length; note++)
        {
            double hertz = 440 * Math.Pow(2, Notes[note] / 12.0);
            for (int i = 0; i < NoteSamples; i++)
            {
                double time = (double)i / AudioClip.SampleRateHz;
                double envelope = Math.Min(1, time / 0.02) * Math.Exp(-4 * time) * Math.Min(1, (0.5 - time) / 0.02);
                double value = Math.Sin(2 * Math.PI * hertz * time) + (0.3 * Math.Sin(4 * Math.PI * hertz * time));
                samples[(note * NoteSamples) + i] = (short)(4500 * envelope * value);
            }
        }

        return AudioClip.FromPcm(samples);
    }
}
