using System.Text.Json;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Rtp.Tests.Captures;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.TelephoneEvents;

public sealed class TelephoneEventTests(ITestOutputHelper output)
{
    /// <summary>The blocks of the redundancy example, RFC 2833 §3.8 (RFC 4733 §5): 9, 1 and a 1 that is still pressed.</summary>
    [Theory]
    [InlineData("09870640", 9, true, 7, 1600)]
    [InlineData("018a07d0", 1, true, 10, 2000)]
    [InlineData("01140190", 1, false, 20, 400)]
    public void Event_OfTheRfcsExample_IsReadAndWritten(string hex, byte code, bool end, byte volume, ushort duration)
    {
        Assert.True(TelephoneEvent.TryParse(Convert.FromHexString(hex), out TelephoneEvent e));
        Assert.Equal(new TelephoneEvent(code, end, volume, duration), e);
        byte[] written = new byte[4];
        e.Write(written);
        Assert.Equal(hex, Convert.ToHexStringLower(written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("058a03")]
    public void Event_ShorterThanFourOctets_IsNone(string hex) => Assert.False(TelephoneEvent.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Digits_MapBothWays()
    {
        for (byte code = 0; code <= TelephoneEvent.MaxDtmfCode; code++)
        {
            Assert.True(TelephoneEvent.TryFromDigit(char.ToLowerInvariant(TelephoneEvent.ToDigit(code)), out byte back));
            Assert.Equal(code, back);
        }

        Assert.Equal('\0', TelephoneEvent.ToDigit(16));
        Assert.False(TelephoneEvent.TryFromDigit('E', out _));
    }

    [Fact]
    public void Sender_OfOneDigit_WritesTheVectorsPackets()
    {
        string[] expected =
        [
            "80e503e80002710011223344050a00a0", "806503e90002710011223344050a0140", "806503ea0002710011223344050a01e0", "806503eb0002710011223344050a0280",
            "806503ec0002710011223344058a0320", "806503ed0002710011223344058a0320", "806503ee0002710011223344058a0320",
        ];
        if (SharedData.TryGetPath("crypto-vectors", "dtmf-rfc4733.json") is { } path)
        {
            using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(path));
            Assert.Equal(expected, vectors.RootElement.GetProperty("single_digit").GetProperty("packets").EnumerateArray().Select(static p => p.GetString()!));
        }
        else
        {
            output.WriteLine("Left out: the comparison with crypto-vectors/dtmf-rfc4733.json, which is not on this machine.");
        }

        TelephoneEventSender sender = new(5, durationUnits: 800, stepUnits: 160);
        TelephoneEventReceiver receiver = default;
        byte[] packet = new byte[16];
        List<string> written = [];
        int digits = 0;
        for (ushort seq = 1000; sender.TryWriteNext(packet.AsSpan(12), out bool marker); seq++)
        {
            RtpHeader.Write(packet, 101, marker, seq, 160_000, 0x11223344);
            written.Add(Convert.ToHexStringLower(packet));
            digits += receiver.TryReceive(160_000, 0x11223344, packet.AsSpan(12), out _) ? 1 : 0;
        }

        Assert.Equal(expected, written);
        Assert.True(sender.Finished);
        Assert.Equal(1, digits);
        Assert.False(receiver.IsActive);
    }

    [Fact]
    public void Receiver_EndPacketAlone_IsOneDigit()
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.TryReceive(100, 1, [5, 0x8a, 3, 0x20], out TelephoneEvent e));
        Assert.Equal(5, e.Code);
        Assert.False(receiver.IsActive);
    }

    [Fact]
    public void Receiver_SameDigitWithANewTimestamp_IsAnotherDigit_AndALateOldPacketIsNone()
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.TryReceive(100, 1, [5, 10, 0, 160], out _));
        Assert.True(receiver.IsActive);
        Assert.True(receiver.TryReceive(2000, 1, [5, 10, 0, 160], out _));
        Assert.False(receiver.TryReceive(100, 1, [5, 0x8a, 3, 0x20], out _));
        Assert.False(receiver.TryReceive(2000, 1, [5, 0x8a, 3, 0x20], out _));
        Assert.True(receiver.TryReceive(50, 2, [5, 10, 0, 160], out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 10)]
    public void Receiver_LongEventInSegments_IsOneEvent(uint start)
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.TryReceive(start, 1, [5, 10, 0, 160], out _));
        Assert.False(receiver.TryReceive(start, 1, [5, 10, 0xff, 0xff], out _));
        uint second = unchecked(start + 65535);
        Assert.False(receiver.TryReceive(second, 1, [5, 10, 0, 160], out _));
        Assert.True(receiver.IsActive);
        Assert.False(receiver.TryReceive(second, 1, [5, 0x8a, 3, 0x20], out _));
        Assert.False(receiver.IsActive);
    }

    [Theory]
    [InlineData("ulaw-2013785496.pcap", "2013785496")]
    [InlineData("opus-2013785496.pcap", "2013785496")]
    public void Capture_OfAsterisk_HoldsTheDigitsOfItsName(string file, string digits)
    {
        if (Corpus.TryReadCapture(output, "asterisk", file) is { } capture)
        {
            Assert.Equal(digits, Digits(capture));
        }
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("5", "5")]
    [InlineData("9", "9")]
    [InlineData("star", "*")]
    [InlineData("pound", "#")]
    public void Capture_OfSipp_HoldsOneDigit(string name, string digit)
    {
        if (Corpus.TryReadCapture(output, "sipp", $"dtmf_2833_{name}.pcap") is { } capture)
        {
            Assert.Equal(digit, Digits(capture));
        }
    }

    private static string Digits(List<CapturedDatagram> capture)
    {
        TelephoneEventReceiver receiver = default;
        System.Text.StringBuilder digits = new();
        foreach (CapturedDatagram datagram in capture)
        {
            if (RtpPacket.TryParse(datagram.Payload, out RtpPacket p) && p.PayloadType == 101 && receiver.TryReceive(p.Timestamp, p.Ssrc, p.Payload, out TelephoneEvent e))
            {
                digits.Append(TelephoneEvent.ToDigit(e.Code));
            }
        }

        return digits.ToString();
    }
}
