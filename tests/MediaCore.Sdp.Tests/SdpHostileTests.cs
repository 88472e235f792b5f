using System.Diagnostics;
using System.Text;

namespace MediaCore.Sdp.Tests;

/// <summary>Bodies written to hurt: each ends in a verdict, none in an exception, and all of them in linear time.</summary>
public sealed class SdpHostileTests
{
    private static readonly byte[] _rich = SdpText.Bytes(
        "v=0",
        SdpText.Origin,
        "s=caf\u00c3\u00a9",
        "i=info",
        "c=IN IP4 192.0.2.66",
        "b=AS:64",
        "t=0 0",
        "a=sendrecv",
        "a=group:BUNDLE 0 1",
        "m=audio 17000/2 RTP/AVP 111 0 8 101",
        "c=IN IP6 2001:db8::1",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=rtcp:17001 IN IP4 192.0.2.66",
        "a=rtcp-mux",
        "m=video 0 RTP/SAVPF 96",
        "m=image 9 udptl t38");

    [Theory]
    [InlineData("4294967296")]
    [InlineData("18446744073709551616")]
    [InlineData("-1")]
    [InlineData("128")]
    [InlineData("0x0")]
    public void PayloadType_OutOfRange_IsNoFormat(string format)
    {
        AudioDescription audio = SdpText.ReadAudioOfSession($"m=audio 17000 RTP/AVP {format} 8", $"a=rtpmap:{format} PCMU/8000", $"a=fmtp:{format} x");

        Assert.Equal("8:PCMA/8000", SdpText.Describe(audio.Formats));
        Assert.False(SdpText.ParseSession($"m=audio 17000 RTP/AVP {format}").GetMedia(0).TryGetPayloadType(0, out _));
    }

    [Fact]
    public void Fmtp_WithNul_RefusesTheBody()
    {
        byte[] body = SdpText.Session("m=audio 17000 RTP/AVP 9 0 101", "a=rtpmap:0 PCMU/8000", "a=fmtp\0:101 0-16");
        SdpDescription sdp = new();

        Assert.False(sdp.TryParse(body, 0, body.Length));
        Assert.Equal((SdpParseError.IllegalByte, 8), (sdp.Error, sdp.ErrorLine));
    }

    [Theory]
    [InlineData(16, SdpParseError.None)]
    [InlineData(17, SdpParseError.TooManyMedia)]
    [InlineData(600, SdpParseError.TooManyMedia)]
    [InlineData(1_000, SdpParseError.TooLarge)]
    public void MediaLines_BeyondTheLimit_RefuseTheBody(int count, SdpParseError expected)
    {
        byte[] body = SdpText.Session([.. Enumerable.Range(0, count).Select(i => $"m=audio {10_000 + (2 * i)} RTP/AVP 0")]);
        SdpDescription sdp = new();

        Assert.Equal(expected == SdpParseError.None, sdp.TryParse(body, 0, body.Length));
        Assert.Equal(expected, sdp.Error);
    }

    [Theory]
    [InlineData(128, SdpParseError.None)]
    [InlineData(129, SdpParseError.TooManyFormats)]
    public void Formats_BeyondTheLimit_RefuseTheBody(int count, SdpParseError expected)
    {
        byte[] body = SdpText.Session("m=audio 10000 RTP/AVP" + string.Concat(Enumerable.Repeat(" 0", count)));
        SdpDescription sdp = new();

        Assert.Equal(expected == SdpParseError.None, sdp.TryParse(body, 0, body.Length));
        Assert.Equal(expected, sdp.Error);
    }

    [Theory]
    [InlineData(1_019, SdpParseError.None)]
    [InlineData(1_020, SdpParseError.TooManyLines)]
    [InlineData(4_000, SdpParseError.TooManyLines)]
    public void Attributes_BeyondTheLimit_RefuseTheBody(int count, SdpParseError expected)
    {
        byte[] body = SdpText.Session([.. Enumerable.Repeat("a=", 1), .. Enumerable.Repeat("a=x", count - 1)]);
        SdpDescription sdp = new();
        int length = Math.Min(body.Length, SdpLimits.MaxSdpBytes);

        Assert.Equal(expected == SdpParseError.None, sdp.TryParse(body, 0, length));
        Assert.Equal(expected, sdp.Error);
    }

    [Theory]
    [InlineData(64, SdpParseError.None)]
    [InlineData(65, SdpParseError.MalformedMedia)]
    [InlineData(1_024, SdpParseError.MalformedMedia)]
    public void MediaTokens_BeyondTheLimit_RefuseTheBody(int length, SdpParseError expected)
    {
        string token = new('A', length);
        SdpDescription sdp = new();

        foreach (string line in new[] { $"m={token} 1 RTP/AVP 0", $"m=audio 1 {token} 0", $"m=audio 1 RTP/AVP {token}" })
        {
            byte[] body = SdpText.Session(line);
            Assert.Equal(expected == SdpParseError.None, sdp.TryParse(body, 0, body.Length));
            Assert.Equal(expected, sdp.Error);
        }
    }

    [Fact]
    public void Body_CutAtEveryLength_EndsInAVerdict()
    {
        SdpDescription sdp = new();
        List<int> accepted = [];
        for (int length = 0; length <= _rich.Length; length++)
        {
            byte[] cut = _rich[..length];
            if (Exercise(sdp, cut))
            {
                accepted.Add(length);
            }
        }

        Assert.Equal(_rich.Length, accepted[^1]);
        int origin = Encoding.Latin1.GetString(_rich).IndexOf("\r\ns=", StringComparison.Ordinal);
        Assert.True(accepted[0] > origin - "192.0.2.66".Length, "A body was accepted before its o= line had six fields.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Body_Mutated_EndsInAVerdict(int seed)
    {
        Random random = new(seed);
        SdpDescription sdp = new();
        byte[] interesting = [0, (byte)'\r', (byte)'\n', (byte)' ', (byte)'=', (byte)':', (byte)'/', (byte)'m', (byte)'a', (byte)'c', (byte)'9', 0x80, 0xff];
        int accepted = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] body = [.. _rich];
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(body.Length);
                int length = random.Next(0, Math.Min(12, body.Length - at));
                switch (random.Next(4))
                {
                    case 0:
                        body[at] = interesting[random.Next(interesting.Length)];
                        break;
                    case 1:
                        body[at] = (byte)random.Next(256);
                        break;
                    case 2:
                        body = [.. body.AsSpan(0, at), .. body.AsSpan(at + length)];
                        break;
                    default:
                        body = [.. body.AsSpan(0, at + length), .. body.AsSpan(at)];
                        break;
                }
            }

            accepted += Exercise(sdp, body) ? 1 : 0;
        }

        Assert.InRange(accepted, 1_000, 19_000);
    }

    public static TheoryData<string> Shapes => ["lines", "attributes", "one line of spaces", "formats", "rtpmaps", "fmtps", "slashes", "colons", "digits", "empty lines"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LargestBody_OfAnyShape_TakesLinearTime(string shape)
    {
        string formats = string.Join(' ', Enumerable.Range(0, 128));
        string head = Encoding.Latin1.GetString(SdpText.Session("m=audio 10000 RTP/AVP " + formats));
        string unit = shape switch
        {
            "lines" => "i=\n",
            "attributes" => "a=sendrecv:x\n",
            "one line of spaces" => " ",
            "formats" => "m=audio 1 RTP/AVP " + formats + "\n",
            "rtpmaps" => "a=rtpmap:127 x/8000\n",
            "fmtps" => "a=fmtp:127 x\n",
            "slashes" => "/",
            "colons" => ":",
            "digits" => "9",
            _ => "\n",
        };
        string start = unit.Length == 1 && unit != "\n" ? "a=rtcp:" : "";
        StringBuilder text = new(head + start);
        while (text.Length + unit.Length <= SdpLimits.MaxSdpBytes)
        {
            text.Append(unit);
        }

        byte[] body = Encoding.Latin1.GetBytes(text.ToString());
        SdpDescription sdp = new();

        AssertFast(() => Exercise(sdp, body), shape);
    }

    /// <summary>
    /// One of many runs must stay below 100 ms, about a thousand times what 16 kB take: a reader that is quadratic or hangs never does, while a busy
    /// machine may delay any single run.
    /// </summary>
    internal static void AssertFast(Func<bool> read, string what)
    {
        TimeSpan longest = TimeSpan.FromMilliseconds(100);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 20 && best >= longest; i++)
        {
            long start = Stopwatch.GetTimestamp();
            read();
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            best = taken < best ? taken : best;
        }

        Assert.True(best < longest, $"{what}: {best.TotalMilliseconds:F3} ms");
    }

    /// <summary>Parses and asks for everything that can be asked; what comes out must also be writable and readable again.</summary>
    internal static bool Exercise(SdpDescription sdp, byte[] body)
    {
        if (!sdp.TryParse(body, 0, body.Length))
        {
            Assert.NotEqual(SdpParseError.None, sdp.Error);
            Assert.Equal(0, sdp.MediaCount);
            return false;
        }

        int bytes = sdp.OriginUsername.Length + sdp.OriginAddress.Length + sdp.SessionName.Length;
        foreach (SdpLine line in sdp.SessionLines)
        {
            bytes += line.Value.Length;
        }

        for (int i = 0; i < sdp.MediaCount; i++)
        {
            SdpMedia media = sdp.GetMedia(i);
            media.TryGetRtpEndpoint(out _);
            media.TryGetRtcpEndpoint(out _);
            Assert.InRange(media.PtimeMilliseconds, 0, SdpLimits.MaxPacketTimeMilliseconds);
            for (int format = 0; format < media.FormatCount; format++)
            {
                bytes += media.GetFormat(format).Length;
                media.TryGetPayloadType(format, out _);
            }

            foreach (SdpLine line in media.Attributes)
            {
                bytes += line.AttributeName.Length + line.AttributeValue.Length;
            }
        }

        Assert.InRange(bytes, 1, 2 * SdpLimits.MaxSdpBytes);
        if (OfferAnswer.TryReadAudio(sdp, out AudioDescription audio, out _))
        {
            string text = SdpText.Compose(audio, new SdpSession(1, 1, audio.Rtp));
            AudioDescription again = SdpText.ReadAudio(Encoding.Latin1.GetBytes(text));
            Assert.True(audio.Formats.SequenceEqual(again.Formats), text);
            Assert.Equal((audio.Rtp, audio.Direction, audio.MediaCount), (again.Rtp, again.Direction, again.MediaCount));
        }

        return true;
    }
}
