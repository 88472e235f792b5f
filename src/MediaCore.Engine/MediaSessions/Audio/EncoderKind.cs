using MediaCore.Audio.Codecs;
using MediaCore.Audio.Opus;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>What an encoder was made for: two of the same kind may take each other's place.</summary>
internal readonly record struct EncoderKind
{
    /// <summary>The codec.</summary>
    public required CodecDescriptor Codec { get; init; }

    /// <summary>Samples per second of its input.</summary>
    public required int SampleRateHz { get; init; }

    /// <summary>Sound in a packet.</summary>
    public required int PacketMilliseconds { get; init; }

    /// <summary>How Opus codes; null for the others.</summary>
    public OpusEncoderOptions? Opus { get; init; }

    /// <summary>Makes one.</summary>
    public IAudioEncoder Create() => Opus is { } opus ? new OpusEncoder(opus) : Codec.CreateEncoder(SampleRateHz, PacketMilliseconds);
}
