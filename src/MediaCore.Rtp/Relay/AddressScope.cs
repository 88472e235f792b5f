using MediaCore.Primitives;

namespace MediaCore.Rtp.Relay;

/// <summary>Whether a packet can carry an address across the public Internet.</summary>
internal static class AddressScope
{
    /// <summary>
    /// True for addresses that a phone behind a NAT signals and that its packets then do not come from: none at all, unspecified, loopback, RFC 1918,
    /// RFC 6598 (100.64.0.0/10), RFC 3927 and RFC 4291 link-local, RFC 4193 unique local.
    /// </summary>
    public static bool IsPrivate(in NetworkEndpoint endpoint)
    {
        if (!endpoint.HasAddress || endpoint.IsUnspecified || endpoint.IsLoopback)
        {
            return true;
        }

        Span<byte> address = stackalloc byte[16];
        int length = endpoint.CopyAddressTo(address);
        byte first = address[0];
        byte second = address[1];
        return length == 4
            ? first == 10
                || (first == 172 && (second & 0xf0) == 16)
                || (first == 192 && second == 168)
                || (first == 100 && (second & 0xc0) == 64)
                || (first == 169 && second == 254)
            : (first & 0xfe) == 0xfc || (first == 0xfe && (second & 0xc0) == 0x80);
    }
}
