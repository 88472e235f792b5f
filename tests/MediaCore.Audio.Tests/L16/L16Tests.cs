using MediaCore.Audio.L16;

namespace MediaCore.Audio.Tests.L16;

public sealed class L16Tests
{
    [Fact]
    public void Samples_AreInNetworkByteOrder_AndComeBack()
    {
        byte[] payload = new byte[7];
        Assert.Equal(6, L16Samples.Encode([0x0102, -2, short.MinValue, 9], payload));
        Assert.Equal([1, 2, 0xff, 0xfe, 0x80, 0, 0], payload);
        short[] samples = new short[5];
        Assert.Equal(3, L16Samples.Decode(payload, samples));
        Assert.Equal([0x0102, -2, short.MinValue, 0, 0], samples);
        Assert.Equal(0, L16Samples.Decode([1], samples));
    }
}
