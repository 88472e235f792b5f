using Microsoft.Win32.SafeHandles;

namespace MediaCore.Audio.Opus;

/// <summary>A decoder of libopus, destroyed once.</summary>
internal sealed class OpusDecoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public OpusDecoderHandle()
        : base(ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeOpus.DestroyDecoder(handle);
        return true;
    }
}
