using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Controllers;

/// <summary>
/// The controllers of this node: <see cref="Ownership"/> with a timer and hands. Keeps events going while there is a controller to come back, takes the calls of one that has come back for it again, and gives those of one that has
/// not to their policy.
/// </summary>
internal sealed class ControllerRegistry : IDisposable
{
    /// <summary>Commands of one such round that are on their way at a time: far below the room of a shard's mailbox.</summary>
    private const int MaxCommandsAtOnce = 64;

    /// <summary>How often a full mailbox is tried again, and how long after.</summary>
    private const int MaxTries = 200;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly ICallControl _control;
    private readonly EventHub _hub;
    private readonly Ownership _ownership;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private IDisposable? _want;
    private Task _learned = Task.CompletedTask;
    private int _lookers;
    private bool _isDisposed;

    public ControllerRegistry(ICallControl control, EventHub hub, TimeProvider time, ILogger<ControllerRegistry> logger)
    {
        _control = control;
        _hub = hub;
        _ownership = new Ownership(time);
        _logger = logger;
        _timer = time.CreateTimer(static state => ((ControllerRegistry)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A session begins; null when there are too many controllers.</summary>
    public OwnershipResult? Open(string name, ReleaseTerms terms, object session) => Changed(_ownership.Open(name, terms, session));

    /// <summary>A session has ended.</summary>
    public void Close(string name, object session)
    {
        _ownership.Close(name, session);
        Schedule();
    }

    /// <summary>A unary command comes; null when there are too many controllers.</summary>
    public OwnershipResult? Touch(string name) => Changed(_ownership.Touch(name));

    /// <summary>
    /// From when this has ended until it is disposed of, <see cref="CallBook"/> says whose each call is: also of calls that a part of the server had claimed while no client was there. For those who ask that without being a controller.
    /// </summary>
    public async Task<IDisposable> LookAsync(CancellationToken cancellation)
    {
        Looking looking = new(this);
        try
        {
            await LearnedAsync().WaitAsync(cancellation);
            return looking;
        }
        catch
        {
            looking.Dispose();
            throw;
        }
    }

    /// <summary>Ends when <see cref="CallBook"/> says whose each call is. For a controller that has called <see cref="Open"/> or <see cref="Touch"/>: before its first command.</summary>
    public Task LearnedAsync()
    {
        lock (_gate)
        {
            return _learned;
        }
    }

    /// <summary>Something else than a command shows that a controller is there: a lease that it has goes on. The timer, which comes at the lease's former end, looks anew.</summary>
    public void Renew(string name) => _ownership.Renew(name);

    /// <summary>Claims the calls that a controller had, under its new epoch.</summary>
    /// <returns>Those that it has again.</returns>
    public async Task<IReadOnlyList<string>> TakeBackAsync(string name, long epoch)
    {
        List<string> taken = [];
        foreach ((string CallId, CallHold Hold)[] some in _hub.Calls.GetHeldBy(name).Chunk(MaxCommandsAtOnce))
        {
            CommandReply[] replies = await Task.WhenAll(some.Select(held => ExecuteAsync(MakeClaim(held.CallId, name, epoch))));
            taken.AddRange(some.Where((_, i) => replies[i].IsAccepted).Select(static held => held.CallId));
        }

        return taken;
    }

    /// <summary>A call was given to a controller. Should that be gone meanwhile, or have another epoch, the call must not be left behind.</summary>
    public void NoteHeld(string callId, Requester who)
    {
        if (_ownership.GetEpoch(who.Controller) != who.Epoch)
        {
            _ = WatchAsync(SettleAsync(callId, who));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _want?.Dispose();
            _want = null;
        }

        _timer.Dispose();
    }

    private static ClaimCommand MakeClaim(string callId, string name, long epoch) => new() { CommandId = ServerCommandId.Make("claim", epoch), CallId = callId, Controller = name, Epoch = epoch };

    private OwnershipResult? Changed(OwnershipResult? result)
    {
        lock (_gate)
        {
            Want();
        }

        Schedule();
        return result;
    }

    /// <summary>Under the lock.</summary>
    private void Want()
    {
        if (_want is null && !_isDisposed)
        {
            _want = _hub.Want();

            // Calls that somebody in the server had claimed before are nobody else's.
            _learned = Task.Run(() => WatchAsync(LearnAsync()));
        }
    }

    /// <summary>Under the lock: nobody is there any more for whom events would be made.</summary>
    private void EndWant()
    {
        if (_ownership.Count == 0 && _lookers == 0)
        {
            _want?.Dispose();
            _want = null;
        }
    }

    private async Task LearnAsync()
    {
        string? after = null;
        do
        {
            CallPage page = await _control.ListCallsAsync(new CallFilter { After = after, PageSize = ControlServiceLimits.SnapshotPageCalls });
            foreach (CallSnapshot call in page.Calls)
            {
                _hub.Calls.Learn(call);
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private void Schedule()
    {
        TimeSpan due = _ownership.NextDeadline ?? Timeout.InfiniteTimeSpan;
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _timer.Change(due, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnTimer()
    {
        foreach (LostController lost in _ownership.Expire())
        {
            _ = WatchAsync(ReleaseAsync(lost));
        }

        lock (_gate)
        {
            EndWant();
        }

        Schedule();
    }

    /// <summary>Nobody waits for such work; a fault in it is a defect and is logged.</summary>
    private async Task WatchAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e)
        {
            ControlLog.Faulted(_logger, e);
        }
    }

    private async Task ReleaseAsync(LostController lost)
    {
        IReadOnlyList<(string CallId, CallHold Hold)> held = _hub.Calls.GetHeldBy(lost.Name);
        ControlMetrics.Lost.Add(1);
        ControlLog.ControllerLost(_logger, lost.Name, held.Count, lost.Terms.Policy);
        foreach ((string CallId, CallHold Hold)[] some in held.Chunk(MaxCommandsAtOnce))
        {
            await Task.WhenAll(some.Select(call => ReleaseAsync(call.CallId, call.Hold.Epoch, lost.Terms)));
        }
    }

    private async Task ReleaseAsync(string callId, long epoch, ReleaseTerms terms)
    {
        if (_hub.Calls.Find(callId) is { } facts)
        {
            // Its controller hears of it to the end, should it come back.
            facts.IsLost = true;
        }

        ReleaseCommand release = new() { CommandId = ServerCommandId.Make("release", epoch), CallId = callId, Epoch = epoch, Policy = terms.Policy, Route = terms.Route };
        CommandReply reply = await ExecuteAsync(release);
        if (!reply.IsAccepted && terms.Route is not null)
        {
            // The route is gone since the session was opened, or never was: the rest of the plan is next best.
            reply = await ExecuteAsync(release with { Route = null });
        }

        if (reply.IsAccepted)
        {
            ControlMetrics.Released.Add(1);
        }
        else if (reply.Status is not (CommandStatus.NotFound or CommandStatus.FailedPrecondition))
        {
            ControlLog.ReleaseFailed(_logger, callId, reply.Status, reply.Problem);
        }
    }

    private async Task SettleAsync(string callId, Requester who)
    {
        if (_ownership.GetEpoch(who.Controller) is { } epoch)
        {
            await ExecuteAsync(MakeClaim(callId, who.Controller, epoch));
        }
        else
        {
            await ReleaseAsync(callId, who.Epoch, ReleaseTerms.Usual);
        }
    }

    private async Task<CommandReply> ExecuteAsync(CallCommand command)
    {
        CommandReply reply = await _control.ExecuteAsync(command);
        for (int i = 0; i < MaxTries && reply.Status == CommandStatus.Unavailable; i++)
        {
            await Task.Delay(s_retryAfter);
            reply = await _control.ExecuteAsync(command);
        }

        return reply;
    }

    private sealed class Looking : IDisposable
    {
        private ControllerRegistry? _registry;

        public Looking(ControllerRegistry registry)
        {
            _registry = registry;
            lock (registry._gate)
            {
                registry._lookers++;
                registry.Want();
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _registry, null) is { } registry)
            {
                lock (registry._gate)
                {
                    registry._lookers--;
                    registry.EndWant();
                }
            }
        }
    }
}
