using FsCheck.Xunit;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Tests.Captures;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Packets;

public sealed class RtpPacketTests(ITestOutputHelper output)
{
    private const string Header = "80e0123401020304cafebabe";

    [Fact]
    public void RTP_FixedHeader_IsReadAsWritten()
    {
        byte[] packet = new byte[14];
        packet[12] = 7;
        RtpHeader.Write(packet, 96, marker: true, 0x1234, 0x01020304, 0xcafebabe);
        Assert.Equal(Header + "0700", Convert.ToHexStringLower(packet));
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket p));
        Assert.Equal(2, p.Version);
        Assert.True(p.Marker);
        Assert.False(p.Padding);
        Assert.Equal(96, p.PayloadType);
        Assert.Equal(0x1234, p.SequenceNumber);
        Assert.Equal(0x01020304u, p.Timestamp);
        Assert.Equal(0xcafebabe, p.Ssrc);
        Assert.Equal(0, p.CsrcCount);
        Assert.Equal(12, p.HeaderLength);
        Assert.Equal([7, 0], p.Payload.ToArray());
    }

    /// <summary>AC-38: each row is one way to lie about lengths.</summary>
    [Theory]
    [InlineData("", "empty")]
    [InlineData("80", "one octet")]
    [InlineData("80e0123401020304cafeba", "11 octets")]
    [InlineData("00e0123401020304cafebabe", "version 0")]
    [InlineData("40e0123401020304cafebabe", "version 1")]
    [InlineData("c0e0123401020304cafebabe", "version 3")]
    [InlineData("81e0123401020304cafebabe", "one CSRC, none there")]
    [InlineData("8fe0123401020304cafebabe00000000", "fifteen CSRC, one there")]
    [InlineData("90e0123401020304cafebabe", "extension without its header")]
    [InlineData("90e0123401020304cafebabebede00", "extension header cut")]
    [InlineData("90e0123401020304cafebabebede0001", "extension of one word, none there")]
    [InlineData("90e0123401020304cafebabebedeffff00000000", "extension of 65535 words")]
    [InlineData("a0e0123401020304cafebabe", "padding without a payload")]
    [InlineData("a0e0123401020304cafebabe00", "padding of 0")]
    [InlineData("a0e0123401020304cafebabe0003", "padding of one octet too many")]
    [InlineData("a0e0123401020304cafebabeff", "padding longer than the packet")]
    [InlineData("b0e0123401020304cafebabebede0001000000ff", "padding that would come from the extension")]
    public void RTP_LengthsThatLie_AreRefused(string hex, string why)
    {
        Assert.False(RtpPacket.TryParse(Convert.FromHexString(hex), out _), why);
    }

    [Fact]
    public void RTP_PaddingCsrcAndExtension_AreLeftOutOfThePayload()
    {
        byte[] packet = Convert.FromHexString("b2" + Header[2..] + "00000011" + "00000022" + "bede0001" + "10aabbcc" + "0102030002");
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket p));
        Assert.Equal(2, p.CsrcCount);
        Assert.Equal(0x11u, p.GetCsrc(0));
        Assert.Equal(0x22u, p.GetCsrc(1));
        Assert.Equal(0xbede, p.ExtensionProfile);
        Assert.Equal([0x10, 0xaa, 0xbb, 0xcc], p.Extension.ToArray());
        Assert.Equal(28, p.HeaderLength);
        Assert.Equal([1, 2, 3], p.Payload.ToArray());
    }

    [Fact]
    public void RTP_PaddingThatIsTheWholePayload_LeavesNone()
    {
        Assert.True(RtpPacket.TryParse(Convert.FromHexString("a0" + Header[2..] + "0002"), out RtpPacket p));
        Assert.True(p.Padding);
        Assert.True(p.Payload.IsEmpty);
    }

    [Fact]
    public void RTP_ExtensionOfLengthZero_AndEmptyPayload_AreFine()
    {
        Assert.True(RtpPacket.TryParse(Convert.FromHexString("90" + Header[2..] + "bede0000"), out RtpPacket p));
        Assert.True(p.Extension.IsEmpty);
        Assert.True(p.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(0x80, 200, true)]
    [InlineData(0x81, 201, true)]
    [InlineData(0x80, 192, true)]
    [InlineData(0x80, 223, true)]
    [InlineData(0x80, 191, false)]
    [InlineData(0x80, 224, false)]
    [InlineData(0x80, 0, false)]
    [InlineData(0x80, 0x80, false)]
    [InlineData(0x80, 101, false)]
    [InlineData(0x80, 0x80 | 101, false)]
    [InlineData(0x00, 200, false)]
    public void RTCP_OnASharedPort_IsToldByItsSecondOctet(byte first, byte second, bool rtcp) => Assert.Equal(rtcp, RtpHeader.LooksLikeRtcp([first, second]));

    [Fact]
    public void RTCP_OneOctet_IsNotRtcp() => Assert.False(RtpHeader.LooksLikeRtcp([0x80]));

    [Fact]
    public void PayloadType_Replaced_KeepsTheMarker()
    {
        byte[] packet = Convert.FromHexString(Header);
        RtpHeader.SetPayloadType(packet, 0x80 | 8);
        Assert.Equal(0x88, packet[1]);
        packet[1] = 96;
        RtpHeader.SetPayloadType(packet, 0);
        Assert.Equal(0, packet[1]);
    }

    [Property(MaxTest = 2000)]
    public void RTP_AnyOctets_GiveAViewInsideTheDatagramOrNothing(byte[] octets)
    {
        byte[] datagram = [0x80, .. octets];
        for (int bits = 0; bits < 64; bits += 7)
        {
            datagram[0] = (byte)(0x80 | bits);
            CheckInside(datagram);
        }
    }

    [Fact]
    public void RTP_Corpus_NeverThrows_AtAnyLength()
    {
        int cases = 0;
        foreach (string file in Corpus.Files(output, "rtp-1meetecho", "rtp-2webrtc", "rtp-pjsip", "rtcp-1meetecho", "stun-pion"))
        {
            byte[] datagram = File.ReadAllBytes(file);
            for (int length = 0; length <= datagram.Length; length++)
            {
                CheckInside(datagram[..length]);
            }

            cases++;
        }

        output.WriteLine($"{cases} files read.");
    }

    [Fact]
    public void RTP_WithAudioLevelExtension_FromJanus_IsRead()
    {
        string? path = SharedData.TryGetPath("rtp-rtcp-stun-corpus", "rtp-1meetecho", "rtp_0_audio-with-ext");
        if (path is null)
        {
            output.WriteLine("Left out: 1 case, the shared test data is not on this machine.");
            return;
        }

        Assert.True(RtpPacket.TryParse(File.ReadAllBytes(path), out RtpPacket p));
        Assert.True(p.HasExtension);
        Assert.Equal(0xbede, p.ExtensionProfile);
        Assert.False(p.Payload.IsEmpty);
    }

    private static void CheckInside(byte[] datagram)
    {
        if (!RtpPacket.TryParse(datagram, out RtpPacket p))
        {
            return;
        }

        Assert.InRange(p.HeaderLength + p.Payload.Length, 12, datagram.Length);
        Assert.Equal(p.HasExtension ? p.HeaderLength - 16 - (4 * p.CsrcCount) : 0, p.Extension.Length);
        for (int i = 0; i < p.CsrcCount; i++)
        {
            _ = p.GetCsrc(i);
        }
    }
}
