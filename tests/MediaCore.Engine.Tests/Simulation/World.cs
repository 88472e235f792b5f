using System.Net;
using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Defence;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Relaying;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>
/// Shards, peers and a clock in one thread. What a shard sends stands in the peer's inbox at once; nothing else happens until the test lets a peer
/// send or time pass. Holds for every scenario: each message is valid, no byte of a peer's own world reaches another peer, and when
/// the scenario is over nothing of it is left.
/// </summary>
internal sealed class World : ICallRecordSink, IMediaNetwork, IMessageSummaries, ICallEvents, IControlMail, IDisposable
{
    public const string ServerHost = "192.0.2.1";

    public static readonly DateTimeOffset Epoch = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<NetworkEndpoint, Peer> _peers = [];
    private readonly ListenerIdentity _udp = new(0, SipTransportKind.Udp, Endpoint(ServerHost, 5060), ServerHost, 5060);
    private readonly ListenerIdentity _tcp = new(1, SipTransportKind.Tcp, Endpoint(ServerHost, 5060), ServerHost, 5060);
    private readonly RecordingLogs _logs = new();
    private readonly SessionTable _sessions = new(1024);
    private SimulatedShard[]? _shards;
    private ConferenceRooms? _rooms;

    public World()
    {
        Authenticator = new DigestAuthenticator("mediacore", new byte[32], TimeSpan.FromMinutes(5));
        Gate = new DigestGate(Authenticator, Accounts, [DigestAlgorithm.Sha512256, DigestAlgorithm.Sha256, DigestAlgorithm.Md5], new SipHashKey(3, 4));
    }

    /// <summary>To be changed before the first message. Media time-out and probes off, since in most scenarios no packet flows.</summary>
    public EngineOptions Options { get; set; } = new() { MediaTimeout = TimeSpan.Zero, SilentCallProbe = TimeSpan.Zero, MaxCalls = 100, ServerName = "MediaCore", Defence = DefenceOptions.Off, Placement = CallPlacement.Spread };

    public int ShardCount { get; set; } = 1;

    /// <summary>Set for a server without accounts.</summary>
    public bool IsSbc { get; set; }

    /// <summary>The shard that datagrams arrive at.</summary>
    public int EntryShard { get; set; }

    public Timestamp Now { get; private set; } = Timestamp.FromMilliseconds(1_000);

    public DateTimeOffset WallClock => Epoch + (Now - Timestamp.FromMilliseconds(1_000));

    public ScriptedPolicy Policy { get; } = new();

    public SimulatedAccounts Accounts { get; } = new();

    public LocationService Locations { get; } = new();

    public DigestGate Gate { get; }

    public DigestAuthenticator Authenticator { get; }

    /// <summary>Run-time state of the trunks, shared by the shards.</summary>
    public TrunkStates Trunks { get; } = new();

    /// <summary>Whether anybody wants events; on in every scenario, so that each has the checks of <see cref="CheckEvents"/>.</summary>
    public bool IsWanted { get; set; } = true;

    /// <summary>Runs before an event is taken: what another thread does at that moment.</summary>
    public Action<CallEvent> Publishing { get; set; } = static _ => { };

    /// <summary>The events of all calls, in the order they were published.</summary>
    public List<CallEvent> Events { get; } = [];

    /// <summary>Events of a kind, of all calls.</summary>
    public T[] EventsOf<T>()
        where T : CallEvent => [.. Events.OfType<T>()];

    /// <summary>Replies to commands and what they caused, one after the other: what an event must not overtake.</summary>
    private readonly Dictionary<string, CommandReply> _replies = [];

    private readonly Dictionary<string, int> _ends = [];

    private int _commands;

    /// <summary>Commands as the host gives them.</summary>
    public ICallControl Control => field ??= new CallControl(_sessions, this, names: null, _logs.CreateLogger("MediaCore.Control"));

    /// <summary>The relay alone, as the host gives it.</summary>
    public IMediaRelay Relay => field ??= new MediaRelay(this, new SipHashKey(7, 8));

    /// <summary>An identifier for the next command.</summary>
    public string NextCommandId() => $"cmd-{++_commands}";

    /// <summary>Carries a command out; the reply has to come at once, and before the command's events.</summary>
    public CommandReply Execute(CallCommand command)
    {
        _ = Shards;
        SetTime(Now);
        CommandReply? reply = null;
        Control.Execute(command, given =>
        {
            Assert.Null(reply);
            reply = given;
            if (given.IsAccepted)
            {
                _replies.Add(command.CommandId, given);
            }
        });
        Pump();
        Assert.NotNull(reply);
        return reply;
    }

    /// <summary>An answer that comes at once, since nothing here runs by itself.</summary>
    public static T Answer<T>(ValueTask<T> answer)
    {
        Assert.True(answer.IsCompleted);
        return answer.GetAwaiter().GetResult();
    }

    int IControlMail.Shards => Shards.Length;

    int IControlMail.ChooseShard() => Shard.Context.Placement.Choose(here: -1);

    bool IControlMail.TryPost(int shard, ShardExchange exchange)
    {
        if (Mail.IsFull)
        {
            return false;
        }

        Shards[shard].Core.HandleControl(exchange);
        return true;
    }

    void ICallEvents.Publish(CallEvent callEvent)
    {
        Publishing(callEvent);
        Events.Add(callEvent);
        if (callEvent is CommandEnded ended)
        {
            _ends[ended.CommandId] = _ends.GetValueOrDefault(ended.CommandId) + 1;
            if (!_replies.ContainsKey(ended.CommandId))
            {
                Violations.Add($"{ended} has come before the command's reply, or without one");
            }
        }
    }

    /// <summary>What the shards draw when calls are shared among targets; a known sequence makes a scenario repeatable.</summary>
    public Func<ulong> NextRandom { get; set; } = static () => 0;

    public List<CallRecord> Records { get; } = [];

    public List<string> Violations { get; } = [];

    /// <summary>Warnings that were logged.</summary>
    public IReadOnlyList<string> Warnings => _logs.Warnings;

    /// <summary>Peers that the transport cannot reach: it says so at once.</summary>
    public HashSet<Peer> Unreachable { get; } = [];

    /// <summary>Set where a scenario passes a peer's address on by design (3xx).</summary>
    public bool MayPassAddresses { get; set; }

    /// <summary>What is known of the peers' addresses; off unless the options of the scenario say otherwise.</summary>
    public SourceGuard Guard { get; private set; } = SourceGuard.None;

    /// <summary>How long each message has waited before it is handled, as the overload gate sees it; told to it with every message.</summary>
    public TimeSpan QueueDelay { get; set; }

    /// <summary>Names that may wait for the DNS at once.</summary>
    public int MaxLookups { get; set; } = 16;

    /// <summary>Set where descriptions show where a peer listens, by design (trunks that pass media).</summary>
    public bool MayPassMedia { get; set; }

    /// <summary>What the shards tell each other.</summary>
    public SimulatedMail Mail => field ??= new SimulatedMail(() => Shards);

    /// <summary>Where recordings go; to be set before the first message.</summary>
    public MediaCore.Engine.Recordings.RecordingStore? Recordings { get; set; }

    /// <summary>Waiting messages by account.</summary>
    public Dictionary<string, MessageSummary> Messages { get; } = [];

    bool IMessageSummaries.TryGet(string account, out MessageSummary summary) => Messages.TryGetValue(account, out summary);

    /// <summary>Other messages wait for an account than before; its phones' shards are told.</summary>
    public void NoteMessages(string account, MessageSummary summary)
    {
        Messages[account] = summary;
        foreach ((int shard, SubscriptionItem change) in Shard.Context.Services.Subscriptions.OfMessages(account, Options.MessageNotifications, ShardCount))
        {
            Mail.Post(shard, change);
        }

        Pump();
    }

    /// <summary>Is asked what to do; null for nobody. To be set before the first message.</summary>
    public SimulatedControlPlane? Plane { get; set; }

    /// <summary>Another thread does something whose outcome comes by the mailboxes.</summary>
    public void Bring(Action action)
    {
        SetTime(Now);
        action();
        Pump();
    }

    /// <summary>The conferences of all shards.</summary>
    public ConferenceRooms Rooms => _rooms ??= new ConferenceRooms(ShardCount) { Configured = Options.Conferences };

    public int SessionCount => _sessions.Count;

    public SimulatedShard[] Shards => _shards ??= CreateShards();

    public SimulatedShard Shard => Shards[0];

    public ShardStatistics Statistics => Shard.Context.Statistics;

    public CallRecord Record => Assert.Single(Records);

    /// <summary>The one call that has not ended.</summary>
    public Call Call => Assert.Single(Shards.SelectMany(static s => s.Core.Calls.Snapshot()));

    public Peer AddPeer(string name, string host, ushort port = 5060, bool tcp = false)
    {
        var peer = new Peer(this, name, host, port);
        _peers.Add(peer.Endpoint, peer);
        if (tcp)
        {
            peer.Stream = new SimulatedStream(this, peer);
        }

        return peer;
    }

    public static NetworkEndpoint Endpoint(string host, ushort port) => NetworkEndpoint.From(IPAddress.Parse(host), port);

    public static SipPeer Hop(Peer peer) =>
        new(peer.Host, peer.Port, peer.Stream is null ? SipTransportKind.Udp : SipTransportKind.Tcp) { Endpoint = peer.Endpoint };

    public static Trunk TrunkTo(Peer peer) => new() { Name = "to-" + peer.Name, Targets = [Hop(peer)] };

    /// <summary>The trunks of a start or a reload; to be emptied before the test ends where they register or probe.</summary>
    public void ApplyTrunks(params Trunk[] trunks)
    {
        foreach (SimulatedShard shard in Shards)
        {
            shard.Core.ApplyTrunks([.. trunks]);
        }
    }

    /// <summary>A number that goes to trunks, one after the other.</summary>
    public void RouteToTrunks(string number, TimeSpan ringTime, params Peer[] peers) =>
        Route(number, new DialStep([.. peers.Select(static p => new TrunkTarget(TrunkTo(p)))], Parallel: false, ringTime));

    public void RouteToTrunks(string number, params Peer[] peers) => RouteToTrunks(number, TimeSpan.FromSeconds(60), peers);

    public void Route(string number, params RouteStep[] steps) => Policy.Plans[number] = new RoutePlan { Number = number, Steps = [.. steps] };

    /// <summary>A peer registers with an account, challenge and all.</summary>
    public static void Register(Peer peer, string account, string password)
    {
        string address = $"<sip:{account}@{ServerHost}>";
        string callId = peer.NextId("reg");
        string tag = peer.NextId("tag");
        string Format(uint cseq, string extra) => peer.Request("REGISTER", "sip:" + ServerHost, $"{address};tag={tag}", address, callId, cseq, peer.NextBranch(), extra);
        peer.Send(Format(1, ""));
        string challenge = peer.Take("401 REGISTER")["WWW-Authenticate"];
        peer.Send(Format(2, Authorize(challenge, account, password, "REGISTER", "sip:" + ServerHost)));
        peer.Take("200 REGISTER");
    }

    /// <summary>An Authorization header that answers a challenge.</summary>
    public static string Authorize(string challenge, string user, string password, string method, string uri, uint nonceCount = 1)
    {
        byte[] value = new byte[2048];
        Assert.True(DigestClient.TryWriteAuthorization(value, out int length, Encoding.UTF8.GetBytes(challenge), user, password, Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes(uri), nonceCount, "cnonce"u8));
        return $"Authorization: {Encoding.UTF8.GetString(value, 0, length)}\r\n";
    }

    /// <summary>Lets time pass, firing what is due in order.</summary>
    public void Advance(TimeSpan span)
    {
        Timestamp target = Now + span;
        while (true)
        {
            Timestamp next = Shards.Select(static s => s.Core.NextDeadline).Min();
            if (next > target)
            {
                break;
            }

            SetTime(next > Now ? next : Now);
            foreach (SimulatedShard shard in Shards)
            {
                shard.Core.HandleTimers();
            }

            Pump();
        }

        SetTime(target);
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets time pass until a message comes to a peer, which must be of this kind and is taken before it is repeated.</summary>
    public SipText WaitFor(Peer peer, string kind, double seconds = 2)
    {
        for (Timestamp limit = Now + TimeSpan.FromSeconds(seconds); Now < limit; Advance(0.05))
        {
            if (peer.TakeAny() is { } message)
            {
                Assert.True(message.Kind == kind, $"{peer.Name} waits for {kind}, and this has come:\n{message}");
                return message;
            }
        }

        return peer.Take(kind);
    }

    /// <summary>A peer's message arrives, somewhere in the middle of a larger buffer as in a batch of datagrams.</summary>
    public void Deliver(Peer peer, string text) => Deliver(peer, Encoding.UTF8.GetBytes(text));

    /// <summary>The same for what is no text.</summary>
    public void Deliver(Peer peer, byte[] bytes)
    {
        byte[] buffer = new byte[bytes.Length + 26];
        bytes.CopyTo(buffer, 13);
        SetTime(Now);
        Shards[EntryShard].Context.Admission.NoteTurn(QueueDelay);
        Shards[EntryShard].Core.HandleMessage(buffer, 13, bytes.Length, FlowOf(peer), handedOver: false);

        // Nothing may be kept by reference: the buffer is the next datagram's.
        buffer.AsSpan().Fill((byte)'#');
        Pump();
    }

    /// <summary>Media packets that the relay sent: from which of our ports, where to, what.</summary>
    public List<(ushort FromPort, NetworkEndpoint To, byte[] Packet)> MediaSent { get; } = [];

    public bool Send(MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        MediaSent.Add(((ushort)(port.Port + (isRtcp ? 1 : 0)), destination, packet.ToArray()));
        return true;
    }

    /// <summary>A media packet arrives at one of our ports.</summary>
    public void DeliverMedia(in NetworkEndpoint source, ushort toPort, byte[] packet)
    {
        SetTime(Now);
        foreach (SimulatedShard shard in Shards)
        {
            if (shard.Ports.Find(toPort) is { } port)
            {
                shard.Core.HandleMedia(port, packet.AsSpan(), isRtcp: toPort != port.Port, source);
            }
        }
    }

    /// <summary>The DNS answers the oldest lookup of the first shard; nothing found when no destination is given.</summary>
    public PeerLookup AnswerLookup(params SipDestination[] destinations)
    {
        PeerLookup lookup = Shard.Lookups[0];
        Shard.Lookups.RemoveAt(0);
        lookup.Found = [.. destinations];
        Shard.Core.HandleLocated(lookup);
        Pump();
        return lookup;
    }

    public void LoseStream(Peer peer) => LoseStream(peer.Stream!);

    public void LoseStream(SimulatedStream stream)
    {
        stream.IsClosed = true;
        foreach (SimulatedShard shard in Shards)
        {
            shard.Core.HandleStreamLost(stream);
        }
    }

    public bool Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (flow.Stream is { } stream)
        {
            return stream.TrySend(message);
        }

        if (!_peers.TryGetValue(flow.Remote, out Peer? peer))
        {
            Violations.Add($"sent to nobody at {flow.Remote}: {Encoding.UTF8.GetString(message)}");
            return true;
        }

        if (Unreachable.Contains(peer))
        {
            return false;
        }

        Arrive(peer, message.ToArray());
        return true;
    }

    public void Arrive(Peer peer, byte[] message)
    {
        string text = Encoding.UTF8.GetString(message);
        if (!SipText.TryParse(message, out SipText? parsed))
        {
            Violations.Add("not a valid message: " + text);
            return;
        }

        if (MayPassMedia)
        {
            text = string.Join('\n', text.Split('\n').Where(static line => !line.StartsWith("o=- ", StringComparison.Ordinal) && !line.StartsWith("c=IN", StringComparison.Ordinal)));
        }

        foreach (Peer other in _peers.Values)
        {
            if (other.Name != peer.Name && !MayPassAddresses && (text.Contains(other.Host, StringComparison.Ordinal) || text.Contains("-" + other.Name, StringComparison.Ordinal)))
            {
                Violations.Add($"{peer.Name} sees something of {other.Name}: {text}");
            }
        }

        peer.Receive(parsed!);
    }

    public bool TryOpenFlow(in SipDestination destination, int network, out Flow flow)
    {
        if (_peers.TryGetValue(destination.Endpoint, out Peer? peer) && destination.Transport == SipTransportKind.Tcp && peer.StreamBeside is { } beside)
        {
            flow = new Flow(_tcp, destination.Endpoint, beside);
            return true;
        }

        flow = peer is not null ? FlowOf(peer) : new Flow(_udp, destination.Endpoint);
        return destination.Transport == SipTransportKind.Udp || flow.Stream is not null;
    }

    public void Write(int shard, CallRecord record) => Records.Add(record);

    /// <summary>The checks that every scenario ends with.</summary>
    public void Dispose()
    {
        int active = Shards.Sum(static s => s.Core.Calls.ActiveCalls);

        // Twice 64·T1 (a 2xx given up, then its BYE) and the longest lingering of a transaction.
        Advance(TimeSpan.FromSeconds(200));
        Assert.Empty(Violations);
        Assert.True(_logs.Errors.Count == 0, string.Join('\n', _logs.Errors));
        Assert.Equal(0, active);
        foreach (SimulatedShard shard in Shards)
        {
            Assert.Equal(0, shard.Context.Statistics.Faults);
            Assert.Equal(0, shard.Context.Statistics.ServerTransactions);
            Assert.Equal(0, shard.Context.Statistics.ClientTransactions);
            Assert.Equal(0, shard.Core.Calls.HeldCalls);
            Assert.Equal(0, shard.Context.Statistics.ControlledCalls);
            Assert.Equal(0, shard.Core.Ng.Count);
            Assert.Equal(0, shard.Context.AccountQuestions?.Parked ?? 0);
            Assert.Equal(0, shard.Core.Conferences.Statistics.Members);
            Assert.Equal(0, shard.Ports.InUse);
            Assert.Equal((0, 0L, 0L), (shard.Core.Audio.Count, shard.Core.Audio.Statistics.Parties, shard.Core.Audio.Statistics.Transcoding));
            Assert.Equal(0, shard.Context.Wheel.Count);
            Assert.Equal(0, shard.Context.Outbox.Reserved);
        }

        CheckEvents();
        Assert.Equal(0, _sessions.Count);
        Assert.Equal(0, Rooms.Count);
        Assert.Equal((0, 0), (Shard.Context.Services.Subscriptions.Total, Shard.Context.Services.Subscriptions.Held));
        Assert.All(Shards, static shard => Assert.Equal(0, shard.Core.Notifier?.Count ?? 0));
        Assert.Equal(0, Shard.Context.Services.AccountCalls.Count);
        foreach (TrunkStatus trunk in Trunks.All)
        {
            Assert.Equal((trunk.Name, 0, 0), (trunk.Name, trunk.InboundCalls, trunk.OutboundCalls));
            Assert.All(trunk.Destinations, static destination => Assert.Equal(0, destination.ActiveCalls));
        }
    }

    /// <summary>Each call's events are numbered without a gap and end with its end, and each accepted command has ended once.</summary>
    private void CheckEvents()
    {
        if (!IsWanted)
        {
            return;
        }

        foreach (IGrouping<string, CallEvent> call in Events.Where(static e => e.Sequence > 0).GroupBy(static e => e.CallId))
        {
            Assert.Equal(Enumerable.Range(1, call.Count()).Select(static n => (long)n), call.Select(static e => e.Sequence));
            Assert.True(call.Last() is CallEnded, $"the last event of a call is {call.Last()}");
            Assert.Single(call.OfType<CallEnded>());
        }

        Assert.Equal(Records.Count, Events.OfType<CallEnded>().Count());
        foreach (string command in _replies.Keys)
        {
            Assert.True(_ends.GetValueOrDefault(command) == 1, $"{command} has ended {_ends.GetValueOrDefault(command)} times");
        }
    }

    private Flow FlowOf(Peer peer) => new(peer.Stream is null ? _udp : _tcp, peer.Endpoint, peer.Stream);

    private void Pump() => Mail.Pump();

    private void SetTime(Timestamp now)
    {
        Now = now;
        foreach (SimulatedShard shard in Shards)
        {
            shard.Context.Now = now;
            shard.Context.WallClock = WallClock;
        }
    }

    private SimulatedShard[] CreateShards()
    {
        var services = new EngineServices
        {
            Policy = Policy,
            Accounts = Accounts,
            CallRecords = this,
            Trunks = Trunks,
            MessageSummaries = this,
            Loggers = _logs,
            CallEvents = this,
            ControlPlane = Plane,
            Recordings = Recordings,
            Prompts = new PromptStore(new PromptStoreOptions { CacheDirectory = null }, new SilentSynthesizer()),
        };
        Guard = new SourceGuard(Options.Defence, new SipHashKey(5, 6), _logs.CreateLogger("MediaCore.Defence"));
        var shards = new SimulatedShard[ShardCount];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i] = new SimulatedShard(this, i, Options, services, _sessions);
        }

        ShardStatistics[] statistics = [.. shards.Select(static s => s.Context.Statistics)];
        var placement = new ShardPlacement(Options.Placement, statistics);
        foreach (SimulatedShard shard in shards)
        {
            shard.Context.Guard = Guard;
            shard.Context.AllStatistics = statistics;
            shard.Context.Placement = placement;
        }

        _shards = shards;
        SetTime(Now);
        return shards;
    }

    private sealed class SilentSynthesizer : ISpeechSynthesizer
    {
        public string CacheIdentity => "silent";

        public ValueTask<SpeechResult> SynthesizeAsync(string text, string? voice, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Prompts come from the test.");
    }
}
