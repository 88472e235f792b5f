using MediaCore.Engine;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Subscriptions;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>sip</c>: where SIP is served and how long its timers are.</summary>
internal sealed record SipSettings
{
    /// <summary>Listeners, each with the text it was written as.</summary>
    public IReadOnlyList<SipListener> Listen { get; init; } = [];

    /// <summary>Section <c>tls</c>.</summary>
    public TlsSettings Tls { get; init; } = TlsSettings.None;

    /// <summary>Section <c>webSocket</c>.</summary>
    public WebSocketOptions WebSocket { get; init; } = new();

    /// <summary>Section <c>connections</c>.</summary>
    public TcpOptions Connections { get; init; } = new();

    /// <summary>Host written into Via and Contact; null for the listener's own address.</summary>
    public string? Advertised { get; init; }

    /// <summary>Digest realm and domain of accounts.</summary>
    public string Realm { get; init; } = "mediacore";

    /// <summary>Digest algorithms offered to phones, in the order of preference.</summary>
    public IReadOnlyList<DigestAlgorithm> DigestAlgorithms { get; init; } = [];

    /// <summary>Value of User-Agent and Server; empty to send none.</summary>
    public string ServerName { get; init; } = "MediaCore";

    /// <summary>Section <c>timers</c>: those of transactions.</summary>
    public TransactionTimers Timers { get; init; } = TransactionTimers.Default;

    /// <summary>A larger INVITE goes over TCP; 0 never.</summary>
    public int UdpMaxRequestBytes { get; init; }

    /// <summary>Code point of connections that we open, and of listeners that have none of their own.</summary>
    public byte Dscp { get; init; }

    /// <summary>How often contacts behind a NAT are sent a keep-alive; zero never.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Hops that calls may go from here at most.</summary>
    public int MaxForwards { get; init; } = 70;

    /// <summary>A trunk that says nothing for so long is passed over.</summary>
    public TimeSpan TrunkResponse { get; init; }

    /// <summary>Session timers.</summary>
    public SessionTimerOptions SessionTimers { get; init; } = SessionTimerOptions.Default;

    /// <summary>Reliable provisional responses.</summary>
    public ReliableProvisionals ReliableProvisionals { get; init; }

    /// <summary>Whose early media is heard.</summary>
    public EarlyMediaSource EarlyMedia { get; init; }

    /// <summary>Registration lifetime when the phone asks for none.</summary>
    public TimeSpan DefaultExpires { get; init; }

    /// <summary>Shortest registration lifetime.</summary>
    public TimeSpan MinExpires { get; init; }

    /// <summary>Longest registration lifetime.</summary>
    public TimeSpan MaxExpires { get; init; }

    /// <summary>Longest body of a MESSAGE outside a call.</summary>
    public int MaxMessageBytes { get; init; }

    /// <summary>What becomes of a REFER by an account's phone.</summary>
    public TransferPolicy AccountTransfers { get; init; }

    /// <summary>Digits of accounts' phones.</summary>
    public DigitForm AccountDigits { get; init; }

    /// <summary>SRTP with accounts' phones.</summary>
    public SrtpPolicy AccountSrtp { get; init; }

    /// <summary>RTP and RTCP on one port with accounts' phones.</summary>
    public RtcpMuxPolicy AccountRtcpMux { get; init; } = RtcpMuxPolicy.Accept;

    /// <summary>Our offers to accounts' phones are RTP/AVPF.</summary>
    public bool AccountFeedback { get; init; }

    /// <summary>Media lines beside the audio of accounts' phones are relayed.</summary>
    public bool AccountOtherMedia { get; init; } = true;

    /// <summary>Codecs with accounts' phones.</summary>
    public CodecPolicy AccountCodecs { get; init; } = CodecPolicy.Default;

    /// <summary>What accounts may subscribe to, and what they are told without.</summary>
    public SubscriptionSettings Subscriptions { get; init; } = new(DialogSubscriptions.Own, MessageNotifications.Subscribers);

    /// <summary>Contacts per account.</summary>
    public int MaxContacts { get; init; }

    /// <summary>Whether a contact beyond the limit takes the place of the one that expires first.</summary>
    public bool RemoveExistingContacts { get; init; }

    /// <summary>Whether contacts are kept on disk.</summary>
    public bool PersistContacts { get; init; }

    /// <summary>Flow-Timer; zero tells none.</summary>
    public TimeSpan FlowTimer { get; init; }

    /// <summary>How long a digest nonce is good.</summary>
    public TimeSpan NonceLifetime { get; init; }

    /// <summary>How names of next hops are resolved.</summary>
    public DnsSettings Dns { get; init; } = new();

    /// <summary>Limits of strangers, and overload.</summary>
    public DefenceOptions Defence { get; init; } = new();

    /// <summary>Reads the section.</summary>
    public static SipSettings Read(SectionReader section, string baseFolder, List<string> notices)
    {
        EngineOptions defaults = new();
        ConfigurationText? advertised = section.OptionalText("advertised", null);
        byte dscp = (byte)section.Integer("dscp", defaults.SipDscp, 0, 63);
        IReadOnlyList<SipListener> listeners = ListenSettings.Read(section, advertised?.Value, dscp);
        if (advertised is { } host && !EndpointSyntax.IsHost(host.Value))
        {
            section.Error(host, $"\"{host.Value}\" is neither a host name nor an IP address (IPv6 in brackets; no port)");
        }

        ConfigurationText realm = section.Text("realm", defaults.Realm);
        if (realm.Value.Length > 128 || realm.Value.AsSpan().ContainsAnyExceptInRange(' ', '~') || realm.Value.AsSpan().ContainsAny('"', '\\'))
        {
            section.Error(realm, "must be at most 128 printable ASCII characters without quotes and backslashes");
        }

        IReadOnlyList<DigestAlgorithm> algorithms = ReadDigestAlgorithms(section, defaults);
        string serverName = section.OptionalText("serverName", defaults.ServerName)?.Value ?? "";
        if (serverName.Length > 128 || serverName.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            section.Error("serverName", "must be at most 128 printable ASCII characters");
        }

        SectionReader timers = section.Section("timers");
        SectionReader registrations = section.Section("registrations");
        SipSettings result = new()
        {
            Listen = listeners,
            Tls = TlsSettings.Read(section.Section("tls"), baseFolder, listeners, notices),
            WebSocket = ConnectionSettings.ReadWebSocket(section.Section("webSocket")),
            Connections = ConnectionSettings.Read(section.Section("connections")),
            Advertised = advertised?.Value,
            Realm = realm.Value,
            DigestAlgorithms = algorithms,
            ServerName = serverName,
            Dns = DnsSettings.Read(section.Section("dns")),
            MaxForwards = (int)section.Integer("maxForwards", defaults.MaxForwards, 2, 255),
            Defence = DefenceSettings.Read(section.Section("defence")),
            Timers = TimerSettings.Read(timers),
            UdpMaxRequestBytes = (int)section.Integer("udpMaxRequestBytes", defaults.UdpMaxRequestBytes, 0, SipLimits.MaxMessageBytes),
            Dscp = dscp,
            KeepAlive = registrations.Seconds("keepAliveSeconds", defaults.ContactKeepAlive, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            TrunkResponse = timers.Seconds("trunkResponseSeconds", defaults.TrunkResponseTimeout, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(32)),
            SessionTimers = DialogSettings.ReadSessionTimers(section) ?? defaults.SessionTimers,
            ReliableProvisionals = DialogSettings.ReadReliableProvisionals(section) ?? defaults.ReliableProvisionals,
            EarlyMedia = DialogSettings.ReadEarlyMedia(section),
            DefaultExpires = registrations.Seconds("defaultSeconds", defaults.DefaultExpires, TimeSpan.FromSeconds(30), TimeSpan.FromDays(7)),
            MinExpires = registrations.Seconds("minSeconds", defaults.MinExpires, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            MaxExpires = registrations.Seconds("maxSeconds", defaults.MaxExpires, TimeSpan.FromSeconds(30), TimeSpan.FromDays(7)),
            MaxMessageBytes = (int)section.Integer("maxMessageBytes", defaults.MaxMessageBytes, 0, EngineLimits.MaxRelayedBodyBytes),
            AccountDigits = DigitSettings.ReadForm(section, "accountDtmf"),
            AccountSrtp = SrtpSettings.Read(section, "accountSrtp"),
            AccountRtcpMux = RtcpSettings.ReadMux(section, "accountRtcpMux"),
            AccountFeedback = section.Flag("accountFeedback", false),
            AccountOtherMedia = section.Flag("accountOtherMedia", true),
            AccountCodecs = CodecSettings.ReadPolicy(section, "accountCodecs", "accountTranscode"),
            AccountTransfers = TransferSettings.Read(section, "accountTransfer", defaults.AccountTransfers),
            Subscriptions = SubscriptionSettings.Read(section.Section("subscriptions"), new SubscriptionSettings(defaults.DialogSubscriptions, defaults.MessageNotifications)),
            MaxContacts = (int)registrations.Integer("maxContacts", defaults.MaxContactsPerAccount, 1, 100),
            RemoveExistingContacts = registrations.Flag("removeExisting", defaults.RemoveExistingContacts),
            PersistContacts = registrations.Flag("persist", true),
            FlowTimer = registrations.Seconds("flowTimerSeconds", defaults.FlowTimer, TimeSpan.Zero, TimeSpan.FromHours(1)),
            NonceLifetime = registrations.Seconds("nonceSeconds", defaults.NonceLifetime, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        };
        if (result.MinExpires > result.MaxExpires)
        {
            registrations.Error("minSeconds", "must not be above maxSeconds");
        }
        else if (result.DefaultExpires < result.MinExpires || result.DefaultExpires > result.MaxExpires)
        {
            registrations.Error("defaultSeconds", "must lie between minSeconds and maxSeconds");
        }

        timers.Finish();
        registrations.Finish();
        section.Finish();
        return result;
    }

    private static List<DigestAlgorithm> ReadDigestAlgorithms(SectionReader section, EngineOptions defaults)
    {
        List<DigestAlgorithm> algorithms = [];
        foreach (ConfigurationText text in section.Texts("digestAlgorithms", [.. defaults.DigestAlgorithms.Select(static a => NameOf(a))]))
        {
            DigestAlgorithm? algorithm = text.Value.ToLowerInvariant() switch
            {
                "md5" => DigestAlgorithm.Md5,
                "sha-256" => DigestAlgorithm.Sha256,
                "sha-512-256" => DigestAlgorithm.Sha512256,
                _ => null,
            };
            if (algorithm is not { } known)
            {
                section.Error(text, $"\"{text.Value}\" is not a digest algorithm; those are md5, sha-256 and sha-512-256");
            }
            else if (algorithms.Contains(known))
            {
                section.Error(text, $"\"{text.Value}\" is listed twice");
            }
            else
            {
                algorithms.Add(known);
            }
        }

        if (algorithms.Count == 0 && !section.HasError("digestAlgorithms"))
        {
            section.Error("digestAlgorithms", "needs at least one of md5, sha-256 and sha-512-256");
        }

        return algorithms;
    }

    private static string NameOf(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "sha-256",
        DigestAlgorithm.Sha512256 => "sha-512-256",
        _ => "md5",
    };
}
