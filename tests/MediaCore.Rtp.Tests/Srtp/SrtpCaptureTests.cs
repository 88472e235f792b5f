using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;
using MediaCore.Rtp.Tests.Captures;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Srtp;

/// <summary>A call between two phones with SDES, captured by rtpproxy's authors; keys, packet counts and sequence numbers are those of the files beside the captures.</summary>
public sealed class SrtpCaptureTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("alice_srtp.pcap", "9sOd+W72ilwfNgNt0FzlGYj6YZPMqN1sJJx43UuS", 1556, 14668, 0x2A1AD144u)]
    [InlineData("bob_srtp.pcap", "NhqBK/JjtVJgmOgPyDKpvMTEjvFCQ4eiyVQelF6x", 1564, 10818, 0xC2F6A014u)]
    public void Capture_OfPhones_IsAuthenticFromEndToEnd(string file, string keyAndSalt, int packets, int firstNumber, uint ssrc)
    {
        if (Corpus.TryReadCapture(output, "rtpproxy-analyze", file) is not { } datagrams)
        {
            return;
        }

        byte[] key = Convert.FromBase64String(keyAndSalt);
        using SrtpReceiver receiver = new(SrtpProfile.AesCm128HmacSha1Tag80, key.AsSpan(0, 16), key.AsSpan(16));
        List<int> numbers = [];
        foreach (CapturedDatagram datagram in datagrams)
        {
            Assert.Equal(SrtpStatus.Ok, receiver.Unprotect(datagram.Payload, out int length));
            Assert.True(RtpPacket.TryParse(datagram.Payload.AsSpan(0, length), out RtpPacket packet));
            Assert.Equal(ssrc, packet.Ssrc);
            numbers.Add(packet.SequenceNumber);
        }

        Assert.Equal(Enumerable.Range(firstNumber, packets), numbers.Order());
        Assert.Equal(1, receiver.StreamCount);
    }
}
