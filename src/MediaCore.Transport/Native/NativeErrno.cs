namespace MediaCore.Transport.Native;

/// <summary>Linux error numbers, the same on x86-64 and Arm64 (asm-generic/errno.h).</summary>
internal static class NativeErrno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int InvalidArgument = 22;
    public const int SystemDescriptorLimit = 23;
    public const int ProcessDescriptorLimit = 24;
    public const int NoSystemCall = 38;
    public const int DestinationRequired = 89;
    public const int MessageTooLarge = 90;
    public const int AddressFamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int NoBufferSpace = 105;
    public const int ConnectionRefused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
}
