using System.Buffers.Binary;
using System.Net;
using MediaCore.Primitives;

namespace MediaCore.Engine.Defence;

/// <summary>A set of networks as sorted ranges: whether it holds an address takes the logarithm of their number, and allocates nothing. Immutable.</summary>
public sealed class AddressSet
{
    private readonly (UInt128 First, UInt128 Last)[] _v4;
    private readonly (UInt128 First, UInt128 Last)[] _v6;

    /// <summary>Takes the networks, which may overlap.</summary>
    public AddressSet(IEnumerable<IPNetwork> networks)
    {
        List<(UInt128 First, UInt128 Last)> v4 = [];
        List<(UInt128 First, UInt128 Last)> v6 = [];
        foreach (IPNetwork network in networks)
        {
            IPAddress address = network.BaseAddress;
            int prefix = network.PrefixLength;
            if (address.IsIPv4MappedToIPv6 && prefix >= 96)
            {
                // NetworkEndpoint keeps IPv4-mapped addresses as IPv4.
                address = address.MapToIPv4();
                prefix -= 96;
            }

            byte[] bytes = address.GetAddressBytes();
            int free = (bytes.Length * 8) - prefix;
            UInt128 mask = free == 128 ? UInt128.MaxValue : (UInt128.One << free) - 1;
            UInt128 first = Read(bytes) & ~mask;
            (bytes.Length == 4 ? v4 : v6).Add((first, first | mask));
        }

        _v4 = Merge(v4);
        _v6 = Merge(v6);
    }

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => _v4.Length == 0 && _v6.Length == 0;

    /// <summary>Whether a network holds the address.</summary>
    public bool Contains(in NetworkEndpoint endpoint)
    {
        (UInt128 First, UInt128 Last)[] ranges = endpoint.IsIPv6 ? _v6 : _v4;
        if (ranges.Length == 0 || !endpoint.HasAddress)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        UInt128 address = Read(bytes[..endpoint.CopyAddressTo(bytes)]);
        int low = 0;
        int high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (address < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (address > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static (UInt128 First, UInt128 Last)[] Merge(List<(UInt128 First, UInt128 Last)> ranges)
    {
        ranges.Sort();
        List<(UInt128 First, UInt128 Last)> merged = [];
        foreach ((UInt128 first, UInt128 last) in ranges)
        {
            if (merged.Count > 0 && first <= merged[^1].Last)
            {
                merged[^1] = (merged[^1].First, UInt128.Max(last, merged[^1].Last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return [.. merged];
    }

    private static UInt128 Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
}
