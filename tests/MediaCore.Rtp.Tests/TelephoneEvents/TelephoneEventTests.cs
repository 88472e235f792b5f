using System.Text.Json;
using FsCheck.Xunit;
using MediaCore.Primitives;
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
            digits += receiver.Receive(160_000, 0x11223344, packet.AsSpan(12), default).HasStarted ? 1 : 0;
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
        TelephoneEventReport report = receiver.Receive(100, 1, [5, 0x8a, 3, 0x20], default);
        Assert.Equal(new TelephoneEventReport(TelephoneEventChange.Started | TelephoneEventChange.Ended, 5, 10, 800), report);
        Assert.False(receiver.IsActive);
    }

    [Fact]
    public void Receiver_SameDigitWithANewTimestamp_IsAnotherDigit_AndALateOldPacketIsNone()
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.Receive(100, 1, [5, 10, 0, 160], default).HasStarted);
        Assert.True(receiver.IsActive);
        Assert.True(receiver.Receive(2000, 1, [5, 10, 0, 160], default).HasStarted);
        Assert.False(receiver.Receive(100, 1, [5, 0x8a, 3, 0x20], default).HasStarted);
        Assert.False(receiver.Receive(2000, 1, [5, 0x8a, 3, 0x20], default).HasStarted);
        Assert.True(receiver.Receive(50, 2, [5, 10, 0, 160], default).HasStarted);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 10)]
    public void Receiver_LongEventInSegments_IsOneEvent(uint start)
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.Receive(start, 1, [5, 10, 0, 160], default).HasStarted);
        Assert.False(receiver.Receive(start, 1, [5, 10, 0xff, 0xff], default).HasStarted);
        uint second = unchecked(start + 65535);
        Assert.False(receiver.Receive(second, 1, [5, 10, 0, 160], default).HasStarted);
        Assert.True(receiver.IsActive);
        Assert.False(receiver.Receive(second, 1, [5, 0x8a, 3, 0x20], default).HasStarted);
        Assert.False(receiver.IsActive);
    }

    [Fact]
    public void Receiver_TellsTheLength_OnceWithRepeatedEnds()
    {
        TelephoneEventReceiver receiver = default;
        Assert.True(receiver.Receive(100, 1, [5, 10, 0, 160], default).HasStarted);
        Assert.Equal(default, receiver.Receive(100, 1, [5, 10, 2, 0x80], default));
        Assert.Equal(new TelephoneEventReport(TelephoneEventChange.Ended, 5, 10, 800), receiver.Receive(100, 1, [5, 0x8a, 3, 0x20], default));
        Assert.Equal(default, receiver.Receive(100, 1, [5, 0x8a, 3, 0x20], default));
        Assert.Equal(default, receiver.Receive(100, 1, [5, 0x8a, 3, 0x20], default));

        // Reordered: what was sent before the end comes after it.
        Assert.Equal(default, receiver.Receive(100, 1, [5, 10, 2, 0x80], default));
        Assert.False(receiver.IsActive);
    }

    [Fact]
    public void Receiver_LostEnd_IsToldWithTheNextEvent_OrAfterAWhile()
    {
        TelephoneEventReceiver receiver = default;
        Timestamp now = new(1_000_000_000);
        receiver.Receive(100, 1, [5, 10, 1, 0], now);
        TelephoneEventReport next = receiver.Receive(5000, 1, [6, 10, 0, 160], now + TimeSpan.FromMilliseconds(150));
        Assert.Equal(new TelephoneEventReport(TelephoneEventChange.Started | TelephoneEventChange.PreviousEnded, 6, 10, 160, 5, 256), next);
        Assert.False(receiver.TryExpire(receiver.Deadline + TimeSpan.FromTicks(-1), out _));
        Assert.True(receiver.TryExpire(receiver.Deadline, out TelephoneEventReport expired));
        Assert.Equal(new TelephoneEventReport(TelephoneEventChange.Ended, 6, 10, 160), expired);
        Assert.False(receiver.TryExpire(receiver.Deadline, out _));

        // RFC 4733 §2.5.2.2: what still comes of it is ignored.
        Assert.Equal(default, receiver.Receive(5000, 1, [6, 0x8a, 3, 0x20], now));
    }

    /// <summary>AC-40: durations that cannot be, floods of events, codes that are no digits, and payloads cut short: bounded, and nothing thrown.</summary>
    [Property(MaxTest = 200)]
    public void Receiver_OfAnything_NeverEndsMoreThanItStarts((uint Timestamp, byte Ssrc, byte[] Payload)[] packets)
    {
        TelephoneEventReceiver receiver = default;
        TelephoneEventTranslator translator = default;
        int started = 0;
        int ended = 0;
        foreach ((uint timestamp, byte ssrc, byte[] payload) in packets)
        {
            TelephoneEventReport report = receiver.Receive(timestamp % 7 * 0xffff, ssrc, payload ?? [], default);
            started += report.HasStarted ? 1 : 0;
            ended += (report.HasEnded ? 1 : 0) + (report.HasPreviousEnded ? 1 : 0);
            Assert.InRange(started - ended, 0, 1);
            int made = 0;
            if (translator.Accept(timestamp % 7 * 0xffff, ssrc, payload ?? [], 8000, 48_000, timestamp))
            {
                while (translator.TryNext(out _, out _, out _))
                {
                    made++;
                }
            }

            Assert.InRange(made, 0, 8);
        }
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
            if (RtpPacket.TryParse(datagram.Payload, out RtpPacket p) && p.PayloadType == 101 && receiver.Receive(p.Timestamp, p.Ssrc, p.Payload, default) is { HasStarted: true } e)
            {
                digits.Append(TelephoneEvent.ToDigit(e.Code));
            }
        }

        return digits.ToString();
    }
}
