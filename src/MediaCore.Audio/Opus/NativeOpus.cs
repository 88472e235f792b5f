using System.Runtime.InteropServices;

namespace MediaCore.Audio.Opus;

/// <summary>
/// The functions of libopus that are used. The two of control take a variable number of arguments in C; on Linux (x86-64 and arm64) an integer travels there as it does anywhere, so they are declared with the one they get.
/// </summary>
internal static unsafe partial class NativeOpus
{
    /// <summary>Since version 1.1 of 2013; the number is the binary interface's.</summary>
    public const string Library = "libopus.so.0";

    public const int ApplicationVoip = 2048;

    public const int SetBitrate = 4002;
    public const int SetMaxBandwidth = 4004;
    public const int SetVariableBitrate = 4006;
    public const int SetComplexity = 4010;
    public const int SetInBandFec = 4012;
    public const int SetExpectedLoss = 4014;
    public const int SetDiscontinuous = 4016;
    public const int SetForceChannels = 4022;
    public const int SetSignal = 4024;
    public const int GetLookahead = 4027;
    public const int ResetState = 4028;

    [LibraryImport(Library, EntryPoint = "opus_encoder_create")]
    public static partial OpusEncoderHandle CreateEncoder(int sampleRateHz, int channels, int application, out int error);

    [LibraryImport(Library, EntryPoint = "opus_encoder_destroy")]
    public static partial void DestroyEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "opus_encode")]
    public static partial int Encode(OpusEncoderHandle encoder, short* samples, int samplesPerChannel, byte* payload, int bytes);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    public static partial int Control(OpusEncoderHandle encoder, int request, nint value);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    public static partial OpusDecoderHandle CreateDecoder(int sampleRateHz, int channels, out int error);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    public static partial void DestroyDecoder(nint decoder);

    [LibraryImport(Library, EntryPoint = "opus_decode")]
    public static partial int Decode(OpusDecoderHandle decoder, byte* payload, int bytes, short* samples, int samplesPerChannel, int redundancy);

    [LibraryImport(Library, EntryPoint = "opus_decoder_ctl")]
    public static partial int Control(OpusDecoderHandle decoder, int request, nint value);

    [LibraryImport(Library, EntryPoint = "opus_get_version_string")]
    public static partial nint Version();
}
