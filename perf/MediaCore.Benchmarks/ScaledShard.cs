using MediaCore.Engine.Control;
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using MediaCore.Engine;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;
using MediaCore.Engine.Tests.Signalling.Steering;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Benchmarks;

/// <summary>
/// A shard on a thread bound to one processor, with the engine's mailbox and hand-over and without sockets. What it sends is answered at once by the
/// <see cref="ScriptedCall"/> that it is for, and the answer arrives where the kernel would put it: at the shard that the program of the sockets says
/// (<see cref="ShardSteering"/>, run by a machine for its instructions), else at the one that its sender's socket hashes to.
/// </summary>
internal sealed partial class ScaledShard : ISignallingOutput, IMediaPorts, IDisposable
{
    /// <summary>Calls that are always going on.</summary>
    public const int CallsPerShard = 32;

    private const int MaxItemsPerTurn = 256;
    private const int ThreadCpuClock = 3;

    // Virtual time goes on with the calls, so that on any machine 16,000 calls' transactions linger their 32 s, and no retransmission timer sees the machine.
    private static readonly TimeSpan s_perCall = TimeSpan.FromMilliseconds(2);

    private readonly int _processor;
    private readonly ScaledShard[] _all;
    private readonly ScriptedCall[] _calls;
    private readonly SocketFilterInstruction[]? _program;
    private readonly EventPoller _poller = new();
    private readonly Mailbox<ShardItem> _mailbox;
    private readonly Queue<ShardItem> _arrived = new();
    private readonly ReadyEvent[] _events = new ReadyEvent[16];
    private readonly ShardCore _core;
    private readonly SipMessage _message = new();
    private readonly byte[] _received = new byte[4096];
    private readonly byte[] _answer = new byte[4096];
    private readonly ManualResetEventSlim _mayRun = new();
    private readonly Thread _thread;
    private readonly ListenerIdentity _identity = new(0, SipTransportKind.Udp, CallScenario.Loopback(5060), "127.0.0.1", 5060);
    private long _completed;
    private long _cpuNanoseconds;
    private volatile bool _stopping;
    private volatile string _problem = "";

    public ScaledShard(int index, int processor, ScaledShard[] all, ScriptedCall[] calls, SessionTable sessions, ICallRecordSink records)
    {
        Index = index;
        _processor = processor;
        _all = all;
        _calls = calls;
        _mailbox = new Mailbox<ShardItem>(EngineLimits.MaxMailboxItems, _poller);
        _program = all.Length > 1 ? ShardSteering.Build(_identity) : null;
        var trunk = new Trunk
        {
            Name = "carrier-a",
            Targets = [.. Enumerable.Range(0, 4).Select(static i => new SipPeer("127.0.0.1", (ushort)(5090 + i), SipTransportKind.Udp) { Endpoint = CallScenario.Loopback((ushort)(5090 + i)) })],
            From = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
            Media = TrunkMedia.Pass,
            Selection = new TrunkSelection { Policy = SelectionPolicy.RoundRobin, Ranks = [.. Enumerable.Repeat(new TargetRank(0, 1), 4)] },
        };
        var routes = new RouteTable([trunk], [new RouteRule { Name = "all", To = NumberPattern.Parse("+1*"), Trunks = [trunk] }]);
        Context = new ShardContext(
            index,
            new EngineOptions { MediaAddress = CallScenario.Loopback(0) },
            new EngineServices { Policy = routes, CallRecords = records, Loggers = NullLoggerFactory.Instance },
            sessions,
            new SipHashKey(1, 2),
            this,
            Timestamp.Zero + TimeSpan.FromDays(1)) { WallClock = DateTimeOffset.UnixEpoch };
        _core = new ShardCore(Context, this, new LocationService(), gate: null, maxCalls: 4096);
        _thread = new Thread(Run) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"scaled-{all.Length}-{index}") };
    }

    public int Index { get; }

    public ShardContext Context { get; }

    /// <summary>Calls that have ended here.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Processor time of the thread, to the last few calls.</summary>
    public double CpuSeconds => Volatile.Read(ref _cpuNanoseconds) / 1e9;

    /// <summary>The last message that fitted no call; for when nothing goes on.</summary>
    public string Problem => string.Create(CultureInfo.InvariantCulture, $"shard {Index}: {Context.Statistics.Faults} faults, {Context.Statistics.MalformedMessages} malformed; {_problem}");

    public void Start()
    {
        _thread.Start();
        for (int i = Index; i < _calls.Length; i += _all.Length)
        {
            ScriptedCall call = _calls[i];
            Post(new ShardItem { Kind = ShardItemKind.Run, Action = () => Begin(call) });
        }
    }

    public void Resume() => _mayRun.Set();

    public void Pause() => _mayRun.Reset();

    private void Run()
    {
        ulong processor = 1UL << (_processor % Environment.ProcessorCount);
        _ = SetAffinity(0, sizeof(ulong), processor);
        for (int turn = 0; !_stopping; turn++)
        {
            _mayRun.Wait();
            if (!Turn())
            {
                _poller.Wait(_events, TimeSpan.FromMilliseconds(1));
            }

            if (turn % 16 == 0)
            {
                _core.HandleTimers();
                _ = GetClock(ThreadCpuClock, out TimeSpec cpu);
                Volatile.Write(ref _cpuNanoseconds, (cpu.Seconds * 1_000_000_000) + cpu.Nanoseconds);
            }
        }
    }

    /// <summary>Handles what has arrived; false when that is nothing.</summary>
    private bool Turn()
    {
        bool any = false;
        for (int i = 0; i < MaxItemsPerTurn && (_arrived.TryDequeue(out ShardItem item) || _mailbox.TryTake(out item)); i++)
        {
            any = true;
            if (item.Kind == ShardItemKind.Run)
            {
                item.Action!();
                continue;
            }

            _core.HandleMessage(item.Buffer!, 0, item.Length, item.Flow, item.HandedOver);
            ArrayPool<byte>.Shared.Return(item.Buffer!);
        }

        return any;
    }

    private void Begin(ScriptedCall call) => Arrive(call.WriteInvite(_answer), call.CallerPort);

    /// <summary>A datagram of a user agent reaches the shard that its socket belongs to.</summary>
    private void Arrive(ReadOnlySpan<byte> message, ushort fromPort)
    {
        var flow = new Flow(_identity, CallScenario.Loopback(fromPort));
        uint steered = _program is null ? uint.MaxValue : SocketFilterMachine.Run(_program, message);
        ScaledShard entry = _all[steered < _all.Length ? steered : fromPort % _all.Length];
        byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        var item = new ShardItem { Kind = ShardItemKind.Message, Flow = flow, Buffer = copy, Length = message.Length };
        if (ReferenceEquals(entry, this))
        {
            _arrived.Enqueue(item);
        }
        else
        {
            entry.Post(item);
        }
    }

    private void Post(in ShardItem item)
    {
        if (!_mailbox.TryPost(item))
        {
            throw new InvalidOperationException("The mailbox is full, which so few calls cannot do.");
        }
    }

    bool ISignallingOutput.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        message.CopyTo(_received);
        if (_message.Parse(_received, 0, message.Length) != ParseStatus.Complete || !ScriptedCall.TryFind(_message, _calls, out ScriptedCall? call))
        {
            _problem = System.Text.Encoding.ASCII.GetString(message);
            return true;
        }

        ushort port = flow.Remote.Port;
        ScriptedStep step = call.Take(_message, port, _answer, out int length, out ushort fromPort);
        switch (step)
        {
            case ScriptedStep.Answer:
                Arrive(_answer.AsSpan(0, length), fromPort);
                break;
            case ScriptedStep.AnswerAndHangUp:
                Arrive(_answer.AsSpan(0, length), fromPort);
                Arrive(call.WriteBye(_answer), fromPort);
                break;
            case ScriptedStep.Ended:
                Volatile.Write(ref _completed, _completed + 1);
                Context.Now += s_perCall;
                Context.WallClock += s_perCall;
                Begin(call);
                break;
            case ScriptedStep.Failed:
                _problem = System.Text.Encoding.ASCII.GetString(message);
                break;
            default:
                break;
        }

        return true;
    }

    bool ISignallingOutput.TryOpenFlow(in SipDestination destination, int network, out Flow flow)
    {
        flow = new Flow(_identity, destination.Endpoint);
        return true;
    }

    bool ISignallingOutput.HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        _all[shard].Post(new ShardItem { Kind = ShardItemKind.Message, Flow = flow, Buffer = copy, Length = message.Length, HandedOver = true });
        return true;
    }

    bool ISignallingOutput.TryLocate(PeerLookup lookup) => false;

    bool ISignallingOutput.Post(int shard, MediaCore.Engine.Subscriptions.SubscriptionItem item) => false;

    void ISignallingOutput.FetchPrompt(PromptSource prompt, SessionHandle call) => throw new NotSupportedException();

    bool ISignallingOutput.Post(int shard, ControlExchange exchange) => throw new NotSupportedException();

    void ISignallingOutput.FetchPrompt(PromptFetch fetch) => throw new NotSupportedException();

    bool IMediaPorts.TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port)
    {
        port = null;
        return false;
    }

    void IMediaPorts.Release(MediaPort port, Timestamp now) => throw new NotSupportedException();

    public void Dispose()
    {
        _stopping = true;
        _mayRun.Set();
        _thread.Join();
        _poller.Dispose();
        _mayRun.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint maskBytes, in ulong mask);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetClock(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
