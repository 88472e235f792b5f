using System.Runtime.InteropServices;

namespace MediaCore.Transport.Native;

/// <summary>
/// The system calls that this project makes directly, each documented in section 2 of the Linux manual. Only blittable arguments, so the
/// generated code is a plain call plus the reading of errno.
/// </summary>
internal static unsafe partial class NativeLibc
{
    private const string Library = "libc";

    // Numbers of system calls never change; each architecture has its own.
    private static readonly nint s_receiveFrom = RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 45, Architecture.Arm64 => 207, _ => 0 };
    private static readonly nint s_sendTo = RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 44, Architecture.Arm64 => 206, _ => 0 };

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, void* address, uint addressLength);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, void* address, uint* addressLength);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int name, void* value, uint valueLength);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int descriptor, int level, int name, void* value, uint* valueLength);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary><c>recvfrom</c>, not by the C library's function of that name where the call's number is known: that one is a place where threads may be cancelled, which costs two locked instructions per packet.</summary>
    public static nint ReceiveFrom(int descriptor, void* buffer, nuint length, int flags, void* address, uint* addressLength) =>
        s_receiveFrom != 0 ? SystemCall(s_receiveFrom, descriptor, buffer, length, flags, address, addressLength) : ReceiveFromOfLibrary(descriptor, buffer, length, flags, address, addressLength);

    /// <summary><c>sendto</c>, in the same way.</summary>
    public static nint SendTo(int descriptor, void* buffer, nuint length, int flags, void* address, uint addressLength) =>
        s_sendTo != 0 ? SystemCall(s_sendTo, descriptor, buffer, length, flags, address, (void*)addressLength) : SendToOfLibrary(descriptor, buffer, length, flags, address, addressLength);

    // The function takes a variable number of arguments; on these two all of ours are passed in registers as those of any function.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint descriptor, void* buffer, nuint length, nint flags, void* address, void* addressLength);

    [LibraryImport(Library, EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFromOfLibrary(int descriptor, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendToOfLibrary(int descriptor, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int descriptor, NativeMessageHeader* headers, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int descriptor, NativeMessageHeader* headers, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int poller, int operation, int descriptor, void* pollEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int poller, void* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int EpollWaitPrecise(int poller, void* events, int maxEvents, long* secondsAndNanoseconds, void* signalMask);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint length);
}
