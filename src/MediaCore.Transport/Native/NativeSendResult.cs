using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Native;

/// <summary>The one translation from errno to <see cref="SendResult"/>.</summary>
internal static class NativeSendResult
{
    public static SendResult FromErrno(int errorNumber) => errorNumber switch
    {
        NativeErrno.TryAgain => SendResult.WouldBlock,
        NativeErrno.MessageTooLarge => SendResult.TooLarge,
        NativeErrno.InvalidArgument or NativeErrno.AddressFamilyNotSupported or NativeErrno.DestinationRequired => SendResult.InvalidDestination,
        NativeErrno.NetworkUnreachable or NativeErrno.HostUnreachable or NativeErrno.NetworkDown or NativeErrno.HostDown
            or NativeErrno.AddressNotAvailable => SendResult.Unreachable,
        NativeErrno.ConnectionRefused => SendResult.Refused,
        NativeErrno.NotPermitted or NativeErrno.AccessDenied => SendResult.NotPermitted,
        NativeErrno.NoBufferSpace or NativeErrno.NoMemory => SendResult.NoBuffers,
        _ => SendResult.Failed,
    };
}
