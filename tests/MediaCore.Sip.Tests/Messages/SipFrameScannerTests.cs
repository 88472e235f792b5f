using System.Buffers;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class SipFrameScannerTests
{
    private const string First = "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nContent-Length : 5\r\nX: y\r\n\r\nhello";
    private const string Second = "SIP/2.0 200 OK\r\nl:\r\n 0\r\n\r\n";

    /// <summary>Streams, and what must come out of them: a length for each frame, "ping" for a keep-alive, "invalid", then "more" when bytes are left over.</summary>
    public static TheoryData<string, string> Streams => new()
    {
        { First, $"{First.Length}" },
        { First + Second, $"{First.Length} {Second.Length}" },
        { "\r\n\r\n" + First, $"ping {First.Length}" },
        { "\r\n" + First + "\r\n\r\n" + Second, $"{First.Length} ping {Second.Length}" },
        { "\r\n\r\n\r\n\r\n", "ping ping" },
        { "\r\n", "more" },
        { First[..^1], "more" },
        { "OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: 5\r\nl: 5\r\n\r\nhello", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: -5\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: 5 5\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: 5\r\n 5\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: : 5\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length:\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4294967301\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nContent-Length: 18446744073709551621\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\nContent-Length: 0\n\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nX: a\rContent-Length: 0\r\n\r\n", "invalid" },
        { "OPTIONS sip:a SIP/2.0\r\nX-Content-Length: 5\r\nContent-Lengthy: 7\r\nContent: 1\r\nLl: 4\r\nCONTENT-LENGTH\t: 0\r\n\r\n", "105" },
        { "OPTIONS sip:a SIP/2.0\r\nSubject: x\r\n Content-Length: 9\r\nL:0\r\n\r\n", "62" },
        { "\nOPTIONS sip:a SIP/2.0\r\nL:0\r\n\r\n", "invalid" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_YieldsTheSameFrames_InEverySegmentation(string stream, string expected)
    {
        byte[] bytes = WireText.Bytes(stream);
        Assert.Equal(expected, Feed(bytes, [bytes.Length]));
        Assert.Equal(expected, Feed(bytes, [.. Enumerable.Range(1, bytes.Length)]));
        for (int split = 1; split < bytes.Length; split++)
        {
            Assert.Equal(expected, Feed(bytes, [split, bytes.Length]));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_InSegmentsOfOneByte_YieldsTheSameFrames(string stream, string expected)
    {
        byte[] bytes = WireText.Bytes(stream);
        Assert.Equal(expected, Scan(bytes, [bytes.Length], segmentLength: 1));
    }

    [Fact]
    public void EveryPrefixOfAFrame_NeedsMoreData()
    {
        byte[] bytes = WireText.Bytes(First);
        for (int length = 0; length < bytes.Length; length++)
        {
            SipFrameScanner scanner = default;
            Assert.Equal(FrameScanResult.NeedMoreData, scanner.Scan(new ReadOnlySequence<byte>(bytes, 0, length), out long consumed, out _));
            Assert.Equal(0, consumed);
        }
    }

    [Fact]
    public void EndlessHeader_IsRefusedAtTheLimit()
    {
        SipFrameScanner scanner = default;
        byte[] bytes = WireText.Bytes("OPTIONS sip:a SIP/2.0\r\nX: " + new string('x', SipLimits.MaxFrameHeaderBytes));
        Assert.Equal(FrameScanResult.Invalid, scanner.Scan(new ReadOnlySequence<byte>(bytes), out _, out long frameLength));
        Assert.Equal(0, frameLength);
    }

    [Fact]
    public void InvalidLength_LeavesHeadersToAnswer()
    {
        SipFrameScanner scanner = default;
        byte[] bytes = WireText.Bytes(Rfc4475Messages.All["mcl01"]);
        Assert.Equal(FrameScanResult.Invalid, scanner.Scan(new ReadOnlySequence<byte>(bytes), out _, out long frameLength));
        SipMessage message = new();
        Assert.Equal(ParseStatus.Malformed, message.Parse(bytes, 0, (int)frameLength));
        Assert.True(message.CanAnswer);
        Assert.Equal(400, message.Validate().StatusCode);
    }

    [Fact]
    public void Dblreq_OverTcp_IsTwoMessages()
    {
        byte[] bytes = WireText.Bytes(Rfc4475Messages.All["dblreq"]);
        SipMessage register = WireText.Parse(bytes);
        string[] results = Feed(bytes, [bytes.Length]).Split(' ');
        Assert.Equal($"{register.Length}", results[0]);
        Assert.InRange(int.Parse(results[1]), 400, bytes.Length - register.Length);
    }

    [Fact]
    public void LongHeaders_InSmallPieces_AreScannedOnce()
    {
        // 60 kB byte by byte: a scanner that starts over each time would take 1.8 × 10^9 steps and run into the test's time limit.
        byte[] bytes = WireText.Bytes("OPTIONS sip:a SIP/2.0\r\nX: " + new string('x', 60_000) + "\r\nL: 0\r\n\r\n");
        SipFrameScanner scanner = default;
        for (int length = 1; length < bytes.Length; length++)
        {
            Assert.Equal(FrameScanResult.NeedMoreData, scanner.Scan(new ReadOnlySequence<byte>(bytes, 0, length), out _, out _));
        }

        Assert.Equal(FrameScanResult.Frame, scanner.Scan(new ReadOnlySequence<byte>(bytes), out long consumed, out _));
        Assert.Equal(bytes.Length, consumed);
    }

    private static string Feed(byte[] bytes, int[] arrivals) => Scan(bytes, arrivals, segmentLength: int.MaxValue);

    private static string Scan(byte[] bytes, int[] arrivals, int segmentLength)
    {
        List<string> results = [];
        SipFrameScanner scanner = default;
        int start = 0;
        foreach (int arrived in arrivals)
        {
            while (true)
            {
                FrameScanResult result = scanner.Scan(Sequence(bytes.AsMemory(start, arrived - start), segmentLength), out long consumed, out long frameLength);
                if (result == FrameScanResult.NeedMoreData)
                {
                    break;
                }

                if (result == FrameScanResult.Invalid)
                {
                    return string.Join(' ', [.. results, "invalid"]);
                }

                results.Add(result == FrameScanResult.KeepAlive ? "ping" : $"{frameLength}");
                start += (int)consumed;
            }
        }

        if (start < bytes.Length)
        {
            results.Add("more");
        }

        return string.Join(' ', results);
    }

    private static ReadOnlySequence<byte> Sequence(ReadOnlyMemory<byte> bytes, int segmentLength)
    {
        if (bytes.Length <= segmentLength)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        Segment first = new(bytes[..segmentLength], 0);
        Segment last = first;
        for (int i = segmentLength; i < bytes.Length; i += segmentLength)
        {
            last = last.Append(bytes.Slice(i, Math.Min(segmentLength, bytes.Length - i)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
