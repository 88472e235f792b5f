using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.Rtp.Tests.TelephoneEvents;

public sealed class TelephoneEventTranslatorTests
{
    private const uint SendStart = 5_000_000;

    [Theory]
    [InlineData(8000u, 48_000u)]
    [InlineData(48_000u, 8000u)]
    [InlineData(8000u, 16_000u)]
    [InlineData(16_000u, 48_000u)]
    [InlineData(8000u, 8000u)]
    public void Digit_AcrossClocks_KeepsItsLengthAndItsEnds(uint clockHz, uint sendClockHz)
    {
        TelephoneEventTranslator translator = default;
        TelephoneEventReceiver receiver = default;
        List<TelephoneEventReport> reports = [];
        TelephoneEventSender sender = new(7, (ushort)(clockHz / 5), (ushort)(clockHz / 50));
        byte[] payload = new byte[4];
        int ends = 0;
        int markers = 0;
        while (sender.TryWriteNext(payload, out _))
        {
            Assert.True(translator.Accept(1234, 1, payload, clockHz, sendClockHz, SendStart));
            while (translator.TryNext(out TelephoneEvent value, out uint timestamp, out bool marker))
            {
                Assert.Equal(SendStart, timestamp);
                ends += value.End ? 1 : 0;
                markers += marker ? 1 : 0;
                value.Write(payload);
                reports.Add(receiver.Receive(timestamp, 2, payload, default));
            }
        }

        Assert.Equal((3, 1), (ends, markers));
        Assert.Equal([new TelephoneEventReport(TelephoneEventChange.Ended, 7, 10, sendClockHz / 5)], reports.Where(static r => r.HasEnded));
        Assert.Single(reports, static r => r.HasStarted);
        Assert.False(translator.IsActive);
    }

    /// <summary>A key held for 10 s: two segments at 8 kHz, eight at 48 kHz, one event for whoever receives it, also where packets of either side are lost.</summary>
    [Theory]
    [InlineData(8000u, 48_000u, 1)]
    [InlineData(48_000u, 8000u, 1)]
    [InlineData(8000u, 48_000u, 3)]
    public void KeyHeldForLong_IsOneEvent(uint clockHz, uint sendClockHz, int everyNth)
    {
        TelephoneEventTranslator translator = default;
        TelephoneEventReceiver receiver = default;
        List<TelephoneEventReport> reports = [];
        byte[] payload = new byte[4];
        uint total = 10 * clockHz;
        uint start = 100;
        int n = 0;
        for (uint at = clockHz / 50; at <= total; at += clockHz / 50)
        {
            uint past = (at - 1) / ushort.MaxValue * ushort.MaxValue;
            new TelephoneEvent(5, at == total, 10, (ushort)(at - past)).Write(payload);
            if (n++ % everyNth != 0 && at != total)
            {
                continue;
            }

            if (translator.Accept(start + past, 1, payload, clockHz, sendClockHz, SendStart))
            {
                while (translator.TryNext(out TelephoneEvent value, out uint timestamp, out _))
                {
                    value.Write(payload);
                    reports.Add(receiver.Receive(timestamp, 2, payload, default));
                }
            }
        }

        Assert.Single(reports, static r => r.HasStarted);
        TelephoneEventReport end = Assert.Single(reports, static r => r.HasEnded);
        Assert.InRange(end.DurationUnits, (10 * sendClockHz) - 10, 10 * sendClockHz);
    }

    /// <summary>Segments that never end, each legal by itself, and clocks that nobody has: few packets for each that came, and an end that is heard.</summary>
    [Theory]
    [InlineData(8000u, 48_000u, 11_000)]
    [InlineData(8000u, 16_000u, 33_000)]
    [InlineData(48_000u, 8000u, 33_000)]
    [InlineData(1u, 48_000u, 100)]
    [InlineData(8000u, uint.MaxValue, 20_000)]
    [InlineData(1u, uint.MaxValue, 20_000)]
    public void KeyThatIsNeverReleased_CostsAFewPacketsEach(uint clockHz, uint sendClockHz, int segments)
    {
        TelephoneEventTranslator translator = default;
        byte[] payload = new byte[4];
        uint timestamp = 0;
        uint sent = 0;
        bool ended = false;
        for (int i = 0; i < segments; i++, timestamp = unchecked(timestamp + ushort.MaxValue))
        {
            new TelephoneEvent(5, i == segments - 1, 10, ushort.MaxValue).Write(payload);
            Assert.True(translator.Accept(timestamp, 1, payload, clockHz, sendClockHz, SendStart));
            int packets = 0;
            while (translator.TryNext(out TelephoneEvent value, out uint at, out _))
            {
                Assert.InRange(++packets, 1, TelephoneEventTranslator.MaxPackets);
                Assert.Equal(5, value.Code);
                sent = unchecked(at - SendStart) + value.Duration;
                Assert.False(ended);
                ended = value.End;
            }
        }

        Assert.Equal((true, false), (ended, translator.IsActive));
        Assert.InRange(sent, 1u, Math.Min((ulong)sendClockHz * TelephoneEventTranslator.LongestEventSeconds, uint.MaxValue));
    }

    [Fact]
    public void LatePackets_AndOnesAfterTheEnd_AreLeftOut()
    {
        TelephoneEventTranslator translator = default;
        Assert.True(translator.Accept(1000, 1, [5, 0x8a, 3, 0x20], 8000, 8000, 1));
        Assert.False(translator.Accept(1000, 1, [5, 10, 2, 0x80], 8000, 8000, 1));
        Assert.False(translator.Accept(1000, 1, [6, 0x8a, 3, 0x20], 8000, 8000, 1));
        Assert.False(translator.Accept(900, 1, [5, 0x8a, 3, 0x20], 8000, 8000, 1));
        Assert.False(translator.Accept(2000, 1, [5, 0x8a], 8000, 8000, 1));
        Assert.False(translator.Accept(2000, 1, [5, 0x8a, 3, 0x20], 0, 8000, 1));
        Assert.True(translator.Accept(900, 2, [5, 0x8a, 3, 0x20], 8000, 8000, 1));
    }
}
