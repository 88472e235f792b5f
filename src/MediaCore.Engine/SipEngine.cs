using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Relaying;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tracing;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;
using MediaCore.Transport.Udp;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine;

/// <summary>Where the engine is in its life.</summary>
public enum EngineState
{
    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>Taking calls.</summary>
    Running,

    /// <summary>Refusing new calls, keeping those it has.</summary>
    Draining,

    /// <summary>Stopped; cannot be started again.</summary>
    Stopped,
}

/// <summary>A contact that an account is reached at.</summary>
/// <param name="Account">The account.</param>
/// <param name="Contact">The contact's URI.</param>
/// <param name="Source">Where it registered from.</param>
/// <param name="ExpiresIn">How long it is still good for.</param>
public sealed record RegistrationView(string Account, string Contact, NetworkEndpoint Source, TimeSpan ExpiresIn);

/// <summary>
/// The engine as its host sees it: sockets and shards from <see cref="Start"/> to <see cref="DisposeAsync"/>. The host calls it from any thread.
/// </summary>
public sealed class SipEngine : IPeerStates, IAsyncDisposable
{
    /// <summary>How long a shard may take to come round to a piece of work before it counts as stuck.</summary>
    private static readonly TimeSpan s_loopLimit = TimeSpan.FromSeconds(5);

    private readonly EngineOptions _options;
    private readonly EngineNetworks _networks;
    private readonly EngineServices _services;
    private readonly LocationService _locations = new();
    private readonly List<SipListener> _listeners = [];
    private readonly EngineMetrics _metrics = new();
    private Shard[] _shards = [];
    private readonly List<ListenerIdentity> _identities = [];
    private readonly CancellationTokenSource _stopJournal = new();
    private BindingJournal? _journal;
    private Task _journalLoop = Task.CompletedTask;
    private StreamFlows? _streams;
    private NgServer? _ng;
    private CallControl? _control;
    private MediaRelay? _relay;
    private ShardMail? _mail;
    private ImmutableArray<Trunk> _trunks = [];
    private volatile EngineState _state = EngineState.Created;

    /// <summary>Makes an engine; nothing is opened yet.</summary>
    public SipEngine(EngineOptions options, EngineServices services)
    {
        _options = options;
        _networks = new EngineNetworks(options);
        _services = services;
    }

    /// <summary>The listeners as bound, with the ports that the system chose for port 0.</summary>
    public IReadOnlyList<SipListener> Listeners => _listeners;

    /// <summary>Where commands of the ng protocol are taken, as bound; no address where it is off.</summary>
    public NetworkEndpoint NgListener => _ng?.Local ?? default;

    /// <summary>Where the engine is in its life.</summary>
    public EngineState State => _state;

    /// <summary>Commands to calls, from <see cref="Start"/> on.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public ICallControl Control => _control ?? throw new InvalidOperationException("The engine has not been started.");

    /// <summary>Live sound of calls, from <see cref="Start"/> on.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public IStreamControl Streams => _control ?? throw new InvalidOperationException("The engine has not been started.");

    /// <summary>The media relay alone, from <see cref="Start"/> on.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public IMediaRelay Relay => _relay ?? throw new InvalidOperationException("The engine has not been started.");

    /// <summary>Calls that have not ended.</summary>
    public int ActiveCalls => (int)_shards.Sum(static s => Volatile.Read(ref s.Context.Statistics.ActiveCalls));

    /// <summary>Sessions of the ng protocol that have not ended.</summary>
    public int NgSessions => (int)_shards.Sum(static s => Volatile.Read(ref s.Context.Statistics.NgSessions));

    /// <summary>Completes with a fault when a shard dies, which is a defect: the host should end the process, so that a supervisor restarts it.</summary>
    public Task Faulted { get; private set; } = Task.CompletedTask;

    /// <summary>Opens the sockets and starts the shards.</summary>
    /// <exception cref="Transport.SocketBindException">An address cannot be bound; the message says which and why.</exception>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    public void Start()
    {
        if (_state != EngineState.Created)
        {
            throw new InvalidOperationException("An engine is started once.");
        }

        int count = _options.ShardCount > 0 ? _options.ShardCount : Environment.ProcessorCount;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_options.MaxCalls * 8, SessionTable.MinCapacity, SessionTable.MaxCapacity));
        var sessions = new SessionTable(capacity);
        SipHashKey hashKey = SipHashKey.Random();
        DigestGate? gate = null;
        if (_services.Accounts is { } accounts)
        {
            gate = new DigestGate(new DigestAuthenticator(_options.Realm, RandomNumberGenerator.GetBytes(32), _options.NonceLifetime), accounts, _options.DigestAlgorithms, hashKey);
        }

        CountryClips tones = CountryClips.Create(_options.Country, _options.RefusalTone);
        var rooms = new ConferenceRooms(count) { Configured = _options.Conferences };
        var shards = new Shard[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                shards[i] = new Shard(i, count, _options, _services, sessions, hashKey, _locations, gate, tones, rooms);
            }

            _streams = new StreamFlows(shards, _options, _services.Loggers);
            for (int i = 0; i < _options.Listeners.Count; i++)
            {
                Bind(i, _options.Listeners[i], shards);
            }

            if (gate is not null && _options.BindingFile is { } path)
            {
                OpenJournal(path);
            }

            if (_options.Ng.Listen.HasAddress)
            {
                _ng = new NgServer(_options.Ng, shards, SipHashKey.Random(), _services.Loggers.CreateLogger("MediaCore.Ng"), _services.Prompts);
            }
        }
        catch
        {
            _ng?.Dispose();
            foreach (Shard? shard in shards)
            {
                shard?.Dispose();
            }

            throw;
        }

        _shards = shards;
        _control = new CallControl(sessions, _mail = new ShardMail(shards), _services.Names, _services.Loggers.CreateLogger("MediaCore.Control"));
        _relay = new MediaRelay(_mail, SipHashKey.Random());
        if (_services.Recordings is { } recordings)
        {
            recordings.Told = info => Tell(sessions, info);
        }

        var guard = new SourceGuard(_options.Defence, SipHashKey.Random(), _services.Loggers.CreateLogger("MediaCore.Defence"));
        foreach (Binding binding in _locations.All.SelectMany(static a => a.Stored))
        {
            // Phones of before the restart have proved their passwords then.
            guard.NoteProof(binding.Flow.Remote, binding.ExpiresAt + TimeSpan.FromMinutes(1), MonotonicClock.Now);
        }

        ShardStatistics[] statistics = [.. shards.Select(static s => s.Context.Statistics)];
        var placement = new ShardPlacement(_options.Placement, statistics);
        foreach (Shard shard in shards)
        {
            shard.Context.AllStatistics = statistics;
            shard.Context.Placement = placement;
            shard.Context.Guard = guard;
        }

        foreach (Shard shard in shards)
        {
            shard.Start(shards, _streams);
        }

        Faulted = Task.WhenAny([.. shards.Select(static s => s.Completion), .. _ng is null ? Array.Empty<Task>() : [_ng.Stopped.Task]]).Unwrap();
        _streams.Start();
        _metrics.Watch(shards, _streams, guard);
        _metrics.Watch(_control);

        // Also where nothing is recorded: an alert on them finds a 0.
        RecordingMetrics.Publish();
        _metrics.WatchRelay();
        if (_ng is not null)
        {
            _metrics.Watch(_ng);
            _ng.Start();
        }

        _state = EngineState.Running;
        if (_options.TracedCalls > 0)
        {
            TraceCalls(_options.TracedCalls);
        }
    }

    /// <summary>A recording's file is there or will not be; its call's shard, or any once that is over, tells it.</summary>
    private void Tell(SessionTable sessions, RecordingInfo recording)
    {
        Shard shard = _shards[CallKey.TryMake(recording.CallId, out SessionKey key) && sessions.TryGet(key, out SessionHandle handle) ? handle.Shard : 0];
        var item = new ShardItem { Kind = ShardItemKind.Control, Control = new RecordingSaved(recording) };
        SpinWait.SpinUntil(() => shard.TryPost(item) || shard.Completion.IsCompleted);
    }

    private void Bind(int index, SipListener listener, Shard[] shards)
    {
        if (listener.Transport is SipTransportKind.Tls or SipTransportKind.Wss && _options.Tls is null)
        {
            throw new InvalidOperationException($"The listener on {listener.Endpoint} is to be encrypted, and there is no certificate.");
        }

        if (listener.Transport != SipTransportKind.Udp)
        {
            TcpConnectionListener tcp = TcpConnectionListener.Bind(listener.Endpoint, _options.Connections with { Dscp = listener.Dscp }, _services.Loggers.CreateLogger("MediaCore.Tcp"), _streams!.Budget);
            _streams.Add(tcp, CreateIdentity(index, listener, tcp.LocalEndpoint));
            _listeners.Add(listener with { Endpoint = tcp.LocalEndpoint });
            return;
        }

        // Found out first without sharing: with SO_REUSEPORT a second server of the same user would silently take half of the messages.
        NetworkEndpoint local = listener.Endpoint;
        if (local.Port != 0)
        {
            UdpSocket.Bind(local, new UdpSocketOptions()).Dispose();
        }

        ListenerIdentity? identity = null;
        UdpSocket? last = null;
        foreach (Shard shard in shards)
        {
            UdpSocket socket = UdpSocket.Bind(local, new UdpSocketOptions { ReusePort = true, Dscp = listener.Dscp });
            local = socket.LocalEndpoint;
            identity ??= CreateIdentity(index, listener, local);
            shard.Add(socket, identity);
            last = socket;
        }

        if (shards.Length > 1)
        {
            // The sockets are numbered in the order of their binding, which is that of the shards.
            int error = last!.AttachFilter(ShardSteering.Build(identity!));
            if (error != 0)
            {
                EngineLog.NotSteered(_services.Loggers.CreateLogger("MediaCore.Engine"), local.ToString(), error);
            }
        }

        _listeners.Add(listener with { Endpoint = local });
    }

    private ListenerIdentity CreateIdentity(int index, in SipListener listener, NetworkEndpoint local)
    {
        Span<byte> text = stackalloc byte[NetworkEndpoint.MaxTextBytes];
        string host = listener.AdvertisedHost ?? _options.AdvertisedHost
            ?? (local.TryFormatAddress(text, brackets: true, out int length) ? System.Text.Encoding.ASCII.GetString(text[..length]) : local.ToString());
        var identity = new ListenerIdentity(index, listener.Transport, local, host, listener.AdvertisedPort == 0 ? local.Port : listener.AdvertisedPort, _networks.NumberOf(listener.Network));
        _identities.Add(identity);
        return identity;
    }

    /// <summary>Phones that registered before a restart are known before the first message is read.</summary>
    private void OpenJournal(string path)
    {
        ILogger log = _services.Loggers.CreateLogger("MediaCore.Engine");
        _journal = new BindingJournal(path, _locations, _services.Time, log);
        EngineLog.BindingsLoaded(log, _journal.Load(_identities, MonotonicClock.Now));
        _journalLoop = WriteJournalAsync(_journal, _stopJournal.Token);
    }

    private async Task WriteJournalAsync(BindingJournal journal, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(BindingJournal.Interval, _services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                journal.Flush(MonotonicClock.Now);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The shards have stopped: the last changes.
            journal.Flush(MonotonicClock.Now);
        }
    }

    /// <summary>
    /// Puts other certificates, authorities and limits in force for handshakes from now on; open connections stay. Without TLS or WSS listeners
    /// <paramref name="server"/> is not used.
    /// </summary>
    public void UpdateTls(TlsServerOptions? server, TlsClientOptions client) => _streams?.UpdateTls(server, client);

    /// <summary>
    /// Puts other limits of single calls in force: longest call and ringing, probe of silence, calls per account, attempts. A limit that runs in a call, its longest time for one, stays as it was begun. Of <paramref name="wanted"/> nothing else is looked at.
    /// </summary>
    public void UpdateCallLimits(EngineOptions wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        foreach (Shard shard in _shards)
        {
            ShardContext context = shard.Context;
            var item = new ShardItem { Kind = ShardItemKind.Run, Action = () => context.Options = context.Options.WithCallLimits(wanted) };
            SpinWait.SpinUntil(() => shard.TryPost(item) || shard.Completion.IsCompleted);
        }
    }

    /// <summary>From now on new calls get 503 with Retry-After and OPTIONS probes 503; calls in progress go on.</summary>
    public void BeginDrain()
    {
        if (_state == EngineState.Running)
        {
            _state = EngineState.Draining;
            Broadcast(ShardItemKind.Drain);
        }
    }

    /// <summary>Takes new calls again after <see cref="BeginDrain"/>, and registers with and probes its trunks anew. Watchers of accounts subscribe again by themselves.</summary>
    public void EndDrain()
    {
        if (_state == EngineState.Draining)
        {
            _state = EngineState.Running;
            Broadcast(ShardItemKind.EndDrain);
            UpdateTrunks(_trunks);
        }
    }

    /// <summary>Completes when no call and no ng session is left.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        // What was posted before this has been handled after it: no call can slip in behind a drain and not be counted.
        await CheckLoopsAsync(s_loopLimit, cancellationToken).ConfigureAwait(false);
        await WhenZeroAsync(static s => s.ActiveCalls + s.NgSessions, cancellationToken).ConfigureAwait(false);
        await WhenUnregisteredAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Registrars have answered that our contacts are gone, or had <see cref="TrunkAgentLimits.UnregisterWait"/> to do so.</summary>
    private async Task WhenUnregisteredAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TrunkAgentLimits.UnregisterWait, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WhenZeroAsync(static s => s.LeavingRegistrations, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A registrar that does not answer keeps our contact until it runs out; the stop does not wait for that.
        }
    }

    /// <summary>Takes the trunks of the configuration: registrations and probes begin, change and end accordingly. Calls go by <see cref="EngineServices.Policy"/>.</summary>
    public void UpdateTrunks(ImmutableArray<Trunk> trunks)
    {
        ImmutableInterlocked.InterlockedExchange(ref _trunks, trunks);
        foreach (Shard shard in _shards)
        {
            var item = new ShardItem { Kind = ShardItemKind.Run, Action = () => shard.Core.ApplyTrunks(trunks) };
            SpinWait.SpinUntil(() => shard.TryPost(item) || shard.Completion.IsCompleted);
        }
    }

    /// <summary>Other messages wait for an account than before: its phones are told (RFC 3842), by <see cref="EngineOptions.MessageNotifications"/>. Costs nothing where only subscribers are and there are none.</summary>
    public void NoteMessages(string account)
    {
        foreach ((int shard, SubscriptionItem change) in _services.Subscriptions.OfMessages(account, _options.MessageNotifications, _shards.Length))
        {
            var item = new ShardItem { Kind = ShardItemKind.Subscription, Subscription = change };
            Shard watcher = _shards[shard];
            SpinWait.SpinUntil(() => watcher.TryPost(item) || watcher.Completion.IsCompleted);
        }
    }

    /// <summary>The configured trunks with what is known of them now.</summary>
    public IReadOnlyList<TrunkStatus> GetTrunks() => [.. _trunks.Select(_services.Trunks.Get)];

    /// <summary>What the node does now and has done since its start.</summary>
    public EngineFigures GetFigures() => EngineFigures.Of(_shards, _locations.All.Sum(static a => (long)a.Stored.Length));

    /// <summary>How many of the last calls have their SIP messages kept; 0 for none.</summary>
    public int TracedCalls { get; private set; }

    /// <summary>Keeps the SIP messages of the last calls from now on, at most <see cref="TraceLimits.MaxBytes"/> of them; 0 keeps none and forgets what was kept. A change of the number forgets it, too.</summary>
    public void TraceCalls(int calls)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(calls);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, TraceLimits.MaxCalls);
        TracedCalls = calls;
        foreach (Shard shard in _shards)
        {
            // Calls may all be on one shard, so each has room for all of them; bytes are what is shared out.
            int shards = _shards.Length;
            var item = new ShardItem { Kind = ShardItemKind.Run, Action = () => shard.Context.Trace = calls == 0 ? null : new SignallingTrace(calls * TraceLimits.DialogsPerCall, TraceLimits.MaxBytes / shards) };
            SpinWait.SpinUntil(() => shard.TryPost(item) || shard.Completion.IsCompleted);
        }
    }

    /// <summary>The SIP messages of a call, in progress or over; null when none were kept.</summary>
    public async Task<CallTrace?> GetTraceAsync(string callId, CancellationToken cancellationToken)
    {
        var found = new List<CallTrace>();
        foreach (Shard shard in _shards)
        {
            var done = new TaskCompletionSource<CallTrace?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (shard.TryPost(new ShardItem { Kind = ShardItemKind.Run, Action = () => done.SetResult(shard.Context.Trace?.Find(callId)) })
                && await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false) is { } trace)
            {
                found.Add(trace);
            }
        }

        return found.Count == 0 ? null : new CallTrace(callId, [.. found.SelectMany(static trace => trace.Messages).OrderBy(static message => message.At).ThenBy(static message => message.Order)], found.Sum(static trace => trace.LeftOut))
        {
            Notes = [.. found.SelectMany(static trace => trace.Notes).OrderBy(static note => note.At)],
        };
    }

    private async Task WhenZeroAsync(Func<ShardStatistics, long> count, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), _services.Time);
        while (_shards.Any(s => count(s.Context.Statistics) > 0))
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends every call that is left, with BYE, CANCEL or 503; completes when their records are written and their BYEs answered, after 5 s at the latest.</summary>
    public async Task EndCallsAsync()
    {
        Broadcast(ShardItemKind.EndCalls);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _services.Time);
        try
        {
            await CheckLoopsAsync(s_loopLimit, limit.Token).ConfigureAwait(false);
            await WhenZeroAsync(static s => s.HeldCalls, limit.Token).ConfigureAwait(false);
            await WhenUnregisteredAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            ILogger log = _services.Loggers.CreateLogger("MediaCore.Engine");
            EngineLog.CallsLeft(log, _shards.Sum(static s => s.Context.Statistics.HeldCalls));
        }
    }

    /// <summary>The contacts registered now, at most <paramref name="max"/>.</summary>
    public IReadOnlyList<RegistrationView> GetRegistrations(int max = int.MaxValue)
    {
        Timestamp now = MonotonicClock.Now;
        var views = new List<RegistrationView>();
        foreach (AccountBindings entry in _locations.All)
        {
            foreach (Binding binding in AccountBindings.WithoutDead(entry.Stored, now))
            {
                if (views.Count < max)
                {
                    views.Add(new RegistrationView(entry.Account, System.Text.Encoding.UTF8.GetString(binding.Uri), binding.Flow.Remote, binding.ExpiresAt - now));
                }
            }
        }

        return views;
    }

    /// <inheritdoc/>
    public int CountContacts(string account) => _locations.Get(account, MonotonicClock.Now).Length;

    /// <inheritdoc/>
    public IEnumerable<RegistrationChanged> DescribeRegistrations()
    {
        Timestamp now = MonotonicClock.Now;
        foreach (AccountBindings entry in _locations.Walk())
        {
            Binding[] stored = entry.Stored;
            if (!entry.IsRetired && AccountBindings.WithoutDead(stored, now) is { Length: > 0 } living)
            {
                yield return new RegistrationChanged { Account = entry.Account, Contacts = living.Length, Reason = RegistrationReason.Snapshot, Source = living[0].Flow.DescribeRemote() };
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<TrunkChanged> DescribeTrunks() =>
        _trunks.OrderBy(static trunk => trunk.Name, StringComparer.Ordinal).Select(trunk => TrunkNews.Describe(trunk, _services.Trunks.Get(trunk), MonotonicClock.Now, _services.Time.GetUtcNow()));

    /// <summary>How long each shard takes to come round to a piece of work; throws when one does not within <paramref name="limit"/>. For health checks.</summary>
    public async Task CheckLoopsAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (Shard shard in _shards)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!shard.TryPost(new ShardItem { Kind = ShardItemKind.Run, Action = done.SetResult }))
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The mailbox of shard {shard.Index} is full."));
            }

            await done.Task.WaitAsync(limit, _services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Broadcast(ShardItemKind kind)
    {
        foreach (Shard shard in _shards)
        {
            // A full mailbox empties within milliseconds; a command of ours may wait for that, unlike a peer's message.
            SpinWait.SpinUntil(() => shard.TryPost(new ShardItem { Kind = kind }) || shard.Completion.IsCompleted);
        }
    }

    /// <summary>Stops the shards and closes all sockets; calls that are left are not told (see <see cref="EndCallsAsync"/>).</summary>
    public async ValueTask DisposeAsync()
    {
        if (_state == EngineState.Stopped)
        {
            return;
        }

        _state = EngineState.Stopped;
        _mail?.Stop();
        _metrics.Dispose();
        if (_services.Recordings is { } recordings)
        {
            recordings.Told = null;
        }

        _ng?.Dispose();
        if (_streams is not null)
        {
            await _streams.DisposeAsync().ConfigureAwait(false);
        }

        Broadcast(ShardItemKind.Stop);
        foreach (Shard shard in _shards)
        {
            await shard.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            shard.Dispose();
        }

        await _stopJournal.CancelAsync().ConfigureAwait(false);
        await _journalLoop.ConfigureAwait(false);
        _journal?.Dispose();
        _stopJournal.Dispose();
    }
}
