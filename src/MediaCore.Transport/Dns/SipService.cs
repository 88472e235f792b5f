namespace MediaCore.Transport.Dns;

/// <summary>A transport that RFC 3263 chooses between.</summary>
public enum SipService : byte
{
    /// <summary>SIP over UDP: <c>SIP+D2U</c>, <c>_sip._udp</c>.</summary>
    Udp,

    /// <summary>SIP over TCP: <c>SIP+D2T</c>, <c>_sip._tcp</c>.</summary>
    Tcp,

    /// <summary>SIP over TLS over TCP: <c>SIPS+D2T</c>, <c>_sips._tcp</c>.</summary>
    Tls,
}
