using System.Buffers.Binary;
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
        byte[] bytes = await File.ReadAllBytesAsync(raw);
        short[][] channels = [new short[bytes.Length / 4], new short[bytes.Length / 4]];
        for (int i = 0; i < bytes.Length / 4; i++)
        {
            channels[0][i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(4 * i));
            channels[1][i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan((4 * i) + 2));
        }

        return channels;
    }

    /// <summary>A second of it at least is one tone, and nothing is the other: on a busy machine there are pauses between the packets.</summary>
    public static void AssertMostly(short[] sound, int hertz, int other)
    {
        int[] wanted = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), hertz))];
        int[] foreign = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), other))];
        Assert.True(wanted.Length >= 10, $"{wanted.Length} of {sound.Length / (RateHz / 10)} parts of 100 ms are {hertz} Hz");
        Assert.Empty(foreign);
    }

    private static IEnumerable<int> Parts(short[] sound) => Enumerable.Range(0, sound.Length / (RateHz / 10)).Select(static i => i * (RateHz / 10));
}
