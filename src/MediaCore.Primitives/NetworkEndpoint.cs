using System.Buffers.Binary;
using System.Net;

namespace MediaCore.Primitives;

/// <summary>
/// An IPv4 or IPv6 address and port as a plain value of 24 bytes: what a packet came from or goes to. Comparing, copying and formatting it
/// allocates nothing, which <see cref="IPEndPoint"/> cannot offer on a packet path. IPv4-mapped IPv6 addresses are stored as IPv4.
/// </summary>
public readonly partial struct NetworkEndpoint : IEquatable<NetworkEndpoint>
{
    /// <summary>Longest text of <see cref="TryFormat(Span{byte}, out int)"/>: <c>[</c> + 45 + <c>]:65535</c>.</summary>
    public const int MaxTextBytes = 53;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte _family;

    private NetworkEndpoint(ulong high, ulong low, byte family, ushort port)
    {
        _high = high;
        _low = low;
        _family = family;
        Port = port;
    }

    /// <summary>UDP or TCP port in host order.</summary>
    public ushort Port { get; }

    /// <summary>Whether there is an address at all; <c>default</c> has none.</summary>
    public bool HasAddress => _family != 0;

    /// <summary>Whether the address is IPv6 (and not an IPv4-mapped one).</summary>
    public bool IsIPv6 => _family == 6;

    /// <summary>The unspecified address, <c>0.0.0.0</c> or <c>::</c>.</summary>
    public bool IsUnspecified => _high == 0 && (_family == 6 ? _low == 0 : (uint)_low == 0);

    /// <summary>A loopback address, 127.0.0.0/8 or <c>::1</c>.</summary>
    public bool IsLoopback => _family == 6 ? _high == 0 && _low == 1 : _family == 4 && (_low >> 24) == 127;

    /// <summary>A multicast or limited broadcast address, where a SIP response or an RTP packet must never be sent.</summary>
    public bool IsMulticastOrBroadcast => _family == 6 ? (_high >> 56) == 0xff : _family == 4 && ((_low >> 28) == 14 || (uint)_low == uint.MaxValue);

    /// <summary>
    /// An address that a host behind a NAT names and that its packets then do not come from: none, unspecified, loopback, RFC 1918, RFC 6598
    /// (100.64.0.0/10), link-local (RFC 3927, RFC 4291), unique local (RFC 4193).
    /// </summary>
    public bool IsPrivate => !HasAddress || IsUnspecified || IsLoopback || (_family == 6
        ? (_high >> 57) == 0x7e || (_high >> 54) == 0x3fa
        : (_low >> 24) == 10 || (_low >> 20) == 0xac1 || (_low >> 16) is 0xc0a8 or 0xa9fe || (_low >> 22) == 0x191);

    /// <summary>Bytes of the address: 0, 4 or 16.</summary>
    public int AddressLength => _family switch { 4 => 4, 6 => 16, _ => 0 };

    /// <summary>From the address in network order, 4 or 16 bytes.</summary>
    public static NetworkEndpoint FromBytes(ReadOnlySpan<byte> address, ushort port)
    {
        if (address.Length == 4)
        {
            return new NetworkEndpoint(0, BinaryPrimitives.ReadUInt32BigEndian(address), 4, port);
        }

        if (address.Length != 16)
        {
            throw new ArgumentException("An address has 4 or 16 bytes.", nameof(address));
        }

        ulong high = BinaryPrimitives.ReadUInt64BigEndian(address);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        return high == 0 && (low >> 32) == 0xffff
            ? new NetworkEndpoint(0, (uint)low, 4, port)
            : new NetworkEndpoint(high, low, 6, port);
    }

    /// <summary>From the framework's type.</summary>
    public static NetworkEndpoint From(IPEndPoint endpoint) => From(endpoint.Address, (ushort)endpoint.Port);

    /// <summary>From the framework's type.</summary>
    public static NetworkEndpoint From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int written)
            ? FromBytes(bytes[..written], port)
            : throw new ArgumentException("The address is neither IPv4 nor IPv6.", nameof(address));
    }

    /// <summary>The same address with another port.</summary>
    public NetworkEndpoint WithPort(ushort port) => new(_high, _low, _family, port);

    /// <summary>Whether the addresses are the same, whatever the ports.</summary>
    public bool HasSameAddress(in NetworkEndpoint other) => _high == other._high && _low == other._low && _family == other._family;

    /// <summary>Writes the address in network order; returns 0, 4 or 16.</summary>
    public int CopyAddressTo(Span<byte> destination)
    {
        switch (_family)
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
                return 4;
            case 6:
                BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
                BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>For the parts of the framework that want its own type; allocates.</summary>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary>For the parts of the framework that want its own type; allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = CopyAddressTo(bytes);
        return length == 0 ? IPAddress.None : new IPAddress(bytes[..length]);
    }

    /// <summary>
    /// Parses an IP literal without a port: dotted IPv4 of exactly four decimal parts, or IPv6 with or without brackets. No names, no
    /// zone ids, no octal or shortened forms (RFC 3986 §3.2.2).
    /// </summary>
    public static bool TryParseAddress(ReadOnlySpan<byte> text, ushort port, out NetworkEndpoint endpoint)
    {
        endpoint = default;
        if (text.Length >= 2 && text[0] == (byte)'[' && text[^1] == (byte)']')
        {
            text = text[1..^1];
            if (text.IndexOf((byte)':') < 0)
            {
                return false;
            }
        }

        if (text.IndexOf((byte)':') < 0)
        {
            return TryParseIPv4(text, port, out endpoint);
        }

        return TryParseIPv6(text, port, out endpoint);
    }

    private static bool TryParseIPv4(ReadOnlySpan<byte> text, ushort port, out NetworkEndpoint endpoint)
    {
        endpoint = default;
        uint address = 0;
        int parts = 0;
        int i = 0;
        while (parts < 4)
        {
            int start = i;
            uint value = 0;
            while (i < text.Length && i - start < 4 && (uint)(text[i] - '0') <= 9)
            {
                value = (value * 10) + (uint)(text[i] - '0');
                i++;
            }

            if (i == start || i - start > 3 || value > 255)
            {
                return false;
            }

            address = (address << 8) | value;
            parts++;
            if (parts < 4 && (i >= text.Length || text[i++] != (byte)'.'))
            {
                return false;
            }
        }

        if (i != text.Length)
        {
            return false;
        }

        endpoint = new NetworkEndpoint(0, address, 4, port);
        return true;
    }

    /// <summary>Writes the address alone; IPv6 in brackets when asked, as SIP wants and SDP does not.</summary>
    public bool TryFormatAddress(Span<byte> destination, bool brackets, out int bytesWritten)
    {
        bytesWritten = 0;
        if (_family == 4)
        {
            uint address = (uint)_low;
            for (int shift = 24; shift >= 0; shift -= 8)
            {
                if (!((address >> shift) & 255).TryFormat(destination[bytesWritten..], out int digits))
                {
                    return false;
                }

                bytesWritten += digits;
                if (shift > 0)
                {
                    if (bytesWritten >= destination.Length)
                    {
                        return false;
                    }

                    destination[bytesWritten++] = (byte)'.';
                }
            }

            return true;
        }

        if (_family != 6 || destination.Length < 2)
        {
            return false;
        }

        int open = brackets ? 1 : 0;
        if (!TryFormatIPv6(destination[open..], out int length) || open + length + open > destination.Length)
        {
            return false;
        }

        if (brackets)
        {
            destination[0] = (byte)'[';
            destination[length + 1] = (byte)']';
        }

        bytesWritten = length + (2 * open);
        return true;
    }

    /// <summary>Writes <c>address:port</c>, IPv6 in brackets.</summary>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        if (!TryFormatAddress(destination, brackets: true, out bytesWritten) || bytesWritten >= destination.Length)
        {
            return false;
        }

        destination[bytesWritten++] = (byte)':';
        if (!Port.TryFormat(destination[bytesWritten..], out int digits))
        {
            return false;
        }

        bytesWritten += digits;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(NetworkEndpoint other) => _low == other._low && _high == other._high && Port == other.Port && _family == other._family;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NetworkEndpoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, Port, _family);

    /// <summary>Same address and port.</summary>
    public static bool operator ==(NetworkEndpoint left, NetworkEndpoint right) => left.Equals(right);

    /// <summary>Another address or port.</summary>
    public static bool operator !=(NetworkEndpoint left, NetworkEndpoint right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        return TryFormat(text, out int length) ? System.Text.Encoding.ASCII.GetString(text[..length]) : "none";
    }
}
