using System.Buffers;
using System.Diagnostics;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>Hostile bytes: nothing throws, nothing hangs, the parser and the frame scanner agree.</summary>
public class RobustnessTests
{
    private static readonly byte[][] Seeds = [.. Rfc4475Messages.All.Values.Concat(Rfc5118Messages.All.Values).Select(WireText.Bytes)];

    [Fact]
    public void EveryTruncation_IsReadWithoutAThrow()
    {
        SipMessage message = new();
        foreach (byte[] seed in Seeds)
        {
            for (int length = 0; length <= seed.Length; length++)
            {
                // An array of exactly this length, so that a read past the end would show.
                byte[] cut = seed[..length];
                message.Parse(cut, 0, length);
                WireText.Touch(message);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MutatedMessages_AreReadWithoutAThrow_AndAsTheScannerFramesThem(int seed)
    {
        Random random = new(seed);
        SipMessage message = new();
        ReadOnlySpan<byte> marks = "\r\n \t:;,\"<>@?&=%[]\\/\0\xff0l"u8;
        long started = Stopwatch.GetTimestamp();
        int rounds = 0;
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(0.7) && rounds < 20_000)
        {
            List<byte> bytes = [.. Seeds[random.Next(Seeds.Length)]];
            for (int changes = random.Next(1, 8); changes > 0; changes--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = marks[random.Next(marks.Length)];
                        break;
                    case 1:
                        bytes.Insert(at, marks[random.Next(marks.Length)]);
                        break;
                    case 2:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at - 1));
                        break;
                    default:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                        break;
                }
            }

            Check(message, [.. bytes], seed, rounds++);
        }

        Assert.True(rounds > 100, $"only {rounds} messages in the time given");
    }

    [Fact]
    public void LongHostileHeaders_TakeLinearTime()
    {
        // 8 kB of the worst separators in each typed header; quadratic scanning would take seconds.
        SipMessage message = new();
        foreach (string filler in (string[])[";", ",", "\"", "<", "\\", ";a=\"", "\r\n ", "@", "a@", "%", ";a", "&", "["])
        {
            string value = string.Concat(Enumerable.Repeat(filler, 8_000 / filler.Length));
            byte[] bytes = WireText.Bytes($"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h{value}\r\nFrom: sip:{value}\r\nTo: {value}\r\nContact: {value}\r\nCSeq: {value}\r\nAuthorization: Digest {value}\r\nCall-ID: {value}\r\n\r\n");
            long started = Stopwatch.GetTimestamp();
            message.Parse(bytes, 0, bytes.Length);
            WireText.Touch(message);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1), $"{filler} took {Stopwatch.GetElapsedTime(started)}");
        }
    }

    private static void Check(SipMessage message, byte[] bytes, int seed, int round)
    {
        message.Parse(bytes, 0, bytes.Length);
        WireText.Touch(message);

        // A frame that the scanner cuts must not be one that the parser reads as longer or shorter.
        SipFrameScanner scanner = default;
        if (scanner.Scan(new ReadOnlySequence<byte>(bytes), out long consumed, out long frameLength) == FrameScanResult.Frame)
        {
            message.Parse(bytes, (int)(consumed - frameLength), (int)frameLength);
            Assert.True(message.Status == ParseStatus.Malformed || message.Length == frameLength, $"seed {seed} round {round}: {WireText.Text(bytes)}");
            Assert.True(message.Error is not (SipParseError.BodyTruncated or SipParseError.ContentLengthConflict or SipParseError.ContentLengthInvalid), $"seed {seed} round {round}: {message.Error} {WireText.Text(bytes)}");
        }
    }
}
