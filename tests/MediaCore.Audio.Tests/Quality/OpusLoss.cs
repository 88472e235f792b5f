using MediaCore.Audio.Opus;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>
/// Loses packets of 20 ms of one stream with in-band redundancy at random, with a seed, and decodes it three ways: with the redundancy of the following packet, with concealment alone, with silence in place of the lost.
/// The reference is the same stream without loss.
/// </summary>
internal static class OpusLoss
{
    public static (short[] Reference, short[] Recovered, short[] Concealed, short[] Silenced) Run(ReadOnlySpan<short> speech, int sampleRateHz, double loss, int seed, int bitrate = 32_000)
    {
        int frame = sampleRateHz / 50;
        int packets = speech.Length / frame;
        byte[][] payloads = new byte[packets][];
        byte[] buffer = new byte[1500];
        using (OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = sampleRateHz, BitrateBitsPerSecond = bitrate, InBandFec = true, ExpectedLossPercent = Math.Max(1, (int)(loss * 100)) }))
        {
            for (int i = 0; i < packets; i++)
            {
                payloads[i] = buffer[..encoder.Encode(speech.Slice(i * frame, frame), buffer)];
            }
        }

        Random random = new(seed);
        bool[] lost = [.. Enumerable.Range(0, packets).Select(_ => random.NextDouble() < loss)];
        return (Decode(payloads, new bool[packets], sampleRateHz, redundancy: false), Decode(payloads, lost, sampleRateHz, redundancy: true), Decode(payloads, lost, sampleRateHz, redundancy: false), Silence(payloads, lost, sampleRateHz));
    }

    private static short[] Decode(byte[][] payloads, bool[] lost, int sampleRateHz, bool redundancy)
    {
        using OpusDecoder decoder = new(sampleRateHz);
        int frame = sampleRateHz / 50;
        short[] sound = new short[payloads.Length * frame];
        for (int i = 0; i < payloads.Length; i++)
        {
            Span<short> target = sound.AsSpan(i * frame, frame);
            if (lost[i])
            {
                decoder.Conceal(target, redundancy && i + 1 < payloads.Length && !lost[i + 1] ? payloads[i + 1] : []);
            }
            else if (!decoder.TryDecode(payloads[i], target, out int samples) || samples != frame)
            {
                throw new InvalidOperationException("A packet of our own was refused.");
            }
        }

        return sound;
    }

    private static short[] Silence(byte[][] payloads, bool[] lost, int sampleRateHz)
    {
        short[] sound = Decode(payloads, lost, sampleRateHz, redundancy: false);
        int frame = sampleRateHz / 50;
        for (int i = 0; i < lost.Length; i++)
        {
            if (lost[i])
            {
                sound.AsSpan(i * frame, frame).Clear();
            }
        }

        return sound;
    }
}
