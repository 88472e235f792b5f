using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;

namespace MediaCore.Benchmarks;

/// <summary>What the DTMF detector finds under noise, loss and codecs, and in WAVE files of speech, where every digit is a false one. Deterministic.</summary>
internal static class DtmfQuality
{
    internal static int Run(string[] files, TextWriter output)
    {
        output.WriteLine(DtmfFigures.Hits());
        List<(string Name, short[] Samples, int SampleRateHz)> speech = [];
        foreach (string file in files)
        {
            if (!WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out WaveError error))
            {
                output.WriteLine($"{file}: {error}.");
                return 2;
            }

            speech.Add((Path.GetFileName(file), wave.Samples, wave.SampleRateHz));
        }

        output.WriteLine(DtmfFigures.TalkOff(speech));
        return 0;
    }
}
