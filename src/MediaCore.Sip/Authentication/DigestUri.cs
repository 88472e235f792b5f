using System.Text;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// Whether a digest's URI means the resource of the request (RFC 7616 §3.4.6). Phones differ here: parameters come and go, a default port is
/// written or left out, case changes in the host. Those are taken as equal, since nonce counts keep a response from being used again anyway.
/// </summary>
internal static class DigestUri
{
    public static bool MeansSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
        {
            return true;
        }

        return TrySplit(left, out SipUriParts a)
            && TrySplit(right, out SipUriParts b)
            && a.IsSecure == b.IsSecure
            && a.User.SequenceEqual(b.User)
            && Ascii.EqualsIgnoreCase(a.Host, b.Host)
            && (a.Port.SequenceEqual(b.Port) || (a.HasDefaultPort && b.HasDefaultPort));
    }

    private static bool TrySplit(ReadOnlySpan<byte> uri, out SipUriParts parts)
    {
        parts = default;
        int colon = uri.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        bool secure = Ascii.EqualsIgnoreCase(uri[..colon], "sips"u8);
        if (!secure && !Ascii.EqualsIgnoreCase(uri[..colon], "sip"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = uri[(colon + 1)..];
        int at = rest.IndexOf((byte)'@');
        ReadOnlySpan<byte> user = at < 0 ? default : rest[..at];
        ReadOnlySpan<byte> hostPort = rest[(at + 1)..];
        int end = hostPort.IndexOfAny((byte)';', (byte)'?');
        hostPort = end < 0 ? hostPort : hostPort[..end];

        // The colons of an IPv6 reference lie within its brackets.
        int bracket = hostPort.LastIndexOf((byte)']');
        int portColon = hostPort[(bracket + 1)..].IndexOf((byte)':');
        int hostLength = portColon < 0 ? hostPort.Length : bracket + 1 + portColon;
        parts = new SipUriParts
        {
            IsSecure = secure,
            User = user,
            Host = hostPort[..hostLength],
            Port = portColon < 0 ? default : hostPort[(hostLength + 1)..],
        };
        return hostLength > 0;
    }

    private readonly ref struct SipUriParts
    {
        public bool IsSecure { get; init; }

        public ReadOnlySpan<byte> User { get; init; }

        public ReadOnlySpan<byte> Host { get; init; }

        public ReadOnlySpan<byte> Port { get; init; }

        public bool HasDefaultPort => Port.IsEmpty || Port.SequenceEqual(IsSecure ? "5061"u8 : "5060"u8);
    }
}
