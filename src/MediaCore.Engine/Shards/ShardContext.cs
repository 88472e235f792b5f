using MediaCore.Engine.Prompts;
using MediaCore.Engine.Defence;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tracing;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Shards;

/// <summary>
/// What the cores of one shard share: time, identifiers, timers, counters and scratch memory. Everything here belongs to the shard's
/// thread; <see cref="Now"/> and <see cref="WallClock"/> are set by the shell before each input, so that no core reads a clock.
/// </summary>
internal sealed class ShardContext
{
    private Trunk? _trunk;
    private NetworkEndpoint _trunkSource;
    private IStreamFlow? _trunkStream;
    private bool _isTrunkFound;

    public ShardContext(int index, EngineOptions options, EngineServices services, SessionTable sessions, SipHashKey hashKey, ISignallingOutput output, Timestamp start)
    {
        Index = index;
        Options = options;
        Networks = new EngineNetworks(options);
        Services = services;
        Sessions = sessions;
        HashKey = hashKey;
        Output = output;
        Identifiers = new IdentifierSource(index);
        NextRandom = Identifiers.Next;
        AllStatistics = [Statistics];
        Placement = new ShardPlacement(CallPlacement.Spread, AllStatistics);
        Now = start;
        Wheel = new TimingWheel(start);
        Outbox = new ShardOutbox(this);
        Capabilities = new Capabilities(options, services.Accounts is not null);
        Guard = SourceGuard.None;
        Admission = new Admission(this);
        Timers = options.Timers;
    }

    /// <summary>The shard's number.</summary>
    public int Index { get; }

    /// <summary>What the engine was started with, but for the limits of calls, which may be exchanged between two inputs (<see cref="SipEngine.UpdateCallLimits"/>).</summary>
    public EngineOptions Options { get; set; }

    public EngineServices Services { get; }

    /// <summary>The networks.</summary>
    public EngineNetworks Networks { get; }

    /// <summary>What is known of the trunks at run time, shared by all shards.</summary>
    public TrunkStates Trunks => Services.Trunks;

    /// <summary>The trunk that a request came from: by its address, or by the name that its peer has proved on a connection which we opened to it.</summary>
    /// <remarks>Admission, the user agent core and the transaction layer all ask for the message at hand, so the last answer is kept until <see cref="ForgetTrunk"/>.</remarks>
    public Trunk? FindTrunk(in Flow flow)
    {
        if (!_isTrunkFound || flow.Remote != _trunkSource || !ReferenceEquals(flow.Stream, _trunkStream))
        {
            _trunk = Services.Policy.FindTrunk(flow.Remote) ?? (flow.Stream?.VerifiedName is { } name ? Services.Policy.FindTrunkByHost(name) : null);
            _trunkSource = flow.Remote;
            _trunkStream = flow.Stream;
            _isTrunkFound = true;
        }

        return _trunk;
    }

    /// <summary>Another input begins: the routing may have been exchanged meanwhile.</summary>
    public void ForgetTrunk()
    {
        _isTrunkFound = false;
        _trunk = null;
        _trunkStream = null;
    }

    /// <summary>The table shared by all shards.</summary>
    public SessionTable Sessions { get; }

    /// <summary>Key of every hash over something that a peer chooses.</summary>
    public SipHashKey HashKey { get; }

    public ISignallingOutput Output { get; }

    /// <summary>What is told to other shards' calls and must not be lost.</summary>
    public ShardOutbox Outbox { get; }

    /// <summary>What is known of source addresses, shared by all shards; the engine sets it before the first message.</summary>
    public SourceGuard Guard { get; set; }

    /// <summary>What messages have to pass on their way in.</summary>
    public Admission Admission { get; }

    public TransactionTimers Timers { get; }

    public Capabilities Capabilities { get; }

    public TimingWheel Wheel { get; }

    public IdentifierSource Identifiers { get; }

    /// <summary>64 random bits for sharing calls among targets and spreading probes; tests put a known sequence here.</summary>
    public Func<ulong> NextRandom { get; init; }

    public ShardStatistics Statistics { get; } = new();

    /// <summary>The conferences of all shards; the engine sets it before the first call.</summary>
    public MediaSessions.Conferences.ConferenceRooms Rooms { get; init; } = new(1);

    /// <summary>The counters of all shards by number, this one's among them.</summary>
    public ShardStatistics[] AllStatistics { get; set; }

    /// <summary>Where new calls go, shared by all shards; the engine sets it before the first message.</summary>
    public ShardPlacement Placement { get; set; }

    /// <summary>Monotonic time of the input that is being handled.</summary>
    public Timestamp Now { get; set; }

    /// <summary>Time of day of that input, for records.</summary>
    public DateTimeOffset WallClock { get; set; }

    /// <summary>New calls are refused while this is set.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Accounts that a control plane is asked for; null where it is not.</summary>
    public Questions.AccountQuestions? AccountQuestions { get; set; }

    /// <summary>Where messages of calls are kept; null while they are not.</summary>
    public SignallingTrace? Trace { get; set; }

    /// <summary>What an answered caller hears while a target rings, and when none takes the call.</summary>
    public CountryClips Tones { get; init; } = CountryClips.Silent;

    /// <summary>Takes media packets in place of the ports' sockets, in a simulation; null for the sockets.</summary>
    public MediaSessions.IMediaNetwork? MediaNetwork { get; init; }

    /// <summary>Sends one message; what is for another call of ours is handed over to its shard. False when it cannot be delivered.</summary>
    public bool Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        Trace?.Record(isSent: true, flow, message, WallClock);
        return flow.Stream is LoopbackFlow loop ? Outbox.Send(loop.Shard, new Flow(flow.Local, flow.Remote, loop.Back), message) : Output.Send(flow, message);
    }

    /// <summary>Where the message being built stands; never kept past the call that builds it.</summary>
    public byte[] Scratch { get; } = new byte[EngineLimits.MaxOutgoingMessageBytes];

    /// <summary>Where a body or other part of the message being built stands.</summary>
    public byte[] PartScratch { get; } = new byte[SipLimits.MaxMessageBytes];

    /// <summary>For reading a message of our own again (building ACK and CANCEL).</summary>
    public SipMessage OwnMessage { get; } = new();
}
