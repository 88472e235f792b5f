using System.Text;

namespace MediaCore.Sdp.Tests;

/// <summary>Bodies for tests, written as lines.</summary>
internal static class SdpText
{
    public const string Origin = "o=- 1061502179 1061502180 IN IP4 192.0.2.66";

    public static byte[] Bytes(params string[] lines) => Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\r\n")));

    /// <summary>v, o, s, c and t of a session at 192.0.2.66, then the lines given.</summary>
    public static byte[] Session(params string[] lines) => Bytes(["v=0", Origin, "s=-", "c=IN IP4 192.0.2.66", "t=0 0", .. lines]);

    public static SdpDescription Parse(byte[] body)
    {
        SdpDescription description = new();
        Assert.True(description.TryParse(body, 0, body.Length), $"{description.Error} in line {description.ErrorLine}");
        return description;
    }

    public static SdpDescription ParseSession(params string[] lines) => Parse(Session(lines));

    public static AudioDescription ReadAudio(byte[] body)
    {
        Assert.True(OfferAnswer.TryReadAudio(Parse(body), out AudioDescription audio, out OfferAnswerError error), error.ToString());
        return audio;
    }

    public static AudioDescription ReadAudioOfSession(params string[] lines) => ReadAudio(Session(lines));

    public static string String(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text);

    /// <summary><c>0:PCMU/8000 101:telephone-event/8000(0-15)</c>.</summary>
    public static string Describe(in AudioFormatList formats)
    {
        List<string> words = [];
        for (int i = 0; i < formats.Count; i++)
        {
            AudioFormat format = formats[i];
            string channels = format.Channels == 1 ? "" : $"/{format.Channels}";
            string parameters = formats.GetParameters(i).IsEmpty ? "" : $"({String(formats.GetParameters(i))})";
            words.Add($"{format.PayloadType}:{String(formats.GetEncodingName(i))}/{format.ClockRateHz}{channels}{parameters}");
        }

        return string.Join(' ', words);
    }

    public static string Compose(in AudioDescription audio, SdpSession session, SdpDescription? answering = null)
    {
        byte[] buffer = new byte[SdpLimits.MaxComposedBytes];
        Assert.True(SdpComposer.TryWrite(buffer, out int written, session, audio, answering));
        return String(buffer.AsSpan(0, written));
    }
}
