using System.Globalization;
using System.Text;
using System.Text.Json;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;

namespace MediaCore.Benchmarks;

/// <summary>How near recorded speech stays to itself when packets of 20 ms are lost at random: concealed, and with silence in their place. Deterministic.</summary>
internal static class ConcealmentQuality
{
    private const int Seeds = 20;

    private static readonly double[] s_losses = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1];

    /// <summary>Prints the table for the WAVE files, and writes it as JSON where asked to.</summary>
    internal static int Run(string[] files, string? json, TextWriter output)
    {
        StringBuilder table = new("| speech | loss | segmental SNR concealed dB | with silence dB | spectral distance concealed dB | with silence dB | ratio of distances |\n|---|---|---|---|---|---|---|\n");
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
                double[] sums = new double[4];
                for (int seed = 1; seed <= Seeds; seed++)
                {
                    (short[] concealed, short[] silenced) = LossSimulation.Run(wave.Samples, wave.SampleRateHz, loss, seed);
                    sums[0] += SegmentalSnr.Decibels(wave.Samples, concealed, wave.SampleRateHz) / Seeds;
                    sums[1] += SegmentalSnr.Decibels(wave.Samples, silenced, wave.SampleRateHz) / Seeds;
                    sums[2] += LogSpectralDistance.Decibels(wave.Samples, concealed, wave.SampleRateHz) / Seeds;
                    sums[3] += LogSpectralDistance.Decibels(wave.Samples, silenced, wave.SampleRateHz) / Seeds;
                }

                string name = $"{Path.GetFileName(file)}, {wave.SampleRateHz / 1000} kHz, {wave.Duration.TotalSeconds:F1} s";
                table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {loss * 100:F0} % | {sums[0]:F1} | {sums[1]:F1} | {sums[2]:F2} | {sums[3]:F2} | {sums[2] / sums[3]:F2} |");
                rows.Add(new { speech = name, loss, segmental_snr_concealed_db = sums[0], segmental_snr_silence_db = sums[1], spectral_distance_concealed_db = sums[2], spectral_distance_silence_db = sums[3] });
            }
        }

        output.Write(table);
        if (json is not null)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }

        return 0;
    }
}
