using System.Globalization;
using System.Text;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Resampling;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>Tables of what the DTMF detector finds, by noise, codec, loss and length, and in speech, where there is nothing to be found.</summary>
internal static class DtmfFigures
{
    private const int Digits = 1600;

    public static string Hits()
    {
        StringBuilder table = new("| what | digits | found % | false |\n|---|---|---|---|\n");
        foreach (double snr in new[] { 25.0, 20, 15, 12, 10, 8, 6 })
        {
            foreach (int tone in new[] { 40, 60, 100 })
            {
                Row(table, $"white noise, {snr:F0} dB SNR, tone {tone} ms", new DtmfTrial { SnrDb = snr, ToneMilliseconds = tone, Digits = Digits });
            }
        }

        foreach (double loss in new[] { 0.01, 0.03, 0.05, 0.1 })
        {
            foreach (int tone in new[] { 60, 100, 160 })
            {
                Row(table, $"{loss * 100:F0} % of packets replaced by silence, tone {tone} ms", new DtmfTrial { Loss = loss, ToneMilliseconds = tone, Digits = Digits });
            }
        }

        foreach (CodecDescriptor codec in new[] { CodecDescriptor.Pcmu, CodecDescriptor.Pcma, CodecDescriptor.G722 })
        {
            foreach (int tone in new[] { 40, 60 })
            {
                Row(table, $"{codec.EncodingName}, tone {tone} ms", new DtmfTrial { SampleRateHz = codec.SampleRateHz, ToneMilliseconds = tone, Digits = Digits }, codec);
                Row(table, $"{codec.EncodingName}, 15 dB SNR, tone {tone} ms", new DtmfTrial { SampleRateHz = codec.SampleRateHz, ToneMilliseconds = tone, SnrDb = 15, Digits = Digits }, codec);
            }
        }

        if (CodecDescriptor.Opus.IsAvailable)
        {
            foreach (int bitrate in new[] { 8000, 12_000, 16_000, 24_000, 32_000 })
            {
                foreach (int tone in new[] { 60, 100, 160 })
                {
                    DtmfTrial trial = new() { ToneMilliseconds = tone, PauseMilliseconds = 80, Digits = Digits };
                    (short[] sound, List<(int At, char Digit)> sent) = trial.Create();
                    Row(table, $"Opus at 8 kHz, {bitrate / 1000} kbit/s, tone {tone} ms", trial.Count(DtmfTrial.Through(CodecDescriptor.Opus, sound, bitrate), sent));
                }
            }
        }

        return table.ToString();
    }

    /// <summary>False digits in speech at several levels, through µ-law.</summary>
    public static string TalkOff(IEnumerable<(string Name, short[] Samples, int SampleRateHz)> speech)
    {
        StringBuilder table = new("| speech | hours | false digits | per hour |\n|---|---|---|---|\n");
        double totalHours = 0;
        int total = 0;
        foreach ((string name, short[] samples, int rate) in speech)
        {
            short[] at8 = rate == 8000 || !Resampler.TryCreate(rate, 8000, out Resampler? resampler) ? samples : resampler.Convert(samples);
            List<DtmfDetection> found = [];
            double hours = 0;
            foreach (double gain in new[] { 0.1, 0.3, 0.6, 1.0, 2.0 })
            {
                short[] level = DtmfTrial.Through(CodecDescriptor.Pcmu, [.. at8.Select(s => (short)Math.Clamp(s * gain, short.MinValue, short.MaxValue))]);
                found.AddRange(DtmfTrial.Detect(level, 8000).Where(static f => !f.Found.HasEnded).Select(static f => f.Found));
                hours += level.Length / 8000.0 / 3600;
            }

            totalHours += hours;
            total += found.Count;
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {hours:F2} | {found.Count}{(found.Count == 0 ? "" : ": " + new string([.. found.Select(static f => f.Digit)]))} | {found.Count / hours:F1} |");
        }

        table.AppendLine(CultureInfo.InvariantCulture, $"| all | {totalHours:F2} | {total} | {total / totalHours:F2} |");
        return table.ToString();
    }

    private static void Row(StringBuilder table, string what, DtmfTrial trial, params CodecDescriptor[] codecs) => Row(table, what, trial.Run(codecs));

    private static void Row(StringBuilder table, string what, (int Sent, int Found, int False) result) =>
        table.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {result.Sent} | {100.0 * result.Found / result.Sent:F2} | {result.False} |");
}
