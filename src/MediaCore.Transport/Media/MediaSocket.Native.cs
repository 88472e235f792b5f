using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Native;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Media;

/// <summary>
/// The packet path's two calls, on the descriptors of a <see cref="MediaPort"/>: one system call each, an address on the stack, nothing
/// allocated. Called by the shard that owns the port.
/// </summary>
public static unsafe class MediaSocket
{
    /// <summary>What <see cref="Receive"/> returns when no packet waits.</summary>
    public const int None = -1;

    /// <summary>What <see cref="Receive"/> returns when something was there that is no packet for us: a pending ICMP error, or one longer than the buffer.</summary>
    public const int Failed = -2;

    /// <summary>Fetches one packet.</summary>
    /// <param name="descriptor">A non-blocking UDP socket.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="source">Who sent it.</param>
    /// <returns>
    /// Its length; <see cref="None"/> when none waits; <see cref="Failed"/> for the caller to count before it reads on, within a budget
    /// per event.
    /// </returns>
    public static int Receive(int descriptor, Span<byte> buffer, out NetworkEndpoint source)
    {
        long received = ReceiveCore(descriptor, buffer, out source);
        if (received >= 0)
        {
            // RTP that is longer than any path MTU is not RTP; the part of it that is here is worth nothing.
            return received <= buffer.Length ? (int)received : Failed;
        }

        return Marshal.GetLastPInvokeError() == NativeErrno.TryAgain ? None : Failed;
    }

    /// <summary>Sends one packet.</summary>
    public static SendResult Send(int descriptor, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        Unsafe.SkipInit(out NativeSocketAddress address);
        byte* pointer = NativeSocketAddress.PointerTo(ref address);
        uint length = NativeSocketAddress.Write(pointer, destination);
        if (length == 0)
        {
            return SendResult.InvalidDestination;
        }

        fixed (byte* bytes = packet)
        {
            return NativeLibc.SendTo(
                descriptor, bytes, (nuint)packet.Length, NativeSocketConstants.MessageDontWait | NativeSocketConstants.MessageNoSignal, pointer, length) >= 0
                ? SendResult.Sent
                : SendFailure();
        }
    }

    /// <summary>Reads and forgets what waits, up to a bound: packets for whoever had the port before.</summary>
    /// <returns>How many there were.</returns>
    internal static int Drain(int descriptor, int maxPackets)
    {
        int drained = 0;
        byte unused;
        while (drained < maxPackets)
        {
            // A buffer of no bytes: the kernel drops the datagram without copying it.
            nint received = NativeLibc.ReceiveFrom(descriptor, &unused, 0, NativeSocketConstants.MessageDontWait, null, null);
            if (received < 0 && Marshal.GetLastPInvokeError() is NativeErrno.TryAgain or NativeErrno.BadDescriptor)
            {
                break;
            }

            drained++;
        }

        return drained;
    }

    /// <summary>The datagram's whole length even when the buffer is shorter; negative with the errno set.</summary>
    internal static long ReceiveCore(int descriptor, Span<byte> buffer, out NetworkEndpoint source)
    {
        Unsafe.SkipInit(out NativeSocketAddress address);
        byte* pointer = NativeSocketAddress.PointerTo(ref address);
        uint length = NativeSocketAddress.Size;
        nint received;
        fixed (byte* bytes = buffer)
        {
            received = NativeLibc.ReceiveFrom(
                descriptor,
                bytes,
                (nuint)buffer.Length,
                NativeSocketConstants.MessageDontWait | NativeSocketConstants.MessageTruncated,
                pointer,
                &length);
        }

        source = received >= 0 ? NativeSocketAddress.Read(pointer, length) : default;
        return received;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SendResult SendFailure() => NativeSendResult.FromErrno(Marshal.GetLastPInvokeError());
}
