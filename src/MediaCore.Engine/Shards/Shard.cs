using System.Buffers;
using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Control;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Transport.Dns;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Shards;

/// <summary>
/// One thread with one loop: an epoll set of SIP and media sockets, a timing wheel, a mailbox. It owns its calls whole; nothing it owns is
/// locked. The loop is the thin shell around <see cref="ShardCore"/>.
/// </summary>
internal sealed class Shard : ISignallingOutput, IDisposable
{
    private const byte UdpKind = 1;
    private const byte RtpKind = 2;
    private const byte RtcpKind = 3;

    /// <summary>Datagram batches read from one SIP socket in one turn, so that media is not kept waiting by a flood.</summary>
    private const int MaxBatchesPerTurn = 2;

    /// <summary>Mailbox items handled in one turn, for the same reason.</summary>
    private const int MaxItemsPerTurn = 256;

    /// <summary>How soon datagrams that the system had no room for are offered again.</summary>
    private static readonly TimeSpan s_backlogRetry = TimeSpan.FromMilliseconds(1);

    /// <summary>A wait for events that takes no longer was none: the system call itself.</summary>
    private static readonly TimeSpan s_noWait = TimeSpan.FromMicroseconds(50);

    /// <summary>How often contacts that have expired are dropped; until then they are only not used.</summary>
    private static readonly TimeSpan s_sweepInterval = TimeSpan.FromSeconds(10);

    private RegistrationNews? _news;
    private readonly EventPoller _poller = new();
    private readonly Mailbox<ShardItem> _mailbox;
    private readonly List<UdpSocket> _sockets = [];
    private readonly List<ListenerIdentity> _udpIdentities = [];
    private readonly UdpReceiveBatch _batch = new();
    private readonly ReadyEvent[] _events = new ReadyEvent[EventPoller.MaxEventsPerWait];
    private readonly ShardMediaPorts _ports;
    private readonly EngineServices _services;
    private readonly LocationService _locations;
    private readonly BindingKeepAlive _keepAlive;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Shard[] _all = [];
    private StreamFlows? _streams;
    private bool _stopping;
    private int _lookups;
    private long _wallOffsetTicks;
    private Timestamp _nextHousekeeping;
    private Timestamp _nothingWaitedAt = MonotonicClock.Now;
    private Timestamp _waitsFrom = MonotonicClock.Now;
    private bool _hasUnread;
    private readonly ProcessLoad _load = new();
    private readonly BusyShare _busy = new(MonotonicClock.Now);

    public Shard(int index, int count, EngineOptions options, EngineServices services, SessionTable sessions, SipHashKey hashKey, LocationService locations, DigestGate? gate, CountryClips tones, ConferenceRooms rooms)
    {
        Index = index;
        _services = services;
        _locations = locations;
        _log = services.Loggers.CreateLogger("MediaCore.Shards");
        _mailbox = new Mailbox<ShardItem>(EngineLimits.MaxMailboxItems, _poller);
        Context = new ShardContext(index, options, services, sessions, hashKey, this, MonotonicClock.Now) { Tones = tones, Rooms = rooms };
        _ports = new ShardMediaPorts(Context.Networks, index, count, new MediaPortOptions { RestPeriod = options.MediaPortRest, Dscp = options.MediaDscp }, _poller, RtpKind, RtcpKind, Context.Statistics);
        int maxCalls = (options.MaxCalls + count - 1) / count;
        _keepAlive = new BindingKeepAlive(locations, this, Context.Statistics, options.ContactKeepAlive);
        Core = new ShardCore(Context, _ports, locations, gate, maxCalls);
        _thread = new Thread(Run) { IsBackground = true, Name = $"shard-{index}" };
    }

    public int Index { get; }

    public ShardContext Context { get; }

    public ShardCore Core { get; }

    /// <summary>Completes when the loop has ended; faults when it died, which is a defect and ends the process.</summary>
    public Task Completion => _stopped.Task;

    /// <summary>The pools of media ports.</summary>
    public IReadOnlyList<MediaPortPool> Pools => _ports.Pools;

    /// <summary>Items waiting.</summary>
    public int MailboxCount => _mailbox.Count;

    public void Add(UdpSocket socket, ListenerIdentity identity)
    {
        _poller.Add(socket.Descriptor, ReadyEvent.MakeToken(UdpKind, (uint)_sockets.Count));
        _sockets.Add(socket);
        _udpIdentities.Add(identity);
    }

    public void Start(Shard[] all, StreamFlows streams)
    {
        _all = all;
        _streams = streams;
        _thread.Start();
    }

    /// <summary>Puts work into the mailbox; any thread. False when it is full.</summary>
    public bool TryPost(in ShardItem item) => _mailbox.TryPost(item);

    private void Run()
    {
        try
        {
            SetTime();
            while (!_stopping)
            {
                Turn();
            }

            _stopped.SetResult();
        }
        catch (Exception exception)
        {
            // A fault here is a defect of ours; calls of this shard cannot go on in an unknown state. The host ends the process.
            ShardLog.Died(_log, Index, exception);
            _stopped.SetException(exception);
        }

        // From here on nothing is posted (ShardMail); whoever has posted before is told that nobody will do it.
        while (_mailbox.TryTake(out ShardItem item))
        {
            if (_stopped.Task.IsCompletedSuccessfully)
            {
                item.Control?.Stop();
            }
            else
            {
                item.Control?.Fail();
            }
        }
    }

    private void Turn()
    {
        // Step 1: what others posted, then wait for sockets, the mailbox or the next deadline.
        bool mayHaveMail = TakeMail();
        bool isBacklogged = Flush();
        Timestamp beforeWait = MonotonicClock.Now;
        int ready = _poller.Wait(_events, mayHaveMail ? TimeSpan.Zero : GetTimeout(isBacklogged));
        SetTime();
        Context.Statistics.Turns++;
        _busy.NoteWait(Context.Now - beforeWait);
        NoteDelay(beforeWait, mayHaveMail);
        for (int i = 0; i < ready; i++)
        {
            if (i + 1 < ready && _events[i + 1] is { Kind: RtpKind } next)
            {
                _ports.Expect(next.Index);
            }

            ref readonly ReadyEvent @event = ref _events[i];
            switch (@event.Kind)
            {
                case RtpKind:
                    Core.HandleMedia(_ports[@event.Index], isRtcp: false);
                    break;
                case RtcpKind:
                    Core.HandleMedia(_ports[@event.Index], isRtcp: true);
                    break;
                case UdpKind:
                    ReceiveSip((int)@event.Index);
                    break;
                default:
                    break;
            }
        }

        Core.HandleTimers();
        Flush();
        if (!_hasUnread)
        {
            _nothingWaitedAt = _waitsFrom;
        }

        if (Context.Now >= _nextHousekeeping)
        {
            KeepHouse();
        }
    }

    /// <summary>
    /// How long what this turn handles has waited, at most: since the last moment at which nothing waited. A turn that had to wait for work finds work that
    /// has not waited.
    /// </summary>
    private void NoteDelay(Timestamp beforeWait, bool mayHaveMail)
    {
        if (!mayHaveMail && !_hasUnread && Context.Now - beforeWait > s_noWait)
        {
            _nothingWaitedAt = Context.Now;
        }

        Context.Admission.NoteTurn(Context.Now - _nothingWaitedAt);
        if (!mayHaveMail)
        {
            // Everything that is there now is read in this turn, unless a socket turns out to hold more.
            _waitsFrom = Context.Now;
        }

        _hasUnread = mayHaveMail;
    }

    private TimeSpan GetTimeout(bool isBacklogged)
    {
        Timestamp deadline = Timestamp.Min(Core.NextDeadline, _nextHousekeeping);
        TimeSpan timeout = deadline <= Context.Now ? TimeSpan.Zero : deadline - Context.Now;
        return isBacklogged && timeout > s_backlogRetry ? s_backlogRetry : timeout;
    }

    /// <summary>Returns whether there may be more.</summary>
    private bool TakeMail()
    {
        for (int i = 0; i < MaxItemsPerTurn; i++)
        {
            if (!_mailbox.TryTake(out ShardItem item))
            {
                return false;
            }

            if (i == 0)
            {
                SetTime();
            }

            Handle(item);
        }

        return true;
    }

    private void Handle(in ShardItem item)
    {
        switch (item.Kind)
        {
            case ShardItemKind.Message:
                Core.HandleMessage(item.Buffer!, 0, item.Length, item.Flow, item.HandedOver);
                ArrayPool<byte>.Shared.Return(item.Buffer!);
                if (!item.HandedOver && item.Flow.Stream is StreamFlow stream)
                {
                    stream.Leave();
                }

                break;
            case ShardItemKind.StreamLost:
                Core.HandleStreamLost(item.Flow.Stream!);
                break;
            case ShardItemKind.PromptReady:
                Core.HandlePrompt(item.Call, item.Clip, item.Problem ?? "");
                break;
            case ShardItemKind.Located:
                _lookups--;
                Core.HandleLocated(item.Lookup!);
                break;
            case ShardItemKind.Subscription:
                Core.HandleSubscription(item.Subscription!);
                break;
            case ShardItemKind.Ng:
                item.Ng!.Complete(Core.HandleNg(item.Ng.Request));
                break;
            case ShardItemKind.Control:
                Core.HandleControl(item.Control!);
                break;
            case ShardItemKind.Drain:
                Core.BeginDrain();
                break;
            case ShardItemKind.EndDrain:
                Core.EndDrain();
                break;
            case ShardItemKind.EndCalls:
                Core.EndCalls();
                break;
            case ShardItemKind.Run:
                item.Action!();
                break;
            case ShardItemKind.Stop:
                _stopping = true;
                break;
            default:
                break;
        }
    }

    private void ReceiveSip(int index)
    {
        UdpSocket socket = _sockets[index];
        for (int round = 0; round < MaxBatchesPerTurn; round++)
        {
            // Step 2: one system call for up to a batch of datagrams.
            int count = socket.ReceiveBatch(_batch);
            for (int i = 0; i < count; i++)
            {
                if (_batch.IsTruncated(i))
                {
                    Context.Statistics.MalformedMessages++;
                    continue;
                }

                var flow = new Flow(_udpIdentities[index], _batch.Source(i));
                Core.HandleMessage(_batch.Buffer, _batch.Offset(i), _batch.Length(i), flow, handedOver: false);
            }

            if (count < _batch.Capacity)
            {
                return;
            }
        }

        _hasUnread = true;
    }

    /// <summary>Step 9: what this turn made goes out, many datagrams with one system call.</summary>
    /// <returns>Whether the system had no room for some of it.</returns>
    private bool Flush()
    {
        bool isBacklogged = false;
        foreach (UdpSocket socket in _sockets)
        {
            if (socket.QueuedDatagrams > 0)
            {
                socket.Flush();
                isBacklogged |= socket.QueuedDatagrams > 0;
            }
        }

        return isBacklogged;
    }

    private void SetTime()
    {
        Timestamp now = MonotonicClock.Now;
        Context.Now = now;
        Context.WallClock = new DateTimeOffset(_wallOffsetTicks + (now.Nanoseconds / 100), TimeSpan.Zero);
    }

    /// <summary>Every quarter second: follow the system's time of day, bind ports ahead, say how busy it is, and on the first shard drop some expired contacts and keep some alive.</summary>
    private void KeepHouse()
    {
        _wallOffsetTicks = _services.Time.GetUtcNow().UtcTicks - (Context.Now.Nanoseconds / 100);
        SetTime();
        _ports.Replenish(Context.Now);
        Report();
        if (Index == 0)
        {
            _locations.Sweep(Context.Now, s_sweepInterval, _news ??= new RegistrationNews(Context));
            Context.Guard.Cpu = _load.Sample(Context.Now);
            _keepAlive.Step(Context.Now);
        }

        _nextHousekeeping = Context.Now + TimeSpan.FromMilliseconds(250);
    }

    /// <summary>For the placement of new calls: how busy the shard is, and how much of what a call needs is taken.</summary>
    private void Report()
    {
        _busy.Sample(Context.Now);
        Context.Statistics.BusyPerMille = (long)(_busy.Value * 1000);
        double places = Core.Calls.MaxCalls;
        double taken = Math.Max(Core.Calls.ActiveCalls, 2 * Core.Calls.UnprovenCalls) / places;
        double takenPerCall = 1 / places;
        foreach (MediaPortPool pool in _ports.Pools)
        {
            // Each of a call's two legs takes a pair.
            taken = Math.Max(taken, (double)(pool.InUse + pool.Resting + pool.AwaitingRetry) / pool.Capacity);
            takenPerCall = Math.Max(takenPerCall, 2.0 / pool.Capacity);
        }

        Context.Placement.Report(Index, new ShardReport(_busy.Value, taken, takenPerCall));
    }

    bool ISignallingOutput.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (flow.Stream is { } stream)
        {
            return stream.TrySend(message);
        }

        for (int i = 0; i < _udpIdentities.Count; i++)
        {
            if (ReferenceEquals(_udpIdentities[i], flow.Local))
            {
                return _sockets[i].TryQueue(message, flow.Remote) == SendResult.Queued;
            }
        }

        return false;
    }

    bool ISignallingOutput.TryOpenFlow(in SipDestination destination, int network, out Flow flow)
    {
        NetworkEndpoint remote = destination.Endpoint;
        if (destination.Transport != SipTransportKind.Udp)
        {
            return _streams!.TryOpen(Index, destination, network, out flow);
        }

        ListenerIdentity? chosen = ListenerIdentity.Choose(_udpIdentities, SipTransportKind.Udp, remote.IsIPv6, network);
        flow = chosen is null ? default : new Flow(chosen, remote);
        return chosen is not null;
    }

    bool ISignallingOutput.Post(int shard, SubscriptionItem item) =>
        (uint)shard < (uint)_all.Length && _all[shard].TryPost(new ShardItem { Kind = ShardItemKind.Subscription, Subscription = item });

    bool ISignallingOutput.Post(int shard, ControlExchange exchange) =>
        (uint)shard < (uint)_all.Length && _all[shard].TryPost(new ShardItem { Kind = ShardItemKind.Control, Control = exchange });

    bool ISignallingOutput.HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message)
    {
        if ((uint)shard >= (uint)_all.Length)
        {
            return false;
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        Flow owned = flow;
        if (_all[shard].TryPost(new ShardItem { Kind = ShardItemKind.Message, Flow = owned, Buffer = copy, Length = message.Length, HandedOver = true }))
        {
            return true;
        }

        ArrayPool<byte>.Shared.Return(copy);
        return false;
    }

    bool ISignallingOutput.TryLocate(PeerLookup lookup)
    {
        if (_services.Names is not { } names)
        {
            return false;
        }

        if (_lookups >= EngineLimits.MaxLookupsPerShard)
        {
            Context.Statistics.LookupsRefused++;
            return false;
        }

        _lookups++;
        _ = LocateAsync(names, lookup);
        return true;
    }

    private async Task LocateAsync(SipNameResolver names, PeerLookup lookup)
    {
        try
        {
            SipLocation location = await Task.Run(() => names.ResolveAsync(lookup.Target)).ConfigureAwait(false);
            lookup.Found = SipPeerResolver.ToDestinations(location, lookup.Target.Host);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nothing found; what went wrong is a defect, since the resolver answers failures.
            ShardLog.LookupFaulted(_log, Index, exception);
        }

        var located = new ShardItem { Kind = ShardItemKind.Located, Lookup = lookup };
        while (!TryPost(located) && !Completion.IsCompleted)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    void ISignallingOutput.FetchPrompt(PromptSource prompt, SessionHandle call) => _ = FetchPromptAsync(prompt, call);

    void ISignallingOutput.FetchPrompt(PromptFetch fetch) => _ = FetchPromptAsync(fetch);

    private async Task FetchPromptAsync(PromptSource prompt, SessionHandle call)
    {
        (AudioClip? clip, string problem) = await GetPromptAsync(prompt).ConfigureAwait(false);
        await DeliverAsync(new ShardItem { Kind = ShardItemKind.PromptReady, Call = call, Clip = clip, Problem = problem }).ConfigureAwait(false);
    }

    private async Task FetchPromptAsync(PromptFetch fetch)
    {
        (fetch.Clip, fetch.Problem) = await GetPromptAsync(fetch.Prompt).ConfigureAwait(false);
        await DeliverAsync(new ShardItem { Kind = ShardItemKind.Control, Control = fetch }).ConfigureAwait(false);
    }

    private async Task<(AudioClip? Clip, string Problem)> GetPromptAsync(PromptSource prompt)
    {
        try
        {
            PromptResult result = await Task.Run(() => _services.Prompts!.GetAsync(prompt, CancellationToken.None)).ConfigureAwait(false);
            return (result.IsReady ? result.Clip : null, result.Detail);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>A call waits for this; a mailbox that is full now has room within milliseconds.</summary>
    private async Task DeliverAsync(ShardItem ready)
    {
        while (!TryPost(ready) && !Completion.IsCompleted)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (UdpSocket socket in _sockets)
        {
            socket.Dispose();
        }

        _ports.Dispose();
        _poller.Dispose();
    }
}
