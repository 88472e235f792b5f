using Microsoft.Win32.SafeHandles;

namespace MediaCore.Audio.Opus;

/// <summary>An encoder of libopus, destroyed once.</summary>
internal sealed class OpusEncoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public OpusEncoderHandle()
        : base(ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeOpus.DestroyEncoder(handle);
        return true;
    }
}
