using System.Threading.Channels;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues.Matching;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Queues;

/// <summary>
/// The one writer of a tenant's queues: a mailbox and a worker around the <see cref="QueueCore"/>. Calls talk to it by what they post, it talks to calls by their lines; nobody waits for anybody. What is to be kept goes to the <see cref="QueueJournal"/>.
/// </summary>
internal sealed partial class QueueDesk : IAsyncDisposable
{
    private readonly QueueDesks _desks;
    private readonly ILogger _logger;
    private readonly Channel<Action<long>> _mail;
    private readonly Task _worker;
    private readonly Dictionary<Guid, ICallLine> _callbacks = [];
    private readonly Dictionary<Guid, long> _presenceSince = [];
    private readonly ITimer _timer;

    // What the timer is set for; of one that has fired nothing is known.
    private long _timerMs = long.MaxValue;
    private int _waiting;

    public QueueDesk(QueueDesks desks, Guid tenantId, ILogger logger, bool isPumped)
    {
        _desks = desks;
        _logger = logger;
        TenantId = tenantId;
        Core = new QueueCore((ulong)tenantId.GetHashCode() + 1);
        _mail = Channel.CreateBounded<Action<long>>(new BoundedChannelOptions(QueueLimits.MaxWaitingMessages) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _timer = desks.Time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _worker = isPumped ? Task.CompletedTask : Task.Run(WorkAsync);
    }

    /// <summary>The tenant.</summary>
    public Guid TenantId { get; }

    /// <summary>The queues; for the worker alone.</summary>
    internal QueueCore Core { get; }

    private long NowMs => _desks.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Has something done by the worker; false when there is no room or the service is ending.</summary>
    public bool Post(Action<long> work) => _mail.Writer.TryWrite(work);

    /// <summary>Has something found out by the worker.</summary>
    public Task<T?> AskAsync<T>(Func<long, T?> question)
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Post(now => answer.SetResult(question(now))) ? answer.Task : Task.FromResult(default(T));
    }

    /// <summary>Takes what waits.</summary>
    internal void Pump()
    {
        while (_mail.Reader.TryRead(out Action<long>? work))
        {
            Take(work);
        }
    }

    /// <summary>Ends the worker; what waited is done before, and nothing that comes later. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        _mail.Writer.TryComplete();
        await _worker.ConfigureAwait(false);
        await _timer.DisposeAsync();
        QueueMetrics.AddWaiting(-Interlocked.Exchange(ref _waiting, 0));
    }

    private async Task WorkAsync()
    {
        await foreach (Action<long> work in _mail.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Take(work);
        }
    }

    private void Take(Action<long> work)
    {
        try
        {
            long now = NowMs;
            Core.Advance(now);
            work(now);
            CarryOut(now);
            SetTimer(now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A defect of ours costs this one input, not the queues.
            LogFaulted(TenantId, e);
        }
    }

    private void OnTimer()
    {
        // It fires once, and often some milliseconds before its time by the clock: then nothing is due yet, and it must be set for the same time again.
        Volatile.Write(ref _timerMs, long.MaxValue);
        Post(static _ => { });
    }

    private void SetTimer(long now)
    {
        long next = Core.NextDeadlineMs;
        if (next == Volatile.Read(ref _timerMs) && next > now)
        {
            return;
        }

        Volatile.Write(ref _timerMs, next);
        _timer.Change(next == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(next - now, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private void CarryOut(long now)
    {
        List<QueueEffect> effects = Core.Effects;
        for (int i = 0; i < effects.Count; i++)
        {
            QueueEffect effect = effects[i];
            switch (effect.Kind)
            {
                case QueueEffectKind.Offer:
                    i += Offer(effects, i, now);
                    break;
                case QueueEffectKind.Cancel:
                    Tell(effect.Waiter!, new QueueOfferTaken(effect.Seat!.Id));
                    if (effect.Waiter!.Callback is not null && _callbacks.Remove(effect.Waiter.Id, out ICallLine? unwanted))
                    {
                        unwanted.Post(new QueueCallbackOver());
                    }

                    break;
                case QueueEffectKind.Announce:
                    bool offers = effect.Waiter!.Queue.Rules.Callback is { } callback && effect.Waiter.Caller.Length > 0 && QueueCore.GetPosition(effect.Waiter) is > 1 and var position
                        && QueueCore.Expect(effect.Waiter.Queue, position, now) >= (long)callback.OfferAbove.TotalMilliseconds;
                    Tell(effect.Waiter, new QueueAnnouncement(effect.Value, effect.Minutes, effect.Waiter.Announced - 1, offers));
                    break;
                case QueueEffectKind.Moved:
                    if (effect.Other!.Line is QueueTicket moved)
                    {
                        moved.Entry = effect.Other.Id;
                    }

                    Tell(effect.Other, new QueueMoved(effect.Other.Queue.Rules.Name));
                    break;
                case QueueEffectKind.TimedOut:
                    Tell(effect.Waiter!, new QueueOver(ActivityOutcome.TimedOut, "waited the longest time"));
                    break;
                case QueueEffectKind.Overflow:
                    Tell(effect.Waiter!, new QueueOver(ActivityOutcome.TimedOut, "overflow", effect.Value, effect.Waiter!.Queue.Rules.Name));
                    break;
                case QueueEffectKind.Emptied:
                    Tell(effect.Waiter!, new QueueOver(ActivityOutcome.Unreachable, "no agent is left"));
                    break;
                case QueueEffectKind.Closed:
                    Tell(effect.Waiter!, new QueueOver(ActivityOutcome.Failed, "the queue is gone"));
                    break;
                case QueueEffectKind.CallCustomer:
                    StartCallback(effect.Waiter!, null, now);
                    break;
                case QueueEffectKind.CallbackOver:
                    if (_callbacks.Remove(effect.Waiter!.Id, out ICallLine? line))
                    {
                        line.Post(new QueueCallbackOver());
                    }

                    break;
                case QueueEffectKind.Row:
                    Keep(effect, now);
                    break;
                case QueueEffectKind.SetNotReady:
                    _presenceSince[effect.Seat!.Id] = now;
                    _desks.KeepNotReady(TenantId, effect.Seat.Id, effect.Seat.Reason, now);
                    break;
                case QueueEffectKind.Released:
                    _desks.Release(effect.Seat!.Id);
                    break;
                default:
                    break;
            }
        }

        effects.Clear();
        NoteGlances();
        int waiting = Core.Queues.Sum(static queue => queue.Waiters.Count);
        QueueMetrics.AddWaiting(waiting - _waiting);
        _waiting = waiting;
    }

    /// <summary>Tells a caller's call; a call that is over has left.</summary>
    private static void Tell(Waiter waiter, object message) => (waiter.Line as QueueTicket)?.Line?.Post(message);

    /// <summary>Has agents rung; those for the same caller together. How many of the following effects belong to it.</summary>
    private int Offer(List<QueueEffect> effects, int at, long now)
    {
        Waiter waiter = effects[at].Waiter!;
        int last = at;
        while (last + 1 < effects.Count && effects[last + 1].Kind == QueueEffectKind.Offer && ReferenceEquals(effects[last + 1].Waiter, waiter))
        {
            last++;
        }

        AgentSeat[] seats = [.. effects[at..(last + 1)].Select(static effect => effect.Seat!)];
        QueueMetrics.Offers.Add(seats.Length);
        if (_desks.SharesAgents)
        {
            _ = ReserveAsync(waiter, seats);
        }
        else
        {
            Ring(waiter, seats, now);
        }

        return last - at;
    }

    private void Ring(Waiter waiter, AgentSeat[] seats, long now)
    {
        if (waiter.Callback is not null)
        {
            StartCallback(waiter, seats[0], now);
        }
        else
        {
            Tell(waiter, new QueueOffers([.. seats.Select(static seat => new OfferedAgent(seat.Id, seat.Account))]));
        }
    }

    /// <summary>On several nodes: who another node rings or has on a call is not rung here. A database that does not answer leaves each node to itself: calls go on.</summary>
    private async Task ReserveAsync(Waiter waiter, AgentSeat[] seats)
    {
        bool[] taken = new bool[seats.Length];
        for (int i = 0; i < seats.Length; i++)
        {
            taken[i] = await _desks.TryReserveAsync(seats[i].Id);
        }

        Post(now =>
        {
            AgentSeat[] mine = [.. seats.Where((seat, i) => taken[i] && waiter.Offers.Contains(seat))];
            if (mine.Length > 0)
            {
                Ring(waiter, mine, now);
            }

            for (int i = 0; i < seats.Length; i++)
            {
                if (!taken[i] && waiter.Offers.Contains(seats[i]))
                {
                    Core.EndOffer(waiter.Id, seats[i].Id, OfferEnd.Elsewhere, now);
                }
                else if (taken[i] && !waiter.Offers.Contains(seats[i]) && seats[i].State is SeatState.Idle or SeatState.Resting)
                {
                    _desks.Release(seats[i].Id);
                }
            }
        });
    }

    /// <summary>Makes the call of a callback: to the agent who is reserved for it, or to the customer.</summary>
    private void StartCallback(Waiter waiter, AgentSeat? seat, long now)
    {
        var ticket = new QueueTicket(this) { Entry = waiter.Id };
        if (!_desks.TryStartCallback(this, waiter, seat, ticket, out ICallLine? line))
        {
            // What that brings about is carried out behind what is being carried out.
            Core.FailCallback(waiter.Id, now);
            return;
        }

        _callbacks[waiter.Id] = line;
    }

    private void Keep(in QueueEffect effect, long now)
    {
        Waiter waiter = effect.Waiter!;
        var state = (QueueEntryState)effect.Value;
        bool isOver = state is not (QueueEntryState.Waiting or QueueEntryState.Offering or QueueEntryState.Callback);
        if (isOver)
        {
            QueueMetrics.Ended.Add(1, new KeyValuePair<string, object?>("outcome", Label(state)));
        }

        _desks.Keep(new QueueEntry
        {
            Id = waiter.Id,
            TenantId = TenantId,
            QueueId = waiter.Queue.Rules.Id,
            CallId = waiter.CallId,
            Caller = waiter.Caller,
            Priority = waiter.Priority,
            EnqueuedAtMs = waiter.EnqueuedAtMs,
            CreditMs = waiter.CreditMs,
            State = state,
            LeftAtMs = isOver ? now : null,
            Position = isOver ? waiter.LeftAtPosition : null,
            AgentId = effect.Seat?.Id,
            Node = _desks.Node,
        });
    }

    private static string Label(QueueEntryState state) => state switch
    {
        QueueEntryState.Connected => "answered",
        QueueEntryState.Abandoned => "abandoned",
        QueueEntryState.Overflowed => "overflowed",
        QueueEntryState.Exited => "exited",
        _ => "timed_out",
    };

    [LoggerMessage(EventId = 7072, EventName = "QueueFaulted", Level = LogLevel.Error, Message = "An input of the queues of tenant {TenantId} met a defect; the queues go on without it")]
    private partial void LogFaulted(Guid tenantId, Exception exception);
}
