using System.Buffers.Binary;
using System.Globalization;
using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Media;

/// <summary>What is in a recording.</summary>
internal static class RecordedFile
{
    public const int RateHz = 8000;

    /// <summary>Two channels of 8 kHz, as ffmpeg reads the file.</summary>
    public static async Task<short[][]> DecodeAsync(string file)
    {
        using ScratchFolder folder = new();
        string raw = folder.Combine("sound.raw");
        await using ChildProcess ffmpeg = ChildProcess.Start("ffmpeg", ["-v", "error", "-nostdin", "-i", file, "-f", "s16le", "-ar", "8000", "-ac", "2", raw], folder.Path);
        int code = await ffmpeg.WaitForExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, ffmpeg.Output);
        return Split(await File.ReadAllBytesAsync(raw));
    }

    /// <summary>The same of many WAV files of 8 kHz, as sox reads them: two processes for all of them. It fails where a header does not fit its file.</summary>
    public static async Task<short[][][]> DecodeAllAsync(IReadOnlyList<string> files)
    {
        using ScratchFolder folder = new();
        int[] samples = [.. (await RunAsync(["--i", "-s", .. files])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(files.Count, samples.Length);
        string raw = folder.Combine("sound.raw");
        Assert.Equal("", await RunAsync([.. files, "-t", "raw", "-e", "signed-integer", "-b", "16", "-r", "8000", "-c", "2", raw]));
        byte[] all = await File.ReadAllBytesAsync(raw);
        Assert.Equal(4L * samples.Sum(), all.Length);
        int at = 0;
        return [.. samples.Select(count => Split(all.AsSpan(4 * ((at += count) - count), 4 * count)))];

        async Task<string> RunAsync(params string[] arguments)
        {
            await using ChildProcess sox = ChildProcess.Start("sox", arguments, folder.Path);
            int code = await sox.WaitForExitAsync(TimeSpan.FromSeconds(60));
            Assert.True(code == 0, sox.Output);
            return sox.Output;
        }
    }

    /// <summary>A second of it at least is one tone, and nothing is the other: on a busy machine there are pauses between the packets.</summary>
    public static void AssertMostly(short[] sound, int hertz, int other)
    {
        int[] wanted = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), hertz))];
        int[] foreign = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), other))];
        Assert.True(wanted.Length >= 10, $"{wanted.Length} of {sound.Length / (RateHz / 10)} parts of 100 ms are {hertz} Hz");
        Assert.Empty(foreign);
    }

    private static short[][] Split(ReadOnlySpan<byte> interleaved)
    {
        short[][] channels = [new short[interleaved.Length / 4], new short[interleaved.Length / 4]];
        for (int i = 0; i < interleaved.Length / 4; i++)
        {
            channels[0][i] = BinaryPrimitives.ReadInt16LittleEndian(interleaved[(4 * i)..]);
            channels[1][i] = BinaryPrimitives.ReadInt16LittleEndian(interleaved[((4 * i) + 2)..]);
        }

        return channels;
    }

    private static IEnumerable<int> Parts(short[] sound) => Enumerable.Range(0, sound.Length / (RateHz / 10)).Select(static i => i * (RateHz / 10));
}
