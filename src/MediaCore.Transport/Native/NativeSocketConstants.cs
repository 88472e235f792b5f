namespace MediaCore.Transport.Native;

/// <summary>Values from Linux' asm-generic headers, the same on x86-64 and Arm64.</summary>
internal static class NativeSocketConstants
{
    public const int FamilyIPv4 = 2;
    public const int FamilyIPv6 = 10;

    public const int TypeDatagram = 2;
    public const int TypeNonBlocking = 0x800;
    public const int TypeCloseOnExec = 0x80000;

    public const int LevelSocket = 1;
    public const int ReuseAddress = 2;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int ReusePort = 15;
    public const int SendBufferForce = 32;
    public const int ReceiveBufferForce = 33;
    public const int AttachReusePortFilter = 51;

    public const int LevelIPv4 = 0;
    public const int TypeOfService = 1;
    public const int LevelIPv6 = 41;
    public const int IPv6Only = 26;
    public const int TrafficClass = 67;

    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;

    public const int PollIn = 0x1;
    public const int PollOut = 0x4;
    public const int PollError = 0x8;
    public const int PollHangUp = 0x10;

    public const int PollAdd = 1;
    public const int PollDelete = 2;
    public const int PollModify = 3;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
}
