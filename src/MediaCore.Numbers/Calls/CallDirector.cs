using System.Collections.Concurrent;
using System.Threading.Channels;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Calls;

/// <summary>
/// The number service as a controller of calls: takes those that are offered to <see cref="Application"/>, and runs their activities over the same commands and events that control planes have (docs/adr/0022-control-seam.md).
/// Each call belongs to one worker, which takes its inputs one after the other; shards only put events into the worker's list.
/// </summary>
public sealed partial class CallDirector : ICallEvents, ICallStarter, IAsyncDisposable
{
    /// <summary>The application that numbers lead their calls to, and the name under which the service controls them.</summary>
    public const string Application = ControlApplication.Numbers;

    /// <summary>The epoch of all claims: a control plane takes a call over with a greater one.</summary>
    internal const long Epoch = 1;

    private readonly ICallBeginnings _beginnings;
    private readonly Action<CompletedCall>? _completed;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, NumberCall> _calls = new(StringComparer.Ordinal);
    private readonly Channel<CallInput>[] _inputs;

    // One for each worker, since a call is its worker's alone.
    private readonly ConcurrentQueue<NumberCall>[] _behind;
    private readonly Task[] _workers;
    private volatile bool _takesCalls = true;

    /// <summary>A director; it takes calls at once.</summary>
    /// <param name="services">What calls share.</param>
    /// <param name="beginnings">Decides what is done with a call.</param>
    /// <param name="completed">Told of each call when it is over, on a worker; must be quick and not throw.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="workers">Workers; each takes the inputs of its calls one after the other.</param>
    public CallDirector(CallServices services, ICallBeginnings beginnings, Action<CompletedCall>? completed = null, ILoggerFactory? loggers = null, int workers = 2)
        : this(services, beginnings, completed, loggers, workers, isPumped: false)
    {
    }

    /// <summary>For tests: one that is pumped takes inputs when <see cref="Pump"/> is called, and not on threads of its own.</summary>
    internal CallDirector(CallServices services, ICallBeginnings beginnings, Action<CompletedCall>? completed, ILoggerFactory? loggers, int workers, bool isPumped)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Services = services with { Calls = services.Calls ?? this, QueueFigures = services.QueueFigures ?? services.Queues };
        Services.Queues?.Connect(Services);
        _beginnings = beginnings;
        _completed = completed;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallDirector>();
        _behind = [.. Enumerable.Range(0, workers).Select(static _ => new ConcurrentQueue<NumberCall>())];
        _inputs = new Channel<CallInput>[workers];
        for (int i = 0; i < workers; i++)
        {
            _inputs[i] = Channel.CreateBounded<CallInput>(new BoundedChannelOptions(CallDirectorLimits.MaxWaitingInputs) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        }

        _workers = isPumped ? [] : [.. Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker)))];
    }

    /// <inheritdoc/>
    public bool IsWanted => _takesCalls;

    /// <inheritdoc/>
    public bool WantsRegistrations => Services.Queues is not null;

    /// <summary>Whether the service drives any call now.</summary>
    public bool HasCalls => !_calls.IsEmpty;

    /// <summary>Calls that the service drives now.</summary>
    public int ActiveCalls => _calls.Count;

    /// <summary>What calls share.</summary>
    internal CallServices Services { get; }

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        ArgumentNullException.ThrowIfNull(callEvent);
        if (callEvent is RegistrationChanged registration)
        {
            Services.Queues?.NoteRegistration(registration.Account, registration.Contacts > 0);
        }
        else if (_calls.TryGetValue(callEvent.CallId, out NumberCall? call))
        {
            Post(new CallInput(call, null, callEvent));
        }
        else if (callEvent is CallOffered { Application: Application } && _takesCalls)
        {
            Add(callEvent.CallId, callEvent);
        }
    }

    /// <inheritdoc/>
    public bool Begin(CallBeginning beginning)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        return _takesCalls && Add(beginning.Facts.CallId, beginning);
    }

    /// <summary>Gives all calls back to the rest of their plans and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _takesCalls = false;
        foreach (Channel<CallInput> input in _inputs)
        {
            input.Writer.TryComplete();
        }

        await Task.WhenAll(_workers).ConfigureAwait(false);
        foreach (NumberCall call in _calls.Values)
        {
            GiveBack(call);
        }
    }

    /// <summary>Takes all inputs that wait.</summary>
    internal void Pump()
    {
        for (int worker = 0; worker < _inputs.Length; worker++)
        {
            while (_inputs[worker].Reader.TryRead(out CallInput next))
            {
                Take(next);
                GiveBackBehind(worker);
            }
        }
    }

    /// <summary>Posts an input; false when there is no room, which costs the call its activities, or the call is over.</summary>
    internal bool Post(in CallInput input)
    {
        if (!_calls.ContainsKey(input.Call.CallId))
        {
            return false;
        }

        if (_inputs[input.Call.Worker].Writer.TryWrite(input))
        {
            return true;
        }

        if (_takesCalls && !input.Call.IsBehind)
        {
            input.Call.IsBehind = true;
            _behind[input.Call.Worker].Enqueue(input.Call);
        }

        return false;
    }

    /// <summary>The outermost activity is over: so is the call, if it goes on still.</summary>
    internal void Conclude(NumberCall call, ActivityResult result)
    {
        if (result.Outcome != ActivityOutcome.HungUp)
        {
            CallCommand last = call.IsAnswered
                ? new HangupCommand { CommandId = "end", CallId = call.CallId, Epoch = Epoch }
                : new RejectCommand { CommandId = "end", CallId = call.CallId, Epoch = Epoch, SipStatus = result.SipStatus is >= 400 and <= 699 and not (401 or 407 or 487) ? result.SipStatus : 480 };
            Services.Control.Execute(last, reply =>
            {
                if (reply.Status == CommandStatus.NotFound)
                {
                    Post(new CallInput(call, null, new CallGone()));
                }
            });
        }

        call.Trace("call", $"ended: {result.Outcome}");
        call.Conclude(result);
    }

    /// <summary>Forgets a call.</summary>
    internal void Remove(NumberCall call, CompletedCall? completed)
    {
        _calls.TryRemove(call.CallId, out _);
        if (completed is not null)
        {
            Complete(completed);
        }
    }

    /// <summary>Notes that something that was done with a call met a defect.</summary>
    internal void NoteFault(NumberCall call, Exception exception) => LogFaulted(call.CallId, exception);

    /// <summary>Tells of a call that is over, as one tenant has seen it.</summary>
    internal void Complete(CompletedCall completed)
    {
        // One that was given back goes on.
        Services.Begun?.Note(completed);
        _completed?.Invoke(completed);
    }

    private bool Add(string callId, object beginning)
    {
        var call = new NumberCall(this, callId, (int)((uint)string.GetHashCode(callId, StringComparison.Ordinal) % (uint)_inputs.Length));
        if (!_calls.TryAdd(callId, call))
        {
            return false;
        }

        if (_inputs[call.Worker].Writer.TryWrite(new CallInput(call, null, beginning)))
        {
            return true;
        }

        // Nobody claims it then: its plan goes on when the offer has run out.
        _calls.TryRemove(callId, out _);
        return false;
    }

    private async Task WorkAsync(int worker)
    {
        await foreach (CallInput input in _inputs[worker].Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Take(input);
            GiveBackBehind(worker);
        }
    }

    private void GiveBackBehind(int worker)
    {
        while (_behind[worker].TryDequeue(out NumberCall? call))
        {
            LogBehind(call.CallId);
            GiveBack(call);
        }
    }

    private void Take(in CallInput input)
    {
        NumberCall call = input.Call;
        try
        {
            switch (input.Content)
            {
                case CallOffered offer:
                    Claim(call, offer);
                    break;
                case Claimed claimed:
                    call.Begin(claimed.Beginning, claimed.IsAnswered);
                    break;
                case CallBeginning beginning:
                    call.Begin(beginning, isAnswered: false);
                    break;
                default:
                    call.Take(input.To, input.Content);
                    break;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An activity's defect: the caller is better served by the rest of the plan than by a call that stands still.
            LogFaulted(call.CallId, e);
            GiveBack(call);
        }
    }

    private void Claim(NumberCall call, CallOffered offer)
    {
        if (_beginnings.Begin(offer) is not { } beginning)
        {
            Remove(call, null);
            return;
        }

        var claim = new ClaimCommand { CommandId = "claim", CallId = call.CallId, Controller = Application, Epoch = Epoch };
        Services.Control.Execute(claim, reply =>
        {
            if (!reply.IsAccepted || !Post(new CallInput(call, null, new Claimed(beginning, offer.IsAnswered))))
            {
                Remove(call, null);
            }
        });
    }

    private void GiveBack(NumberCall call)
    {
        call.End(null);
        Services.Control.Execute(new ReleaseCommand { CommandId = "release", CallId = call.CallId, Epoch = Epoch, Policy = ReleasePolicy.NextStep }, static _ => { });
    }

    [LoggerMessage(EventId = 7040, EventName = "NumberCallFaulted", Level = LogLevel.Error, Message = "What was done with call {CallId} met a defect; the rest of its plan goes on")]
    private partial void LogFaulted(string callId, Exception exception);

    [LoggerMessage(EventId = 7041, EventName = "NumberCallBehind", Level = LogLevel.Error, Message = "There was no room for an event of call {CallId}; the rest of its plan goes on")]
    private partial void LogBehind(string callId);

    private sealed record Claimed(CallBeginning Beginning, bool IsAnswered);
}
