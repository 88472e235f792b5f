using MediaCore.Audio.Codecs;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Which codec of ours a negotiated format is.</summary>
internal static class AudioFormatCodec
{
    /// <summary>The codec of a format, or null where this machine has none for it.</summary>
    public static CodecDescriptor? Find(in AudioFormatList formats, int index)
    {
        AudioFormat format = formats[index];
        CodecDescriptor? codec = format.Codec switch
        {
            AudioCodec.Pcmu => CodecDescriptor.Pcmu,
            AudioCodec.Pcma => CodecDescriptor.Pcma,
            AudioCodec.Other => CodecDescriptor.Find(formats.GetEncodingName(index), (int)format.ClockRateHz, format.Channels),
            _ => null,
        };
        return codec is { IsAvailable: true } ? codec : null;
    }

    /// <summary>The first format that this machine can code; −1 for none.</summary>
    public static int FirstIn(in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].IsVoice && Find(formats, i) is not null)
            {
                return i;
            }
        }

        return -1;
    }
}
