namespace MediaCore.Smpp;

/// <summary>What a peer may cost us, and how long we wait for it.</summary>
public static class SmppLimits
{
    /// <summary>Octets of a PDU's header (SMPP 3.4 §3.2); a <c>command_length</c> below it cannot be.</summary>
    public const int HeaderOctets = 16;

    /// <summary>
    /// Longest PDU; one that says it is longer is answered with <c>generic_nack</c>, and the connection closed, as nobody can tell where the next one begins. The longest
    /// <c>message_payload</c> is 64 KB (§5.3.2.32); more than the longest text of 255 parts nobody sends.
    /// </summary>
    public const int MaxPduOctets = 64 * 1024;

    /// <summary>Most optional parameters of a PDU; §5.3.2 has 44. One more makes the PDU malformed.</summary>
    public const int MaxTlvs = 64;

    /// <summary>
    /// Longest text that ends with a zero. The fields of §5.2 are of 6 to 65 octets, and 256 in a <c>message_id</c> of SMPP 5; centres that give longer identifiers and passwords
    /// than 3.4 allows are many, so what is read is bounded by this alone, and what is written by the field.
    /// </summary>
    public const int MaxTextOctets = 256;

    /// <summary>Octets of a <c>short_message</c> (§5.2.22).</summary>
    public const int MaxShortMessageOctets = 254;

    /// <summary>Requests of a peer that may be unanswered; beyond it <c>ESME_RTHROTTLED</c>. Peers' own windows are of 10 to 100.</summary>
    public const int MaxPeerWindow = 1_000;

    /// <summary>Requests that may be under way where nothing else is said.</summary>
    public const int DefaultWindow = 10;

    /// <summary>After so long without anything from the peer it is asked whether it is there (<c>enquire_link_timer</c>, §7.2).</summary>
    public static readonly TimeSpan EnquireLinkInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take (<c>response_timer</c>, §7.2).</summary>
    public static readonly TimeSpan ResponseTime = TimeSpan.FromSeconds(15);

    /// <summary>How long a peer that has connected may take to bind (<c>session_init_timer</c>, §7.2).</summary>
    public static readonly TimeSpan BindTime = TimeSpan.FromSeconds(10);

    /// <summary>First wait before a connection is tried again; it doubles up to <see cref="MaxReconnectDelay"/>.</summary>
    public static readonly TimeSpan MinReconnectDelay = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a connection is tried again, and the wait after a bind that was refused: centres lock accounts that try too often.</summary>
    public static readonly TimeSpan MaxReconnectDelay = TimeSpan.FromSeconds(60);

    /// <summary>First pause after a centre has throttled; it doubles up to <see cref="MaxThrottlePause"/> until something is taken.</summary>
    public static readonly TimeSpan MinThrottlePause = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after a centre has throttled.</summary>
    public static readonly TimeSpan MaxThrottlePause = TimeSpan.FromSeconds(30);
}
