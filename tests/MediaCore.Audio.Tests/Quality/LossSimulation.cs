using MediaCore.Audio.Concealment;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>Loses packets of 20 ms at random, with a seed, and fills them by the concealer or by silence. The output is lined up with the input.</summary>
internal static class LossSimulation
{
    public static (short[] Concealed, short[] Silenced) Run(ReadOnlySpan<short> speech, int sampleRateHz, double loss, int seed)
    {
        Random random = new(seed);
        LossConcealer concealer = new(sampleRateHz);
        int packet = sampleRateHz / 50;
        int packets = (speech.Length / packet) + 1;
        short[] delayed = new short[packets * packet];
        short[] silenced = new short[packets * packet];
        speech.CopyTo(delayed);
        speech.CopyTo(silenced);
        for (int i = 0; i < packets; i++)
        {
            Span<short> frame = delayed.AsSpan(i * packet, packet);
            if (random.NextDouble() < loss)
            {
                concealer.Conceal(frame);
                silenced.AsSpan(i * packet, packet).Clear();
            }
            else
            {
                concealer.Receive(frame);
            }
        }

        return (delayed[concealer.DelaySamples..], silenced);
    }
}
