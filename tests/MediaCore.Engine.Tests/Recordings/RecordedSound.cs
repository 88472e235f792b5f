using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;

namespace MediaCore.Engine.Tests.Recordings;

/// <summary>A WAVE recording taken apart into its channels, by the test's own reading of the header.</summary>
internal sealed class RecordedSound
{
    public RecordedSound(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(20));
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(22));
        RateHz = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24));
        int head = tag == 1 ? 44 : 58;
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(head - 4));
        Assert.Equal(file.Length - head, bytes);
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)));
        int width = tag == 1 ? 2 : 1;
        Channels = new short[channels][];
        for (int channel = 0; channel < channels; channel++)
        {
            Channels[channel] = new short[bytes / width / channels];
            for (int i = 0; i < Channels[channel].Length; i++)
            {
                int at = head + (((i * channels) + channel) * width);
                Channels[channel][i] = tag switch { 6 => Pcma.Decode(file[at]), 7 => Pcmu.Decode(file[at]), _ => BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(at)) };
            }
        }
    }

    public short[][] Channels { get; }

    public int RateHz { get; }

    public TimeSpan Duration => TimeSpan.FromSeconds((double)Channels[0].Length / RateHz);

    /// <summary>Whether nine of ten parts of 100 ms are the tone: where a packet was lost its phase may jump.</summary>
    public bool HasTone(int channel, double hertz, int fromMilliseconds, int milliseconds)
    {
        int count = 0;
        for (int at = 0; at < milliseconds; at += 100)
        {
            count += Goertzel.IsTone(Part(channel, fromMilliseconds + at, 100), hertz, RateHz) ? 1 : 0;
        }

        return count * 100 >= milliseconds * 0.9;
    }

    public bool IsSilent(int channel, int fromMilliseconds, int milliseconds) => Goertzel.TotalLevelDbm0(Part(channel, fromMilliseconds, milliseconds)) < -60;

    private ReadOnlySpan<short> Part(int channel, int fromMilliseconds, int milliseconds) => Channels[channel].AsSpan(fromMilliseconds * RateHz / 1000, milliseconds * RateHz / 1000);
}
