namespace MediaCore.Transport.Dns;

/// <summary>
/// What RFC 3263 §4 calls TARGET, with the parts of its URI that bear on the choice: the maddr parameter where there is one, else the host.
/// </summary>
/// <param name="Host">Host name or address literal; IPv6 with or without brackets.</param>
/// <param name="Port">Port written in the URI; 0 where it has none.</param>
/// <param name="Service">Transport written in the URI; null where it has none.</param>
/// <param name="IsSecure">A <c>sips:</c> URI: only TLS will do.</param>
public readonly record struct SipTarget(string Host, ushort Port = 0, SipService? Service = null, bool IsSecure = false);

/// <summary>One address found for a target.</summary>
/// <param name="Address">Address and port.</param>
/// <param name="Service">Transport to use there.</param>
public readonly record struct SipServerAddress(Primitives.NetworkEndpoint Address, SipService Service);
