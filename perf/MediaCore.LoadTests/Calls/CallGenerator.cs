using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Scenarios;
using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;

namespace MediaCore.LoadTests.Calls;

/// <summary>
/// Both ends of many calls: callers on one socket, callees on another, one thread for all of them. When calls begin is said by <see cref="IArrivals"/>, what they do by their scenarios. Requests are sent again until they
/// are answered, and answers to INVITE until their ACK, as RFC 3261 has it for UDP; times count from the moment at which a call was to begin.
/// </summary>
/// <remarks>
/// A turn of the loop: 1. timers (<see cref="TimingWheel"/>), 2. calls that are due, 3. everything queued goes out (<see cref="SegmentedQueue"/>), 4. nothing for a while where turns are many (<see cref="TurnPace"/>), and then
/// epoll until the next moment, 5. everything that came, with the times at which it did. A message says by its <see cref="CallName"/> which call it belongs to. Callers are in <c>CallGenerator.Callers.cs</c>, callees in <c>CallGenerator.Callees.cs</c>, their media in <c>CallGenerator.Media.cs</c>.
/// </remarks>
internal sealed partial class CallGenerator : IDisposable
{
    private const int MaxDatagramBytes = 8192;

    /// <summary>Turns that follow each other at once before they are made to wait for each other: those of some calls.</summary>
    private const int PromptTurns = 16;

    private static readonly TimeSpan s_t1 = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_t2 = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    /// <summary>What a call that was answered talks at least, even when the run ends: one that is hung up before its first packet is no call in which nothing is heard.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly GeneratorOptions _options;
    private readonly SignallingSocket _callers;
    private readonly SignallingSocket _callees;
    private readonly EventPoller _poller = new();
    private readonly EventPoller _clock = new();
    private readonly TimingWheel _wheel = new(MonotonicClock.Now);
    private readonly LoadCall?[] _calls;
    private readonly Stack<int> _free = new();
    private readonly byte[] _out = new byte[MaxDatagramBytes];
    private readonly byte[] _description = new byte[2048];
    private readonly SipMessage _message = new();
    private readonly SdpDescription _sdp = new();
    private readonly Random _random;
    private readonly ScenarioTotals[] _scenarios;
    private readonly List<BegunSecond> _begun = [];
    private readonly Thread _thread;
    private readonly byte[] _run = Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(4)));
    private readonly byte[] _callerAddress;
    private readonly byte[] _callerContact;
    private readonly byte[] _calleeContact;
    private readonly ConcurrentQueue<(Action Look, TaskCompletionSource Done)> _looks = new();
    private byte[] _serverAddress = [];
    private IArrivals? _arrivals;
    private Timestamp _arrivalsStart;
    private Timestamp _wheelNow;
    private Timestamp _arrivedAt;
    private bool _isEnding;
    private volatile bool _isStopped;

    public CallGenerator(GeneratorOptions options)
    {
        _options = options;
        _calls = new LoadCall?[options.Places];
        for (int slot = options.Places - 1; slot >= 0; slot--)
        {
            _free.Push(slot);
        }

        _random = new Random(options.Seed);
        _scenarios = [.. options.Mix.Scenarios.Select(static s => new ScenarioTotals(s.Name))];
        _callers = new SignallingSocket(options.CallerAddress);
        _callees = new SignallingSocket(options.CalleeAddress);
        _poller.Add(_callers.Descriptor, ReadyEvent.MakeToken(1, 0));
        _poller.Add(_callees.Descriptor, ReadyEvent.MakeToken(2, 0));
        _callerAddress = Encoding.ASCII.GetBytes(_callers.LocalEndpoint.ToString());
        _callerContact = Encoding.ASCII.GetBytes($"<sip:load@{_callers.LocalEndpoint}>");
        _calleeContact = Encoding.ASCII.GetBytes($"<sip:callee@{_callees.LocalEndpoint}>");
        _pump = new MediaPump(options.CallerAddress.WithPort(0), options.CalleeAddress.WithPort(0), 2 * options.Places, options.IsDirect);
        _series = new SeriesSet(options.Mix);
        Accounts = [.. Enumerable.Range(1, options.Accounts).Select(n => new LoadAccount(GeneratorOptions.AccountName(n), options.Password))];
        Server = options.IsDirect ? _callees.LocalEndpoint : default;
        _thread = new Thread(Run) { IsBackground = true, Name = "signalling" };
    }

    /// <summary>Where the server finds the callees.</summary>
    public NetworkEndpoint CalleeEndpoint => _callees.LocalEndpoint;

    /// <summary>Where callers get their answers.</summary>
    public NetworkEndpoint CallerEndpoint => _callers.LocalEndpoint;

    /// <summary>Where calls go; set it before <see cref="Start"/>.</summary>
    public NetworkEndpoint Server { get; set; }

    public MediaPump Pump => _pump;

    /// <summary>What ended calls came to; read it only between two turns, in <see cref="LookAsync"/>.</summary>
    public CallTotals Totals { get; private set; } = new();

    /// <summary>The same, per scenario.</summary>
    public IReadOnlyList<ScenarioTotals> Scenarios => _scenarios;

    /// <summary>What came of the calls by the second in which they were to begin; read it between two turns, when the run is over.</summary>
    public IReadOnlyList<BegunCalls> TakeBegun() => [.. _begun.Select(static (second, index) => second.Take(index))];

    /// <summary>From the moment at which a call was to begin to its answer (or that of a REGISTER or MESSAGE), since it was last taken.</summary>
    public LatencyHistogram SetUp { get; } = new();

    /// <summary>To the first 18x.</summary>
    public LatencyHistogram Ringing { get; } = new();

    /// <summary>From BYE to its answer.</summary>
    public LatencyHistogram TearDown { get; } = new();

    /// <summary>Set-up without what the generator itself added: how late it began, how long it left unread what came for it, and how long its callees rang.</summary>
    public LatencyHistogram OthersPart { get; } = new();

    /// <summary>How late calls began: the generator's own doing.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Calls that are up, or on their way.</summary>
    public int Up { get; private set; }

    /// <summary>Those of them that talk.</summary>
    public int Talking { get; private set; }

    /// <summary>Whether all calls have begun that are to.</summary>
    public bool HasBegunAll => _arrivals?.Due(Up) is null;

    /// <summary>What went wrong on its thread.</summary>
    public Exception? Fault { get; private set; }

    private LoadAccount[] Accounts { get; }

    /// <summary>Begins with the calls.</summary>
    public void Start(IArrivals arrivals)
    {
        _serverAddress = Encoding.ASCII.GetBytes(Server.ToString());
        _arrivals = arrivals;
        _arrivalsStart = MonotonicClock.Now;
        _thread.Start();
    }

    /// <summary>Begins with other calls, when those before have begun and ended; what was counted until then is forgotten, the thread runs on.</summary>
    public Task BeginAnewAsync(IArrivals arrivals) => LookAsync(() =>
    {
        Totals = new CallTotals();
        _begun.Clear();
        for (int i = 0; i < _scenarios.Length; i++)
        {
            _scenarios[i] = new ScenarioTotals(_scenarios[i].Name);
        }

        foreach (LatencyHistogram times in (LatencyHistogram[])[SetUp, OthersPart, Ringing, TearDown, Lateness, _pump.Latency])
        {
            times.TakeAndClear();
        }

        (_arrivals, _arrivalsStart) = (arrivals, MonotonicClock.Now);
    });

    /// <summary>Starts no more calls and ends those that are up; completes with the last.</summary>
    public async Task EndAsync()
    {
        await LookAsync(EndNow);
        await UntilAsync(() => Up == 0, Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    /// <summary>Waits until something holds between two turns, or the time is over.</summary>
    public async Task UntilAsync(Func<bool> condition, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource over = new(patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (bool holds = false; !holds && Fault is null && !over.IsCancellationRequested; await timer.WaitForNextTickAsync(cancellation))
        {
            await LookAsync(() => holds = condition());
        }
    }

    /// <summary>Runs something on the signalling thread, between two turns.</summary>
    public Task LookAsync(Action look)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _looks.Enqueue((look, done));
        _poller.Wake();
        if (Fault is not null)
        {
            Look();
        }

        return done.Task;
    }

    public void Dispose()
    {
        _isStopped = true;
        _poller.Wake();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _thread.Join();
        }

        _pump.Dispose();
        while (_gone.TryDequeue(out (Timestamp At, RtpStream Stream) gone))
        {
            gone.Stream.Dispose();
        }

        foreach (LoadCall? call in _calls)
        {
            call?.CallerStream?.Dispose();
            call?.CalleeStream?.Dispose();
        }

        _callers.Dispose();
        _callees.Dispose();
        _poller.Dispose();
        _clock.Dispose();
    }

    private void Run()
    {
#pragma warning disable CA1031 // Reported by the run.
        try
        {
            ReadyEvent[] events = new ReadyEvent[8];
            TurnPace pace = new(_options.Gather, PromptTurns);
            while (!_isStopped)
            {
                Timestamp now = MonotonicClock.Now;
                TimerSink sink = new(this, now);
                _wheel.Advance(now, ref sink);
                BeginDue(now);
                _callers.Flush();
                _callees.Flush();
                DisposeGone(now);
                if (pace.Take(now) is var pause && pause > TimeSpan.Zero)
                {
                    _clock.Wait(events, pause);
                }

                _poller.Wait(events, UntilNext());
                Receive(_callers, isCaller: true);
                Receive(_callees, isCaller: false);
                Look();
            }
        }
        catch (Exception exception)
        {
            Fault = exception;
        }
#pragma warning restore CA1031
        Look();
    }

    private void Look()
    {
        while (_looks.TryDequeue(out (Action Look, TaskCompletionSource Done) look))
        {
            look.Look();
            look.Done.SetResult();
        }
    }

    private TimeSpan UntilNext()
    {
        Timestamp next = _wheel.NextDeadline();
        if (_arrivals is { } arrivals && !_isEnding && arrivals.Due(Up) is { } due && due != TimeSpan.MaxValue)
        {
            next = Timestamp.Min(next, _arrivalsStart + due);
        }

        // What the kernel did not take waits for its buffers, not for a deadline.
        TimeSpan longest = _callers.QueuedDatagrams + _callees.QueuedDatagrams > 0 ? TimeSpan.FromMilliseconds(1) : s_longestWait;
        TimeSpan wait = next.IsNever ? longest : next - MonotonicClock.Now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < longest ? wait : longest;
    }

    private void Receive(SignallingSocket socket, bool isCaller)
    {
        StampedBatch batch;
        do
        {
            batch = socket.Fetch();
            Timestamp now = MonotonicClock.Now;
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.IsTruncated(i) || _message.Parse(batch.Buffer, i * batch.SlotBytes, batch.Length(i)) != ParseStatus.Complete)
                {
                    Totals.Unreadable++;
                    continue;
                }

                _arrivedAt = socket.ArrivedAt(i, now);
                if (isCaller)
                {
                    HandleAtCaller(batch.Source(i), now);
                }
                else
                {
                    HandleAtCallee(batch.Source(i), now);
                }
            }
        }
        while (batch.IsFull);
    }

    private void BeginDue(Timestamp now)
    {
        while (_arrivals is { } arrivals && !_isEnding && arrivals.Due(Up) is { } due && due != TimeSpan.MaxValue && _arrivalsStart + due <= now)
        {
            arrivals.Take(now - _arrivalsStart);
            Begin(_arrivalsStart + due, now);
        }
    }

    private void Begin(Timestamp intendedAt, Timestamp now)
    {
        Scenario scenario = _options.Mix.Pick(_options.Mix.Scenarios.Count > 1 ? _random.NextDouble() : 0);
        ScenarioTotals totals = _scenarios[_options.Mix.IndexOf(scenario)];
        Totals.Started++;
        totals.Started++;
        BegunSecond begun = BegunAt(intendedAt - _arrivalsStart);
        begun.Begin();
        Lateness.Add((now - intendedAt).Ticks * 100);
        if (!_free.TryPop(out int slot))
        {
            Count(totals, begun, "no place was free (--places)");
            return;
        }

        LoadCall call = _calls[slot] ??= new LoadCall(slot);
        call.Begin(scenario, totals, begun, intendedAt);
        call.Held = now - intendedAt;
        Up++;
        Perform(call, now);
    }

    private void EndNow()
    {
        _isEnding = true;
        Timestamp now = MonotonicClock.Now;
        foreach (LoadCall? call in _calls)
        {
            if (call is { Stage: CallStage.Talking, IsAnswered: true })
            {
                call.StepIndex = call.Scenario.Steps.Count - 2;
                _wheel.Schedule(call.Timer, now + s_shortest);
            }
        }
    }

    private BegunSecond BegunAt(TimeSpan sinceStart)
    {
        while (_begun.Count <= (int)sinceStart.TotalSeconds)
        {
            if (_begun.Count > 0)
            {
                _begun[^1].Pass();
            }

            _begun.Add(new BegunSecond());
        }

        return _begun[(int)sinceStart.TotalSeconds];
    }

    private void Count(ScenarioTotals totals, BegunSecond begun, string problem)
    {
        begun.Fail();
        totals.Failed++;
        Totals.Failed++;
        Totals.Problems[problem] = Totals.Problems.GetValueOrDefault(problem) + 1;
    }

    private void SetStage(LoadCall call, CallStage stage)
    {
        Talking += (stage == CallStage.Talking ? 1 : 0) - (call.Stage == CallStage.Talking ? 1 : 0);
        call.Stage = stage;
    }

    /// <summary>The call of a name, as long as it is the one that has the place.</summary>
    private LoadCall? Find(ReadOnlySpan<byte> text, out CallName name) =>
        CallName.TryParse(text, out name) && name.Slot < _calls.Length && _calls[name.Slot] is { } call && call.Stage != CallStage.Free && call.Name.Generation == name.Generation ? call : null;

    private void Fail(LoadCall call, string problem)
    {
        Count(call.Totals, call.Begun, problem);
        Release(call);
    }

    private void Succeed(LoadCall call)
    {
        if (call.CallerStream is { IsUsedUp: true } || call.CalleeStream is { IsUsedUp: true })
        {
            Fail(call, "it took so long that there was nothing left to say");
            return;
        }

        Totals.Ended++;
        call.Totals.Ended++;
        call.Begun.End();
        CountSilence(call);
        Release(call);
    }

    private void Release(LoadCall call)
    {
        SetStage(call, CallStage.Free);
        _wheel.Cancel(call.Timer);
        _wheel.Cancel(call.First.Timer);
        _wheel.Cancel(call.Second.Timer);
        ReleaseStreams(call);
        if (call.Account is { } account)
        {
            account.IsBusy = false;
        }

        _free.Push(call.Slot);
        Up--;
    }

    private readonly struct TimerSink(CallGenerator generator, Timestamp now) : ITimerSink
    {
        public void OnTimer(TimerNode node)
        {
            CallTimer timer = (CallTimer)node;
            if (timer.Leg is { } leg)
            {
                generator.HandleTimer(timer.Call, leg, now);
            }
            else
            {
                generator.HandleTimer(timer.Call, now);
            }
        }
    }
}
