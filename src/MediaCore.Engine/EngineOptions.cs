using System.Collections.Immutable;
using MediaCore.Engine.MediaSessions.Conferences;
using System.Collections.Frozen;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Subscriptions;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Transactions;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Engine;

/// <summary>Transport of a SIP listener or target.</summary>
public enum SipTransportKind : byte
{
    /// <summary>RFC 3261 §18 over datagrams.</summary>
    Udp,

    /// <summary>RFC 3261 §18 over streams.</summary>
    Tcp,

    /// <summary>RFC 3261 §26.2.1: TLS over TCP.</summary>
    Tls,

    /// <summary>RFC 7118: WebSocket, served and never dialled.</summary>
    Ws,

    /// <summary>RFC 7118: WebSocket over TLS, served and never dialled.</summary>
    Wss,
}

/// <summary>An address that SIP is served on.</summary>
/// <param name="Transport">How.</param>
/// <param name="Endpoint">Address and port; port 0 lets the system choose (tests).</param>
public readonly record struct SipListener(SipTransportKind Transport, NetworkEndpoint Endpoint)
{
    /// <summary>Host written into Via and Contact for this listener; null for <see cref="EngineOptions.AdvertisedHost"/>.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Port written into Via and Contact; 0 for the listener's own.</summary>
    public ushort AdvertisedPort { get; init; }

    /// <summary>Differentiated services code point (RFC 2474) of what is sent from here; 0 leaves the system's.</summary>
    public byte Dscp { get; init; }

    /// <summary>The one of <see cref="EngineOptions.Networks"/> that it belongs to; null for the first network.</summary>
    public string? Network { get; init; }
}

/// <summary>What the engine is started with; everything is checked before it gets here.</summary>
public sealed record EngineOptions
{
    /// <summary>Listeners; at least one. Defaults to none so that nothing listens by accident.</summary>
    public IReadOnlyList<SipListener> Listeners { get; init; } = [];

    /// <summary>Host (address or name, IPv6 in brackets) written into Via, Contact and SDP in place of the listener's own; null to use the listener's.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>How connections to TLS and WSS listeners are encrypted; needed where there are any.</summary>
    public TlsServerOptions? Tls { get; init; }

    /// <summary>How connections that we open over TLS are encrypted, and whom we believe.</summary>
    public TlsClientOptions TlsClient { get; init; } = TlsClientOptions.Default;

    /// <summary>Who may connect by WebSocket.</summary>
    public WebSocketOptions WebSocket { get; init; } = new();

    /// <summary>Bounds of the connections: their numbers over all listeners and with those that we open, the times of each.</summary>
    public TcpOptions Connections { get; init; } = new();

    /// <summary>Digest realm, also the domain of accounts. RFC 3261 §22.</summary>
    public string Realm { get; init; } = "mediacore";

    /// <summary>
    /// Digest algorithms that a 401 offers, one challenge each in this order (RFC 8760 §2.3); credentials of either algorithm are accepted.
    /// MD5 alone is the default, as in FreeSWITCH, Asterisk, Kamailio and OpenSIPS: phones that do not know SHA-256 should pass over its
    /// challenge but many give up at it (baresip before 3.11, pjsip before 2.10, SIPp before 3.7.3).
    /// </summary>
    public IReadOnlyList<DigestAlgorithm> DigestAlgorithms { get; init; } = [DigestAlgorithm.Md5];

    /// <summary>Local address of the media sockets.</summary>
    public NetworkEndpoint MediaAddress { get; init; }

    /// <summary>Local IPv6 address of media beside an IPv4 <see cref="MediaAddress"/>; none when one family is served.</summary>
    public NetworkEndpoint MediaAddress6 { get; init; }

    /// <summary>Address written into SDP instead of <see cref="MediaAddress6"/>; no address to use that one.</summary>
    public NetworkEndpoint AdvertisedMediaAddress6 { get; init; }

    /// <summary>Networks beside that of <see cref="MediaAddress"/>, which listeners and trunks name.</summary>
    public ImmutableArray<EngineNetwork> Networks { get; init; } = [];

    /// <summary>Whether another source may take a leg over whose peer has fallen silent (<see cref="MediaCore.Rtp.Relay.SourceLatch.AllowsHandover"/>).</summary>
    public bool MediaHandover { get; init; }

    /// <summary>Address written into SDP instead of <see cref="MediaAddress"/>; no address to use that one.</summary>
    public NetworkEndpoint AdvertisedMediaAddress { get; init; }

    /// <summary>First port of the RTP range, inclusive.</summary>
    public ushort FirstMediaPort { get; init; } = 30000;

    /// <summary>Last port of the RTP range, inclusive.</summary>
    public ushort LastMediaPort { get; init; } = 39999;

    /// <summary>A released media port rests so long before another call gets it, so that late packets of the old call die unheard.</summary>
    public TimeSpan MediaPortRest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A call whose legs all send no RTP for so long is ended (rtpengine's default is 60 s); zero turns it off. Held legs do not count.</summary>
    public TimeSpan MediaTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shards (threads); 0 means one per processor.</summary>
    public int ShardCount { get; init; }

    /// <summary>Which shard a new call lives on.</summary>
    public CallPlacement Placement { get; init; }

    /// <summary>Calls held at once over all shards; beyond it new calls get 503 with Retry-After.</summary>
    public int MaxCalls { get; init; } = 20_000;

    /// <summary>Timers of transactions (RFC 3261 §17).</summary>
    public TransactionTimers Timers { get; init; } = TransactionTimers.Default;

    /// <summary>
    /// An initial INVITE of more bytes goes over TCP where it would go over UDP and the target's URI names no transport (RFC 3261 §18.1.1, which says 1300); a
    /// target that has no TCP gets it over UDP after all. 0, the default, never switches, as with Kamailio (<c>udp_mtu</c>) and Asterisk
    /// (<c>disable_tcp_switch</c>): IP fragments reach today's carriers, and TCP often does not.
    /// </summary>
    public int UdpMaxRequestBytes { get; init; }

    /// <summary>
    /// Differentiated services code point of the connections that we open; listeners have their own. CS3 is what networks that know SIP mark it with
    /// (Cisco and LiveKit use it; RFC 4594 §4.2 would have it CS5).
    /// </summary>
    public byte SipDscp { get; init; } = 24;

    /// <summary>Differentiated services code point of RTP and RTCP: expedited forwarding, the telephony class of RFC 4594 §4.1.</summary>
    public byte MediaDscp { get; init; } = 46;

    /// <summary>
    /// How often a registered contact behind a NAT, over UDP, is sent CRLFCRLF (RFC 5626 §4.4.1, which has it for a client's connections), since nothing else keeps its
    /// way in open between calls; zero never. NATs forget after 30 s to 5 min (RFC 4787 §4.3).
    /// </summary>
    public TimeSpan ContactKeepAlive { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Hops that a call may still go from here at most (RFC 3261 §8.1.1.6 recommends 70); what a caller allows beyond it is cut.</summary>
    public int MaxForwards { get; init; } = 70;

    /// <summary>An INVITE to a trunk that brings no response at all for so long moves on to the next trunk.</summary>
    public TimeSpan TrunkResponseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Targets that one call tries one after the other over its whole plan; each may keep the caller waiting for <see cref="TrunkResponseTimeout"/>.</summary>
    public int MaxDialAttempts { get; init; } = 10;

    /// <summary>After so long no further target is tried; by then most callers have hung up (the average patience in silence is well under a minute).</summary>
    public TimeSpan MaxFailoverTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Calls that one account may have begun at once; a further one gets 503 with cause 42. 0 is no limit.</summary>
    public int MaxCallsPerAccount { get; init; }

    /// <summary>A caller rings at most so long over all targets (Kamailio's and LiveKit's default is 180 s).</summary>
    public TimeSpan MaxRinging { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Longest call (Kamailio's dialog module: 12 h).</summary>
    public TimeSpan MaxCallDuration { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Reliable provisional responses (RFC 3262), where a trunk has no policy of its own.</summary>
    public ReliableProvisionals ReliableProvisionals { get; init; } = ReliableProvisionals.Supported;

    /// <summary>Session timers (RFC 4028), where a trunk has none of its own.</summary>
    public SessionTimerOptions SessionTimers { get; init; } = SessionTimerOptions.Default;

    /// <summary>Whose early media the caller hears when several targets or forks ring.</summary>
    public EarlyMediaSource EarlyMedia { get; init; }

    /// <summary>A call that may be silent (a side is on hold, or media is not watched) is asked by OPTIONS so often whether both sides are still there; zero turns it off.</summary>
    public TimeSpan SilentCallProbe { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Registration lifetime given when the phone asks for none.</summary>
    public TimeSpan DefaultExpires { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Shortest registration lifetime; a shorter wish gets 423 (RFC 3261 §10.3).</summary>
    public TimeSpan MinExpires { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest registration lifetime; a longer wish is shortened.</summary>
    public TimeSpan MaxExpires { get; init; } = TimeSpan.FromSeconds(7200);

    /// <summary>Contacts per account; a further one gets 403, or <see cref="RemoveExistingContacts"/> makes room.</summary>
    public int MaxContactsPerAccount { get; init; } = 10;

    /// <summary>Whether a new contact beyond the limit takes the place of the one that expires first (Asterisk's remove_existing).</summary>
    public bool RemoveExistingContacts { get; init; }

    /// <summary>
    /// Flow-Timer told to phones with outbound flows on connections (RFC 5626 §5.4): they send something at least so often, and a connection silent for
    /// half as long again plus a minute is closed. Zero tells none, and a connection may be silent as long as its registration lasts.
    /// </summary>
    public TimeSpan FlowTimer { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>File that registered contacts are kept in over a restart; null keeps them in memory alone.</summary>
    public string? BindingFile { get; init; }

    /// <summary>How long a digest nonce is good; a phone that comes later is challenged anew with stale=true.</summary>
    public TimeSpan NonceLifetime { get; init; } = DigestLimits.DefaultNonceLifetime;

    /// <summary>
    /// Longest body of a MESSAGE outside a call; a longer one gets 413. RFC 3428 §8 wants the whole request within 1,300 bytes wherever a hop may be UDP. At most
    /// <see cref="Signalling.EngineLimits.MaxRelayedBodyBytes"/>.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 1_300;

    /// <summary>What becomes of a REFER by an account's phone, which has to prove itself with its password. A trunk has its own setting.</summary>
    public TransferPolicy AccountTransfers { get; init; } = TransferPolicy.Terminate;

    /// <summary>The country whose tones are played and recognised, one of <see cref="MediaCore.Audio.Tones.CountryTones.Countries"/>.</summary>
    public string Country { get; init; } = "us";

    /// <summary>DTMF digits of accounts' phones, and of callers that are of no trunk. A trunk has its own setting.</summary>
    public DigitForm AccountDigits { get; init; }

    /// <summary>SRTP with accounts' phones, and with callers that are of no trunk. A trunk has its own setting.</summary>
    public SrtpPolicy AccountSrtp { get; init; }

    /// <summary>RTP and RTCP on one port with accounts' phones and callers of no trunk.</summary>
    public RtcpMuxPolicy AccountRtcpMux { get; init; } = RtcpMuxPolicy.Accept;

    /// <summary>Media lines beside the audio (video, fax) of accounts' phones and callers of no trunk are relayed; otherwise they are declined.</summary>
    public bool AccountOtherMedia { get; init; } = true;

    /// <summary>Our offers to accounts' phones are of the profiles with feedback (RFC 4585).</summary>
    public bool AccountsGetFeedback { get; init; }

    /// <summary>Codecs with accounts' phones and with callers that are of no trunk, and whether they are transcoded. A trunk has its own setting.</summary>
    public CodecPolicy AccountCodecs { get; init; } = CodecPolicy.Default;

    /// <summary>
    /// What we add to an offer that we pass on, where it has none of these and its codecs are ones that we can code: a callee without a codec of the caller's can then be talked to. Default G.711, which every device has.
    /// </summary>
    public ImmutableArray<CodecName> AddedCodecs { get; init; } = CodecName.List("PCMA", "PCMU");

    /// <summary>How Opus is coded where the peer does not ask otherwise.</summary>
    public Audio.Opus.OpusEncoderOptions Opus { get; init; } = new() { BitrateBitsPerSecond = 24_000, Complexity = 5, InBandFec = true, ExpectedLossPercent = 5 };

    /// <summary>Comfort noise to peers. Never by default: it saves little on today's lines, and whatever the detector of voices takes for background is heard as noise.</summary>
    public ComfortNoisePolicy ComfortNoise { get; init; }

    /// <summary>How long a caller whom we have answered hears the busy or congestion tone when nobody takes the call; zero, the default, hangs up at once.</summary>
    public TimeSpan RefusalTone { get; init; }

    /// <summary>What a party hears while the other side holds it.</summary>
    public MusicOnHold MusicOnHold { get; init; }

    /// <summary>For <see cref="MusicOnHold.File"/>: the file.</summary>
    public PromptSource MusicFile { get; init; }

    /// <summary>Numbers and accounts whose calls are recorded.</summary>
    public IReadOnlySet<string> RecordedNames { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whose calls an account may subscribe to (RFC 4235).</summary>
    public DialogSubscriptions DialogSubscriptions { get; init; } = DialogSubscriptions.Own;

    /// <summary>Which phones are told of waiting messages (RFC 3842).</summary>
    public MessageNotifications MessageNotifications { get; init; } = MessageNotifications.Subscribers;

    /// <summary>How conferences are held, by the room's name; rooms that are not in it are held by default.</summary>
    public IReadOnlyDictionary<string, ConferenceOptions> Conferences { get; init; } = System.Collections.Frozen.FrozenDictionary<string, ConferenceOptions>.Empty;

    /// <summary>How strangers and overload are treated.</summary>
    public DefenceOptions Defence { get; init; } = new();

    /// <summary>rtpengine's ng control protocol; off unless it has an address.</summary>
    public NgOptions Ng { get; init; } = new();

    /// <summary>How many of the last calls have their SIP messages kept; 0, the default, for none, which costs nothing.</summary>
    public int TracedCalls { get; init; }

    /// <summary>Value of the User-Agent and Server headers; empty to write none.</summary>
    public string ServerName { get; init; } = "MediaCore";

    /// <summary>These options with the limits of single calls of others.</summary>
    internal EngineOptions WithCallLimits(EngineOptions wanted) => this with
    {
        MaxCallDuration = wanted.MaxCallDuration,
        MaxRinging = wanted.MaxRinging,
        SilentCallProbe = wanted.SilentCallProbe,
        MaxCallsPerAccount = wanted.MaxCallsPerAccount,
        MaxDialAttempts = wanted.MaxDialAttempts,
        MaxFailoverTime = wanted.MaxFailoverTime,
    };
}
