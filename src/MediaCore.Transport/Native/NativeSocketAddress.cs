using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Primitives;

namespace MediaCore.Transport.Native;

/// <summary>
/// Room for a <c>sockaddr_in</c> (16 bytes) or <c>sockaddr_in6</c> (28 bytes), and the two conversions. The scope id of a link-local IPv6
/// address is not kept: SIP and SDP can't carry one (RFC 3261 §25.1 has no zone in <c>IPv6reference</c>).
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal unsafe struct NativeSocketAddress
{
    public const int Size = 32;
    private const int IPv4Length = 16;
    private const int IPv6Length = 28;

    private fixed byte _bytes[Size];

    /// <summary>Writes the address at <paramref name="target"/>; returns its length, 0 when the endpoint has none.</summary>
    public static uint Write(byte* target, in NetworkEndpoint endpoint)
    {
        Span<byte> bytes = new(target, IPv6Length);
        if (endpoint.IsIPv6)
        {
            MemoryMarshal.Write(bytes, (ushort)NativeSocketConstants.FamilyIPv6);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], endpoint.Port);
            MemoryMarshal.Write(bytes[4..], 0u);
            endpoint.CopyAddressTo(bytes[8..]);
            MemoryMarshal.Write(bytes[24..], 0u);
            return IPv6Length;
        }

        if (!endpoint.HasAddress)
        {
            return 0;
        }

        MemoryMarshal.Write(bytes, (ushort)NativeSocketConstants.FamilyIPv4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], endpoint.Port);
        endpoint.CopyAddressTo(bytes[4..]);
        MemoryMarshal.Write(bytes[8..], 0ul);
        return IPv4Length;
    }

    /// <summary>Reads what the kernel wrote; <c>default</c> for a family that is neither IPv4 nor IPv6.</summary>
    public static NetworkEndpoint Read(byte* source, uint length)
    {
        ReadOnlySpan<byte> bytes = new(source, Size);
        if (length < IPv4Length)
        {
            return default;
        }

        ushort family = MemoryMarshal.Read<ushort>(bytes);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return family switch
        {
            NativeSocketConstants.FamilyIPv4 => NetworkEndpoint.FromBytes(bytes.Slice(4, 4), port),
            NativeSocketConstants.FamilyIPv6 when length >= IPv6Length => NetworkEndpoint.FromBytes(bytes.Slice(8, 16), port),
            _ => default,
        };
    }

    /// <summary>The bytes themselves; the caller keeps the struct on its stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* PointerTo(ref NativeSocketAddress onStack) => (byte*)Unsafe.AsPointer(ref onStack);
}
