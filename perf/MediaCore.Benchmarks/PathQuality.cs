using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.Mixing;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;

namespace MediaCore.Benchmarks;

/// <summary>What recorded speech is like after each way that it may take through the server, by five measures against itself. Deterministic.</summary>
internal static class PathQuality
{
    private const int Seeds = 5;
    private const int MaxDelayMilliseconds = 60;

    // Mean length of a burst in packets.
    private const double Burst = 3;

    private static readonly double[] s_losses = [0.01, 0.03, 0.05, 0.1];

    /// <summary>Prints the table for the WAVE files, whose figures are averaged, and writes it as JSON where asked to.</summary>
    internal static int Run(string[] files, string? json, TextWriter output)
    {
        List<short[]> wideband = [];
        List<short[]> narrowband = [];
        foreach (string file in files)
        {
            if (!WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out WaveError error))
            {
                output.WriteLine($"{file}: {error}.");
                return 2;
            }

            if (wave.SampleRateHz >= 16_000)
            {
                wideband.Add(Resample(wave.Samples, wave.SampleRateHz, 16_000));
            }

            narrowband.Add(Resample(wave.Samples, wave.SampleRateHz, 8000));
        }

        StringBuilder table = new("| path | rate kHz | segmental SNR dB | spectral distance dB | mel-cepstral distance dB | STOI | ESTOI | STOI in step | ESTOI in step |\n|---|---|---|---|---|---|---|---|---|\n");
        List<object> rows = [];
        foreach ((string name, int rate, Func<short[], int, short[]> path) in Paths())
        {
            List<short[]> speech = rate == 8000 ? narrowband : wideband;
            double[] sums = new double[7];
            int count = 0;
            int seeds = name.Contains('%', StringComparison.Ordinal) ? Seeds : 1;
            foreach (short[] sound in speech)
            {
                for (int seed = 1; seed <= seeds; seed++)
                {
                    double[] figures = Measure(sound, path(sound, seed), rate);
                    for (int i = 0; i < sums.Length; i++)
                    {
                        sums[i] += figures[i];
                    }

                    count++;
                }
            }

            if (count > 0)
            {
                double[] mean = [.. sums.Select(sum => sum / count)];
                table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {rate / 1000} | {mean[0]:F1} | {mean[1]:F2} | {mean[2]:F2} | {mean[3]:F3} | {mean[4]:F3} | {mean[5]:F3} | {mean[6]:F3} |");
                rows.Add(new { path = name, rate_hz = rate, segmental_snr_db = mean[0], spectral_distance_db = mean[1], cepstral_distance_db = mean[2], stoi = mean[3], estoi = mean[4], stoi_in_step = mean[5], estoi_in_step = mean[6] });
            }
        }

        output.Write(table);
        if (json is not null)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }

        return 0;
    }

    private static IEnumerable<(string Name, int RateHz, Func<short[], int, short[]> Path)> Paths()
    {
        yield return ("G.711 µ-law", 8000, (s, _) => Code(s, CodecDescriptor.Pcmu, 8000));
        yield return ("G.711 A-law", 8000, (s, _) => Code(s, CodecDescriptor.Pcma, 8000));
        yield return ("G.711 µ-law → A-law → µ-law", 8000, (s, _) => Code(Code(Code(s, CodecDescriptor.Pcmu, 8000), CodecDescriptor.Pcma, 8000), CodecDescriptor.Pcmu, 8000));
        yield return ("G.722", 16_000, (s, _) => Code(s, CodecDescriptor.G722, 16_000));
        foreach (int bitrate in new[] { 8_000, 12_000, 16_000, 24_000, 32_000, 64_000 })
        {
            yield return ($"Opus {bitrate / 1000} kbit/s", 16_000, (s, _) => Opus(s, 16_000, bitrate, _ => false, redundancy: false));
        }

        foreach (int bitrate in new[] { 12_000, 24_000 })
        {
            yield return ($"G.711 → Opus {bitrate / 1000} kbit/s → G.711", 8000, (s, _) =>
                Code(Opus(Code(s, CodecDescriptor.Pcmu, 8000), 8000, bitrate, _ => false, redundancy: false), CodecDescriptor.Pcmu, 8000));
        }

        yield return ("resampled 8 → 16 → 8 kHz", 8000, (s, _) => Resample(Resample(s, 8000, 16_000), 16_000, 8000));
        yield return ("resampled 8 → 48 → 8 kHz", 8000, (s, _) => Resample(Resample(s, 8000, 48_000), 48_000, 8000));
        yield return ("resampled 16 → 48 → 16 kHz", 16_000, (s, _) => Resample(Resample(s, 16_000, 48_000), 48_000, 16_000));
        yield return ("resampled 16 → 8 → 16 kHz (what narrowband leaves)", 16_000, (s, _) => Resample(Resample(s, 16_000, 8000), 8000, 16_000));
        yield return ("mixed, one of ten talks", 16_000, (s, _) => Mix(s, 16_000, noise: 0));
        yield return ("mixed, one of ten talks, nine lines with noise at −65 dBov", 16_000, (s, _) => Mix(s, 16_000, noise: 31));
        yield return ("mixed, two of ten talk at once: against the one alone", 16_000, (s, _) => MixTwo(s));
        yield return ("G.711 → Opus → G.711 through two servers, nothing lost, nothing late", 8000, (s, seed) => WholePath.Run(s, redundancy: false, static _ => false, seed, jitterMilliseconds: 0));
        yield return ("G.711 → Opus → G.711 through two servers, nothing lost", 8000, (s, seed) => WholePath.Run(s, redundancy: false, static _ => false, seed));
        foreach (bool bursty in new[] { false, true })
        {
            string kind = bursty ? "in bursts" : "at random";
            foreach (double loss in s_losses)
            {
                string lost = $"{loss * 100:F0} % lost {kind}";
                yield return ($"G.711 concealed, {lost}", 8000, (s, seed) => Code(s, CodecDescriptor.Pcmu, 8000, Losses(loss, bursty, seed)));
                yield return ($"G.722 concealed, {lost}", 16_000, (s, seed) => Code(s, CodecDescriptor.G722, 16_000, Losses(loss, bursty, seed)));
                yield return ($"Opus 24 kbit/s concealed, {lost}", 16_000, (s, seed) => Opus(s, 16_000, 24_000, Losses(loss, bursty, seed), redundancy: false));
                yield return ($"Opus 24 kbit/s with in-band redundancy, {lost}", 16_000, (s, seed) => Opus(s, 16_000, 24_000, Losses(loss, bursty, seed), redundancy: true));
                yield return ($"G.711 → Opus → G.711 through two servers, {lost}", 8000, (s, seed) => WholePath.Run(s, redundancy: false, Losses(loss, bursty, seed), seed));
                yield return ($"G.711 → Opus with in-band redundancy → G.711 through two servers, {lost}", 8000, (s, seed) => WholePath.Run(s, redundancy: true, Losses(loss, bursty, seed), seed));
            }
        }
    }

    private static double[] Measure(short[] reference, short[] degraded, int rate)
    {
        int most = Math.Max(degraded.Length - reference.Length, rate * MaxDelayMilliseconds / 1000);
        short[] padded = [.. degraded, .. new short[most]];
        int delay = Alignment.Find(reference, padded, most);
        short[] followed = Alignment.Follow(reference, padded, delay, rate);
        ReadOnlySpan<short> lined = padded.AsSpan(delay, Math.Min(reference.Length, degraded.Length));
        return
        [
            SegmentalSnr.Decibels(reference, lined, rate),
            LogSpectralDistance.Decibels(reference, lined, rate),
            CepstralDistance.Decibels(reference, lined, rate),
            Intelligibility.Stoi(reference, lined, rate),
            Intelligibility.Estoi(reference, lined, rate),
            Intelligibility.Stoi(reference, followed, rate),
            Intelligibility.Estoi(reference, followed, rate),
        ];
    }

    private static Func<int, bool> Losses(double loss, bool bursty, int seed)
    {
        Random random = new(seed);
        bool isLost = false;
        Dictionary<int, bool> packets = [];

        // Gilbert's two states: into a burst so often that the mean comes out, out of it after three packets on average.
        double end = bursty ? 1 / Burst : 1 - loss;
        double begin = bursty ? loss * end / (1 - loss) : loss;
        return packet =>
        {
            if (!packets.TryGetValue(packet, out bool known))
            {
                isLost = isLost ? random.NextDouble() >= end : random.NextDouble() < begin;
                packets[packet] = known = isLost;
            }

            return known;
        };
    }

    private static short[] Code(short[] sound, CodecDescriptor codec, int rate, Func<int, bool>? isLost = null)
    {
        using IAudioEncoder encoder = codec.CreateEncoder(rate);
        using IAudioDecoder decoder = codec.CreateDecoder(rate);
        return Transmit(sound, encoder, decoder, isLost ?? (static _ => false), redundancy: false);
    }

    private static short[] Opus(short[] sound, int rate, int bitrate, Func<int, bool> isLost, bool redundancy)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, BitrateBitsPerSecond = bitrate, InBandFec = redundancy, ExpectedLossPercent = redundancy ? 10 : 0 });
        using OpusDecoder decoder = new(rate);
        return Transmit(sound, encoder, decoder, isLost, redundancy);
    }

    private static short[] Transmit(short[] sound, IAudioEncoder encoder, IAudioDecoder decoder, Func<int, bool> isLost, bool redundancy)
    {
        int frame = encoder.FrameSamples;
        int packets = (sound.Length / frame) + 4;
        byte[][] payloads = new byte[packets][];
        byte[] buffer = new byte[1500];
        short[] samples = new short[packets * frame];
        sound.CopyTo(samples, 0);
        for (int i = 0; i < packets; i++)
        {
            payloads[i] = buffer[..encoder.Encode(samples.AsSpan(i * frame, frame), buffer)];
        }

        short[] decoded = new short[packets * frame];
        for (int i = 0; i < packets; i++)
        {
            Span<short> target = decoded.AsSpan(i * frame, frame);
            if (isLost(i))
            {
                decoder.Conceal(target, redundancy && i + 1 < packets && !isLost(i + 1) ? payloads[i + 1] : []);
            }
            else if (!decoder.TryDecode(payloads[i], target, out int count) || count != frame)
            {
                throw new InvalidOperationException("A packet of our own was refused.");
            }
        }

        return decoded;
    }

    private static short[] Mix(short[] sound, int rate, int noise)
    {
        Random random = new(4);
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = rate });
        MixerMember[] members = [.. Enumerable.Range(0, 10).Select(_ => mixer.Join()!)];
        return Run(mixer, sound, at =>
        {
            members[0].Say(sound.AsSpan(at, mixer.FrameSamples));
            foreach (MixerMember member in members.AsSpan(1))
            {
                member.Say([.. Enumerable.Range(0, mixer.FrameSamples).Select(_ => (short)random.Next(-noise, noise + 1))]);
            }
        });
    }

    private static short[] MixTwo(short[] sound)
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = 16_000 });
        MixerMember[] members = [.. Enumerable.Range(0, 10).Select(_ => mixer.Join()!)];
        return Run(mixer, sound, at =>
        {
            // The other one says the same from its middle on, 12 dB lower.
            members[0].Say(sound.AsSpan(at, mixer.FrameSamples));
            members[1].Gain = 0.25f;
            members[1].Say(sound.AsSpan((at + (sound.Length / 2)) % (sound.Length - mixer.FrameSamples), mixer.FrameSamples));
        });
    }

    private static short[] Run(ConferenceMixer mixer, short[] sound, Action<int> say)
    {
        short[] heard = new short[sound.Length];
        for (int at = 0; at + mixer.FrameSamples <= sound.Length; at += mixer.FrameSamples)
        {
            say(at);
            mixer.Collect();
            mixer.Distribute();
            mixer.SharedMix.CopyTo(heard.AsSpan(at));
        }

        return heard;
    }

    private static short[] Resample(short[] samples, int from, int to) =>
        from == to ? samples : Resampler.TryCreate(from, to, out Resampler? resampler) ? resampler.Convert(samples) : throw new InvalidOperationException($"{from} to {to} Hz");
}
