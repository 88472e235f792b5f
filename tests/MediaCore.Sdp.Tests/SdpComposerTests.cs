using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Primitives;

namespace MediaCore.Sdp.Tests;

/// <summary>Our own descriptions: their exact text, and that reading them back gives what was written.</summary>
public sealed class SdpComposerTests
{
    private static readonly NetworkEndpoint _rtp = NetworkEndpoint.From(IPAddress.Parse("203.0.113.5"), 30000);
    private static readonly SdpSession _session = new(9_223_372_036_854_775_807, 3, _rtp);

    [Fact]
    public void Offer_OfG711_IsWrittenLineByLine()
    {
        AudioDescription audio = Describe(AudioFormatList.CreateG711());
        audio.PtimeMilliseconds = 20;

        Assert.Equal(
            """
            v=0
            o=- 9223372036854775807 4 IN IP4 203.0.113.5
            s=-
            c=IN IP4 203.0.113.5
            t=0 0
            m=audio 30000 RTP/AVP 0 8 101
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:20
            a=sendrecv

            """.ReplaceLineEndings("\r\n"),
            SdpText.Compose(audio, _session.Next()));
    }

    [Fact]
    public void Ipv6_IsWrittenWithoutBrackets_AndOddRtcpIsSaid()
    {
        NetworkEndpoint rtp = NetworkEndpoint.From(IPAddress.Parse("2001:db8::5"), 30000);
        AudioDescription audio = Describe(AudioFormatList.CreateG711());
        audio.Rtp = rtp;
        audio.Rtcp = _rtp.WithPort(31007);

        string text = SdpText.Compose(audio, new SdpSession(1, 1, rtp));

        Assert.Contains("o=- 1 1 IN IP6 2001:db8::5\r\n", text, StringComparison.Ordinal);
        Assert.Contains("c=IN IP6 2001:db8::5\r\n", text, StringComparison.Ordinal);
        Assert.Contains("a=rtcp:31007 IN IP4 203.0.113.5\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void DeclinedAudio_KeepsItsLineWithPortZero()
    {
        AudioDescription audio = Describe(default);
        audio.Rtp = _rtp.WithPort(0);

        Assert.EndsWith("t=0 0\r\nm=audio 0 RTP/AVP 0\r\n", SdpText.Compose(audio, _session), StringComparison.Ordinal);
    }

    [Fact]
    public void Destination_OneByteTooSmall_IsRefusedAtEveryLength()
    {
        AudioDescription audio = Describe(AudioFormatList.CreateG711());
        int needed = SdpText.Compose(audio, _session).Length;
        byte[] buffer = new byte[needed];

        Assert.Equal([needed], Enumerable.Range(0, needed + 1).Where(length => SdpComposer.TryWrite(buffer.AsSpan(0, length), out _, _session, audio)));
    }

    [Fact]
    public void Nothing_ToShowAsAddress_OrNoPlaceForTheAudio_IsRefused()
    {
        byte[] buffer = new byte[SdpLimits.MaxComposedBytes];
        AudioDescription audio = Describe(AudioFormatList.CreateG711());
        audio.AudioIndex = 1;

        Assert.False(SdpComposer.TryWrite(buffer, out _, _session, audio));
        audio.AudioIndex = 0;
        audio.Rtp = default;
        Assert.False(SdpComposer.TryWrite(buffer, out int written, default, audio));
        Assert.Equal(0, written);
    }

    [Fact]
    public void LargestDescription_FitsTheStatedBound()
    {
        byte[] name = new byte[SdpLimits.MaxEncodingNameBytes];
        name.AsSpan().Fill((byte)'n');
        AudioFormatList formats = default;
        for (byte i = 0; formats.TryAdd(new AudioFormat((byte)(112 + i), AudioCodec.Other, uint.MaxValue, 255), name.AsSpan(0, 16), name.AsSpan(0, 16)); i++)
        {
            Assert.True(i < AudioFormatList.MaxFormats);
        }

        AudioDescription audio = Describe(formats);
        NetworkEndpoint longest = NetworkEndpoint.From(IPAddress.Parse("2001:db8:1111:2222:3333:4444:5555:6666"), 65535);
        audio.Rtp = longest;
        audio.Rtcp = _rtp.WithPort(65535);
        audio.RtcpMux = true;
        audio.PtimeMilliseconds = int.MaxValue;
        audio.MaxPtimeMilliseconds = int.MaxValue;
        audio.AudioIndex = 15;
        string[] lines = [.. Enumerable.Repeat("m=application 65535 UDP/TLS/RTP/SAVPF 127", 12), .. Enumerable.Repeat("m=x" + new string('y', 55) + " 1 z q", 4)];

        string text = SdpText.Compose(audio, new SdpSession(ulong.MaxValue, ulong.MaxValue, longest), SdpText.ParseSession(lines));

        Assert.Equal(AudioFormatList.MaxFormats, formats.Count);
        Assert.InRange(text.Length, 1_500, SdpLimits.MaxComposedBytes);
    }

    [Theory]
    [InlineData("bad name", "x")]
    [InlineData("", "x")]
    [InlineData("a/b", "x")]
    [InlineData("a\r\nm=audio", "x")]
    [InlineData("good", "x\r\na=inactive")]
    [InlineData("good", "x\0y")]
    [InlineData("good", "\u00e9")]
    public void Text_ThatCouldForgeALine_IsNotTakenIn(string name, string parameters)
    {
        AudioFormatList formats = default;

        Assert.False(formats.TryAdd(new AudioFormat(96, AudioCodec.Other, 8_000), Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(parameters)));
        Assert.Equal(0, formats.Count);
    }

    [Fact]
    public void List_RefusesWhatNoPayloadTypeCanMean()
    {
        AudioFormatList formats = AudioFormatList.CreateG711();

        Assert.False(formats.TryAdd(AudioFormat.Pcmu));
        Assert.False(formats.TryAdd(new AudioFormat(128, AudioCodec.Pcmu, 8_000)));
        Assert.False(formats.TryAdd(new AudioFormat(96, AudioCodec.None, 8_000)));
        Assert.False(formats.TryAdd(new AudioFormat(96, AudioCodec.Pcmu, 0)));
        Assert.False(formats.TryAdd(new AudioFormat(96, AudioCodec.Pcmu, 8_000, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => formats[3]);
        Assert.True(formats.TryFind(AudioCodec.TelephoneEvent, out int index));
        Assert.Equal((2, 101), (index, formats[index].PayloadType));
        Assert.False(formats.TryFind(AudioCodec.Other, out _));
    }

    [Property(MaxTest = 500)]
    public Property Description_WrittenAndRead_IsTheSame() => Prop.ForAll(Arb.From(Generate()), written =>
    {
        AudioDescription read = SdpText.ReadAudio(Encoding.Latin1.GetBytes(SdpText.Compose(written.Audio, _session)));
        Assert.True(written.Audio.Formats.SequenceEqual(read.Formats), SdpText.Describe(read.Formats));
        Assert.Equal(
            (written.Audio.Rtp, written.Audio.Rtcp, written.Audio.RtcpMux, written.Audio.Direction, written.Audio.Protocol),
            (read.Rtp, read.Rtcp, read.RtcpMux, read.Direction, read.Protocol));
        Assert.Equal(
            (written.Audio.PtimeMilliseconds, written.Audio.MaxPtimeMilliseconds, written.Audio.AudioIndex, written.Audio.MediaCount),
            (read.PtimeMilliseconds, read.MaxPtimeMilliseconds, read.AudioIndex, read.MediaCount));
        Assert.Equal(SdpText.Compose(written.Audio, _session), SdpText.Compose(read, _session));
    });

    private static AudioDescription Describe(AudioFormatList formats) => new()
    {
        Formats = formats,
        Rtp = _rtp,
        Rtcp = _rtp.WithPort(30001),
        Direction = MediaDirection.SendRecv,
        Protocol = SdpProtocol.RtpAvp,
    };

    /// <summary>Any description we might have to write: one seed feeds a generator of its own, so that FsCheck can print and replay it.</summary>
    private static Gen<Case> Generate() => ArbMap.Default.GeneratorFor<int>().Select(seed => new Case(seed));

    private sealed record Case(int Seed)
    {
        public AudioDescription Audio { get; } = Make(new Random(Seed));

        private static AudioDescription Make(Random random)
        {
            AudioFormatList formats = default;
            formats.TryAdd(random.Next(2) == 0 ? AudioFormat.Pcmu : AudioFormat.Pcma);
            int wanted = random.Next(0, AudioFormatList.MaxFormats);
            for (int i = 0; i < wanted; i++)
            {
                AddRandom(random, ref formats);
            }

            AudioDescription audio = Describe(formats);
            audio.Rtp = NetworkEndpoint.FromBytes(Bytes(random, random.Next(2) == 0 ? [100] : [0x20, 1, 0x0d, 0xb8], random.Next(2) == 0 ? 4 : 16), (ushort)random.Next(1, 65535));
            audio.Rtcp = audio.Rtp.WithPort((ushort)(random.Next(3) == 0 ? random.Next(1, 65536) : audio.Rtp.Port + 1));
            audio.RtcpMux = random.Next(2) == 0;
            audio.Direction = (MediaDirection)random.Next(4);
            audio.Protocol = random.Next(2) == 0 ? SdpProtocol.RtpAvp : SdpProtocol.RtpAvpf;
            audio.PtimeMilliseconds = random.Next(0, SdpLimits.MaxPacketTimeMilliseconds + 1);
            audio.MaxPtimeMilliseconds = random.Next(0, SdpLimits.MaxPacketTimeMilliseconds + 1);
            int media = random.Next(1, SdpLimits.MaxMediaCount + 1);
            string[] lines = [.. Enumerable.Range(0, media).Select(_ => random.Next(3) switch { 0 => "m=video 9 RTP/SAVPF 96", 1 => "m=image 0 udptl t38", _ => "m=audio 0 RTP/AVP 9" })];
            Assert.True(MediaLayout.TryCreate(SdpText.ParseSession(lines), out audio.Layout));
            audio.AudioIndex = random.Next(media);
            return audio;
        }

        private static void AddRandom(Random random, ref AudioFormatList formats)
        {
            byte payloadType = (byte)random.Next(96, 128);
            uint clock = (uint)random.NextInt64(1, 1L + uint.MaxValue);
            byte[] text = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (byte)random.Next(0x21, 0x7f))];
            switch (random.Next(3))
            {
                case 0:
                    formats.TryAdd(new AudioFormat(payloadType, AudioCodec.TelephoneEvent, clock), default, text);
                    break;
                case 1:
                    formats.TryAdd(new AudioFormat(payloadType, AudioCodec.ComfortNoise, clock));
                    break;
                default:
                    formats.TryAdd(new AudioFormat(payloadType, AudioCodec.Other, clock, (byte)random.Next(1, 256)), Encoding.ASCII.GetBytes($"x-{random.Next()}"), random.Next(2) == 0 ? text : []);
                    break;
            }
        }

        private static byte[] Bytes(Random random, byte[] prefix, int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            prefix.AsSpan().CopyTo(bytes);
            return bytes;
        }
    }
}
