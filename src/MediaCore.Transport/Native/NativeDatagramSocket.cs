using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Native;

/// <summary>Opening and closing of UDP sockets, shared by <see cref="UdpSocket"/> and the media ports.</summary>
internal static unsafe class NativeDatagramSocket
{
    /// <summary>Opens a non-blocking UDP socket on the address.</summary>
    /// <returns>The descriptor; or -1 and the errno, with nothing left open.</returns>
    public static int TryOpen(in NetworkEndpoint local, UdpSocketOptions options, out int errorNumber)
    {
        int family = local.IsIPv6 ? NativeSocketConstants.FamilyIPv6 : NativeSocketConstants.FamilyIPv4;
        const int type = NativeSocketConstants.TypeDatagram | NativeSocketConstants.TypeNonBlocking | NativeSocketConstants.TypeCloseOnExec;
        int descriptor = NativeLibc.Socket(family, type, 0);
        if (descriptor < 0)
        {
            errorNumber = Marshal.GetLastPInvokeError();
            return -1;
        }

        if (!TryConfigure(descriptor, family, options, out errorNumber) || !TryBind(descriptor, local, out errorNumber))
        {
            _ = NativeLibc.Close(descriptor);
            return -1;
        }

        return descriptor;
    }

    /// <summary>The address that the socket really has, after a bind to port 0.</summary>
    public static NetworkEndpoint GetLocalEndpoint(int descriptor)
    {
        NativeSocketAddress address = default;
        byte* pointer = NativeSocketAddress.PointerTo(ref address);
        uint length = NativeSocketAddress.Size;
        return NativeLibc.GetSocketName(descriptor, pointer, &length) == 0 ? NativeSocketAddress.Read(pointer, length) : default;
    }

    /// <summary>An integer socket option's present value, or -1.</summary>
    public static int GetOption(int descriptor, int level, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return NativeLibc.GetSocketOption(descriptor, level, name, &value, &length) == 0 ? value : -1;
    }

    private static bool TryConfigure(int descriptor, int family, UdpSocketOptions options, out int errorNumber)
    {
        errorNumber = 0;
        bool isIPv6 = family == NativeSocketConstants.FamilyIPv6;
        if (isIPv6 && !TrySet(descriptor, NativeSocketConstants.LevelIPv6, NativeSocketConstants.IPv6Only, 1, out errorNumber))
        {
            return false;
        }

        if (options.ReusePort && !TrySet(descriptor, NativeSocketConstants.LevelSocket, NativeSocketConstants.ReusePort, 1, out errorNumber))
        {
            return false;
        }

        if (!TrySetBuffer(descriptor, NativeSocketConstants.ReceiveBufferForce, NativeSocketConstants.ReceiveBuffer, options.ReceiveBufferBytes, out errorNumber)
            || !TrySetBuffer(descriptor, NativeSocketConstants.SendBufferForce, NativeSocketConstants.SendBuffer, options.SendBufferBytes, out errorNumber))
        {
            return false;
        }

        // RFC 2474 §3: the code point is the upper six bits of the octet.
        return options.Dscp == 0 || TrySetTrafficClass(descriptor, isIPv6, (byte)(options.Dscp << 2), out errorNumber);
    }

    /// <summary>Has a program choose among the sockets that share this one's address; 0, or the errno.</summary>
    public static int AttachReusePortFilter(int descriptor, ReadOnlySpan<SocketFilterInstruction> program)
    {
        fixed (SocketFilterInstruction* instructions = program)
        {
            // struct sock_fprog: the number, padding, the pointer.
            nuint* argument = stackalloc nuint[] { (nuint)program.Length, (nuint)instructions };
            return NativeLibc.SetSocketOption(descriptor, NativeSocketConstants.LevelSocket, NativeSocketConstants.AttachReusePortFilter, argument, (uint)(2 * sizeof(nuint))) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Sets the octet of traffic class in the headers of what is sent from now on.</summary>
    public static bool TrySetTrafficClass(int descriptor, bool isIPv6, byte octet) => TrySetTrafficClass(descriptor, isIPv6, octet, out _);

    private static bool TrySetTrafficClass(int descriptor, bool isIPv6, byte octet, out int errorNumber) => isIPv6
        ? TrySet(descriptor, NativeSocketConstants.LevelIPv6, NativeSocketConstants.TrafficClass, octet, out errorNumber)
        : TrySet(descriptor, NativeSocketConstants.LevelIPv4, NativeSocketConstants.TypeOfService, octet, out errorNumber);

    private static bool TrySetBuffer(int descriptor, int forcedName, int name, int bytes, out int errorNumber)
    {
        errorNumber = 0;

        // The forced form goes past net.core.[rw]mem_max where the process may (CAP_NET_ADMIN); the plain one is clamped to it.
        return bytes == 0
            || TrySet(descriptor, NativeSocketConstants.LevelSocket, forcedName, bytes, out _)
            || TrySet(descriptor, NativeSocketConstants.LevelSocket, name, bytes, out errorNumber);
    }

    private static bool TrySet(int descriptor, int level, int name, int value, out int errorNumber)
    {
        bool ok = NativeLibc.SetSocketOption(descriptor, level, name, &value, sizeof(int)) == 0;
        errorNumber = ok ? 0 : Marshal.GetLastPInvokeError();
        return ok;
    }

    private static bool TryBind(int descriptor, in NetworkEndpoint local, out int errorNumber)
    {
        NativeSocketAddress address = default;
        byte* pointer = NativeSocketAddress.PointerTo(ref address);
        uint length = NativeSocketAddress.Write(pointer, local);
        bool ok = NativeLibc.Bind(descriptor, pointer, length) == 0;
        errorNumber = ok ? 0 : Marshal.GetLastPInvokeError();
        return ok;
    }
}
