using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// Which trunk a source address belongs to: the longest network that holds it, between networks of one length the trunk configured first.
/// Immutable; a search allocates nothing and takes about a nanosecond per configured network.
/// </summary>
public sealed class TrunkNetworks
{
    private readonly Entry[] _entries;

    /// <summary>Takes the networks of all trunks.</summary>
    public TrunkNetworks(ImmutableArray<Trunk> trunks)
    {
        // A stable sort: the configured order decides between equals.
        _entries = [.. trunks.SelectMany(trunk => trunk.From.Select(network => MakeEntry(trunk, network))).OrderByDescending(entry => entry.PrefixLength)];
    }

    /// <summary>The trunk, or null when no network holds the address.</summary>
    public Trunk? Find(in NetworkEndpoint source)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = source.CopyAddressTo(bytes);
        if (length == 0)
        {
            return null;
        }

        UInt128 address = Read(bytes[..length]);
        foreach (Entry entry in _entries)
        {
            if (entry.AddressLength == length && (address & entry.Mask) == entry.Network)
            {
                return entry.Trunk;
            }
        }

        return null;
    }

    private static Entry MakeEntry(Trunk trunk, IPNetwork network)
    {
        IPAddress address = network.BaseAddress;
        int prefix = network.PrefixLength;

        // NetworkEndpoint keeps IPv4-mapped addresses as IPv4, so their networks have to follow.
        if (address.IsIPv4MappedToIPv6 && prefix >= 96)
        {
            address = address.MapToIPv4();
            prefix -= 96;
        }

        byte[] bytes = address.GetAddressBytes();
        int bits = bytes.Length * 8;
        UInt128 mask = prefix == 0 ? UInt128.Zero : (UInt128.MaxValue << (bits - prefix)) & (bits == 128 ? UInt128.MaxValue : uint.MaxValue);
        return new Entry(bytes.Length, prefix, mask, Read(bytes) & mask, trunk);
    }

    private static UInt128 Read(ReadOnlySpan<byte> bytes)
        => bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    private readonly record struct Entry(int AddressLength, int PrefixLength, UInt128 Mask, UInt128 Network, Trunk Trunk);
}
