namespace MediaCore.Transport.Native;

/// <summary>The check that every constructor of this project's socket types makes.</summary>
internal static class NativePlatform
{
    /// <summary>Refuses systems whose calls and structures are not the ones declared here.</summary>
    /// <exception cref="PlatformNotSupportedException">Not 64-bit Linux.</exception>
    public static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux() || IntPtr.Size != 8)
        {
            throw new PlatformNotSupportedException(
                "MediaCore's UDP and media sockets use Linux system calls (epoll, recvmmsg) and run on 64-bit Linux only; see docs/adr/0002-linux-syscalls.md.");
        }
    }
}
