using System.Collections.Frozen;
using System.Net;
using MediaCore.Control.Policy;
using MediaCore.Engine;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Transcription;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>records</c>: where call records are written first.</summary>
/// <param name="Folder">Folder of the journal.</param>
/// <param name="MaxFileBytes">A file that reaches this size is closed and the next begun.</param>
/// <param name="MaxFiles">Closed files kept without a database; 0 keeps all.</param>
internal sealed record RecordSettings(string Folder, long MaxFileBytes, int MaxFiles);

/// <summary>Section <c>calls</c>: limits of calls.</summary>
/// <param name="MaxCalls">Calls at once.</param>
/// <param name="MaxDuration">Longest call.</param>
/// <param name="MaxRinging">Longest ringing.</param>
internal sealed record CallSettings(int MaxCalls, TimeSpan MaxDuration, TimeSpan MaxRinging)
{
    /// <summary>How often a call that may be silent is asked whether it is still there; zero never.</summary>
    public TimeSpan SilentProbe { get; init; }

    /// <summary>Calls that one account may have begun at once; 0 for no limit.</summary>
    public int MaxPerAccount { get; init; }

    /// <summary>Targets that one call tries one after the other.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>After so long a call tries no further target.</summary>
    public TimeSpan MaxFailover { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Section <c>numbers</c>: the number service.</summary>
/// <param name="Enabled">False makes a pure SBC without a database.</param>
/// <param name="AcceptFrom">Networks that may call our numbers; empty for any.</param>
internal sealed record NumberSettings(bool Enabled, IReadOnlyList<IPNetwork> AcceptFrom)
{
    /// <summary>Networks that are not public and that menus may ask all the same.</summary>
    public IReadOnlyList<IPNetwork> LookupNetworks { get; init; } = [];

    /// <summary>The mail server of notifications; null where there is none.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>How messages are transcribed.</summary>
    public TranscriptionOptions Transcription { get; init; } = new();

    /// <summary>Numbers and accounts whose calls are recorded.</summary>
    public FrozenSet<string> Record { get; init; } = [];
}

/// <summary>Section <c>storage</c>: the databases of the number service.</summary>
/// <param name="Service">Tenants and all that is theirs: a file of this node, or the PostgreSQL that nodes share.</param>
/// <param name="Connection">Connection string of the node's own SQLite file, which <see cref="Service"/> uses as well unless it is PostgreSQL.</param>
/// <param name="File">Path of that file.</param>
internal sealed record StorageSettings(ServiceStoreOptions Service, string Connection, string File);

/// <summary>Section <c>prompts</c>: announcements.</summary>
/// <param name="Folder">Where recorded prompts (WAV) may lie; no prompt outside it is played.</param>
/// <param name="Voice">Voice of texts that name none.</param>
internal sealed record PromptSettings(string Folder, string Voice);

/// <summary>The whole configuration, checked. Paths are absolute.</summary>
internal sealed record ServerSettings
{
    /// <summary>Where everything that is written at run time lies, unless told otherwise.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Whether a start puts the file of what was changed over the control interface aside; it was not read then.</summary>
    public bool PutsChangesAside { get; init; }

    /// <summary>Section <c>sip</c>.</summary>
    public required SipSettings Sip { get; init; }

    /// <summary>Section <c>media</c>.</summary>
    public required MediaSettings Media { get; init; }

    /// <summary>Address of the HTTP endpoints; none turns them off.</summary>
    public NetworkEndpoint Http { get; init; }

    /// <summary>How the number service's API is reached there from other hosts.</summary>
    public HttpAccess HttpAccess { get; init; } = new();

    /// <summary>Section <c>storage</c>.</summary>
    public required StorageSettings Storage { get; init; }

    /// <summary>Section <c>prompts</c>.</summary>
    public required PromptSettings Prompts { get; init; }

    /// <summary>Section <c>trunks</c>.</summary>
    public IReadOnlyList<TrunkSettings> Trunks { get; init; } = [];

    /// <summary>List <c>networks</c>: those beside that of <see cref="Media"/>.</summary>
    public IReadOnlyList<EngineNetwork> Networks { get; init; } = [];

    /// <summary>Section <c>routes</c>.</summary>
    public IReadOnlyList<RouteSettings> Routes { get; init; } = [];

    /// <summary>List <c>conferences</c>: rooms by name.</summary>
    public IReadOnlyDictionary<string, ConferenceOptions> Conferences { get; init; } = new Dictionary<string, ConferenceOptions>(StringComparer.Ordinal);

    /// <summary>Section <c>numbers</c>.</summary>
    public required NumberSettings Numbers { get; init; }

    /// <summary>Section <c>messages.smpp</c>.</summary>
    public SmppOptions Smpp { get; init; } = new();

    /// <summary>Sections <c>webhooks</c> and <c>events</c>.</summary>
    public required EventSettings Events { get; init; }

    /// <summary>Section <c>messages</c>: what messages are sent by.</summary>
    public MessagingOptions Messages { get; init; } = new();

    /// <summary>Section <c>recording</c>; null when nothing is ever recorded.</summary>
    public RecordingOptions? Recording { get; init; }

    /// <summary>Section <c>calls</c>.</summary>
    public required CallSettings Calls { get; init; }

    /// <summary>Section <c>control.policy</c>; null where no control plane is asked.</summary>
    public PolicyOptions? Policy { get; init; }

    /// <summary>Section <c>grpc</c>.</summary>
    public required GrpcSettings Grpc { get; init; }

    /// <summary>How many of the last calls have their SIP messages kept (<c>trace.calls</c>).</summary>
    public int TracedCalls { get; init; }

    /// <summary>Section <c>ng</c>.</summary>
    public NgOptions Ng { get; init; } = new();

    /// <summary>Section <c>records</c>.</summary>
    public required RecordSettings Records { get; init; }

    /// <summary>How long a drain waits for calls to end by themselves.</summary>
    public TimeSpan DrainLimit { get; init; }

    /// <summary>Lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; }

    /// <summary>Shards; 0 for one per processor.</summary>
    public int Shards { get; init; }

    /// <summary>Which shard a new call lives on.</summary>
    public CallPlacement Placement { get; init; }

    /// <summary>What was configured and is not served by this version; said at every start.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Every key that was read and that only a restart changes, with its value, written or default; what two configurations are compared by.</summary>
    public IReadOnlyDictionary<string, string> FixedValues { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it was read from, to be changed piece by piece; null where a tree was read alone.</summary>
    public Changes.ConfigurationSource? Source { get; init; }

    /// <summary>What the engine is started with.</summary>
    public EngineOptions ToEngineOptions() => new()
    {
        Listeners = Sip.Listen,
        AdvertisedHost = Sip.Advertised,
        Tls = Sip.Tls.Server,
        TlsClient = Sip.Tls.Client,
        WebSocket = Sip.WebSocket,
        Connections = Sip.Connections,
        Realm = Sip.Realm,
        DigestAlgorithms = Sip.DigestAlgorithms,
        ServerName = Sip.ServerName,
        MediaAddress = Media.Network.MediaAddress,
        AdvertisedMediaAddress = Media.Network.AdvertisedMediaAddress,
        MediaAddress6 = Media.Network.MediaAddress6,
        AdvertisedMediaAddress6 = Media.Network.AdvertisedMediaAddress6,
        Networks = System.Collections.Immutable.ImmutableArray.CreateRange(Networks),
        MediaHandover = Media.Handover,
        FirstMediaPort = Media.Network.FirstMediaPort,
        LastMediaPort = Media.Network.LastMediaPort,
        MediaPortRest = Media.PortRest,
        MediaTimeout = Media.Timeout,
        ShardCount = Shards,
        Placement = Placement,
        MaxCalls = Calls.MaxCalls,
        Ng = Ng,
        TracedCalls = TracedCalls,
        Conferences = Conferences,
        MaxCallDuration = Calls.MaxDuration,
        MaxRinging = Calls.MaxRinging,
        SilentCallProbe = Calls.SilentProbe,
        SessionTimers = Sip.SessionTimers,
        ReliableProvisionals = Sip.ReliableProvisionals,
        EarlyMedia = Sip.EarlyMedia,
        MaxCallsPerAccount = Calls.MaxPerAccount,
        MaxDialAttempts = Calls.MaxAttempts,
        MaxFailoverTime = Calls.MaxFailover,
        MaxForwards = Sip.MaxForwards,
        Timers = Sip.Timers,
        UdpMaxRequestBytes = Sip.UdpMaxRequestBytes,
        SipDscp = Sip.Dscp,
        MediaDscp = Media.Dscp,
        ContactKeepAlive = Sip.KeepAlive,
        TrunkResponseTimeout = Sip.TrunkResponse,
        DefaultExpires = Sip.DefaultExpires,
        MinExpires = Sip.MinExpires,
        MaxExpires = Sip.MaxExpires,
        MaxMessageBytes = Sip.MaxMessageBytes,
        AccountTransfers = Sip.AccountTransfers,
        AccountDigits = Sip.AccountDigits,
        AccountSrtp = Sip.AccountSrtp,
        AccountRtcpMux = Sip.AccountRtcpMux,
        AccountsGetFeedback = Sip.AccountFeedback,
        AccountOtherMedia = Sip.AccountOtherMedia,
        AccountCodecs = Sip.AccountCodecs,
        AddedCodecs = Media.AddedCodecs,
        Opus = Media.Opus,
        ComfortNoise = Media.ComfortNoise,
        RecordedNames = Numbers.Record,
        Country = Media.Country,
        RefusalTone = Media.RefusalTone,
        MusicOnHold = Media.MusicOnHold,
        MusicFile = Media.MusicFile,
        DialogSubscriptions = Sip.Subscriptions.Dialogs,
        MessageNotifications = Sip.Subscriptions.Messages,
        MaxContactsPerAccount = Sip.MaxContacts,
        RemoveExistingContacts = Sip.RemoveExistingContacts,
        FlowTimer = Sip.FlowTimer,
        NonceLifetime = Sip.NonceLifetime,
        Defence = Sip.Defence,
        BindingFile = Numbers.Enabled && Sip.PersistContacts ? Path.Combine(DataFolder, "registrations", "bindings") : null,
    };
}
