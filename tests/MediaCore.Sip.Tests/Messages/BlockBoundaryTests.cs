using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>The parser looks at 64 bytes of a message and 16 of a value at a time; what it reads must not depend on where in them something stands.</summary>
public sealed class BlockBoundaryTests
{
    private const int Blocks = 140;

    [Fact]
    public void Rows_WhereverTheirEndsAndColonsStand_AreTheSame()
    {
        var message = new SipMessage();
        for (int padding = 0; padding < Blocks; padding++)
        {
            string filler = new('x', padding);
            byte[] bytes = Encoding.ASCII.GetBytes($"OPTIONS sip:h SIP/2.0\r\nSubject: {filler}\r\nTo:<sip:a:b@h>\r\nX-Other \t: a:b\r\n folded: c\r\nl:3\r\n\r\nabc");
            Assert.Equal(ParseStatus.Complete, message.Parse(bytes, 0, bytes.Length));
            Assert.Equal(4, message.HeaderCount);
            Assert.Equal(filler, Text(message.GetHeaderValue(0)));
            Assert.Equal((SipHeaderName.To, "To", "<sip:a:b@h>"), (message.GetHeaderName(1), Text(message.GetHeaderNameToken(1)), Text(message.GetHeaderValue(1))));
            Assert.Equal((SipHeaderName.Unknown, "X-Other", "a:b\r\n folded: c"), (message.GetHeaderName(2), Text(message.GetHeaderNameToken(2)), Text(message.GetHeaderValue(2))));
            Assert.Equal((SipHeaderName.ContentLength, "3"), (message.GetHeaderName(3), Text(message.GetHeaderValue(3))));
            Assert.Equal("abc", Text(message.Body));
        }
    }

    [Fact]
    public void Bytes_AroundTheMessageInItsBuffer_AreNotRead()
    {
        byte[] bytes = "BYE sip:h SIP/2.0\r\nTo: <sip:b@h>\r\nCSeq: 1 BYE\r\n\r\n"u8.ToArray();
        var message = new SipMessage();
        foreach (byte around in "\r\n: \0"u8)
        {
            for (int offset = 0; offset < 70; offset++)
            {
                byte[] buffer = new byte[offset + bytes.Length + 70];
                Array.Fill(buffer, around);
                bytes.CopyTo(buffer, offset);
                Assert.Equal(ParseStatus.Complete, message.Parse(buffer, offset, bytes.Length));
                Assert.Equal((2, 0), (message.HeaderCount, message.Body.Length));

                // The same without its last byte has no end, whatever stands behind it.
                Assert.Equal(ParseStatus.Malformed, message.Parse(buffer, offset, bytes.Length - 1));
                Assert.Equal(SipParseError.NoHeaderEnd, message.Error);
            }
        }
    }

    [Theory]
    [InlineData("\r", SipParseError.HeaderValue)]
    [InlineData("\n", SipParseError.HeaderValue)]
    [InlineData("\r\n\r\n", SipParseError.None)]
    [InlineData("\r\nno name\r\n", SipParseError.HeaderName)]
    [InlineData("\r\n:\r\n", SipParseError.HeaderName)]
    public void Faults_WhereverTheyStand_AreFound(string fault, SipParseError expected)
    {
        var message = new SipMessage();
        for (int padding = 0; padding < Blocks; padding++)
        {
            string head = $"OPTIONS sip:h SIP/2.0\r\nSubject: {new string('x', padding)}";
            byte[] bytes = Encoding.ASCII.GetBytes($"{head}{fault}y: z\r\n\r\n");
            message.Parse(bytes, 0, bytes.Length);
            Assert.Equal(expected, message.Error);
        }
    }

    [Fact]
    public void ParameterValues_AreCutAtTheSameByte_OneByOneAndSixteenAtATime()
    {
        for (int length = 0; length < 50; length++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] text = new byte[length + 1];
                Array.Fill(text, (byte)'a');
                text[length] = (byte)value;
                int expected = SipGrammar.Skip(text, 0, SipGrammar.ParameterValue);
                for (int from = 0; from <= text.Length; from++)
                {
                    Assert.Equal(Math.Max(from, expected), SipGrammar.SkipParameterValue(text, from));
                }
            }
        }
    }

    [Fact]
    public void HeaderNames_AllAreFound_AndNamesBesideThemAreNot()
    {
        foreach (SipHeaderName name in Enum.GetValues<SipHeaderName>().Where(static name => name != SipHeaderName.Unknown))
        {
            byte[] token = SipHeaderNames.GetToken(name).ToArray();
            Assert.Equal(name, SipHeaderNames.Parse(token));
            Assert.Equal(name, SipHeaderNames.Parse(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(token).ToUpperInvariant())));
            Assert.Equal(SipHeaderName.Unknown, SipHeaderNames.Parse([.. token, (byte)'s']));
            for (int i = 0; i < token.Length; i++)
            {
                byte[] other = [.. token];
                other[i] = (byte)'~';
                Assert.Equal(SipHeaderName.Unknown, SipHeaderNames.Parse(other));
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
