using System.Net;
using System.Net.Sockets;

namespace MediaCore.Numbers.Lookups;

/// <summary>Which addresses are those of the public Internet, by the special-purpose registries of IANA (RFC 6890 and what was added).</summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] s_special =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork s_translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_tunnelled = IPNetwork.Parse("2002::/16");

    /// <summary>Whether an address is a public one. One that carries an IPv4 address (mapped, translated by NAT64, 6to4) is as that is.</summary>
    public static bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (address.IsIPv4MappedToIPv6)
            {
                return Contains(address.MapToIPv4());
            }

            byte[] bytes = address.GetAddressBytes();
            if (s_translated.Contains(address))
            {
                return Contains(new IPAddress(bytes.AsSpan(12, 4)));
            }

            if (s_tunnelled.Contains(address))
            {
                return Contains(new IPAddress(bytes.AsSpan(2, 4)));
            }

            if (!s_global.Contains(address))
            {
                return false;
            }
        }

        foreach (IPNetwork network in s_special)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return false;
            }
        }

        return true;
    }
}
