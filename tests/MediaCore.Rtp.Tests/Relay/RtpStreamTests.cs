using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Relay;

namespace MediaCore.Rtp.Tests.Relay;

public sealed class RtpStreamTests
{
    [Fact]
    public void Stream_AcrossBothWraps_GoesOnByOneAndByItsSamples()
    {
        RtpStream stream = new(7, 65535, uint.MaxValue - 79);
        byte[] packet = new byte[12];
        stream.WriteHeader(packet, 0, marker: true, 160, 160);
        stream.Skip(800);
        stream.WriteHeader(packet, 0, marker: false, 160, 160);
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket p));
        Assert.Equal(0, p.SequenceNumber);
        Assert.Equal(880u, p.Timestamp);
        Assert.Equal(7u, p.Ssrc);
        Assert.Equal(2, stream.Packets);
        Assert.Equal(320, stream.PayloadBytes);
    }
}
