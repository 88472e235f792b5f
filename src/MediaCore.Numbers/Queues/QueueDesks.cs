using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues.Matching;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Queues;

/// <summary>
/// All tenants' queues on this node: a desk for each tenant that has queues, kept up to date with the database; agents sign in and out here, and calls wait here. On several nodes with one database each has its own callers, and an agent is
/// rung by one of them at a time (docs/adr/0035-queues.md). Safe from any thread.
/// </summary>
public sealed partial class QueueDesks : IQueueFigures, IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Guid, QueueDesk> _desks = new();
    private readonly ConcurrentDictionary<string, (Guid Tenant, Guid Agent)> _accounts = new(StringComparer.Ordinal);
    private readonly QueueJournal _journal;
    private readonly ReservationLine? _reservations;
    private readonly RosterReader _roster;
    private readonly bool _isPumped;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private Task _following = Task.CompletedTask;
    private ITimer? _poll;
    private CallServices? _calls;
    private long _lastCallback;
    private bool _isFailing;
    private Task _keeping = Task.CompletedTask;

    private QueueDesks(ServiceStore store, string node, ILoggerFactory? loggers, bool isPumped)
    {
        QueueMetrics.Publish();
        _store = store;
        Node = node;
        _isPumped = isPumped;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<QueueDesks>();
        _journal = new QueueJournal(store, _logger);
        _roster = new RosterReader(store);
        if (store.Postgres is { } postgres)
        {
            _reservations = new ReservationLine(new PostgresReservations(postgres, node), store.Time, _logger);
        }
    }

    /// <summary>What this node is called in the entries of its callers; the same after a restart.</summary>
    public string Node { get; }

    internal TimeProvider Time => _store.Time;

    /// <summary>Whether other nodes may have the same agents.</summary>
    internal bool SharesAgents => _reservations is not null;

    /// <summary>Reads queues and agents, gives those who waited before a restart their places, and begins to follow changes.</summary>
    /// <param name="store">The database.</param>
    /// <param name="node">What this node is called; no other node with the same database has that name, and it has it again after a restart.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="cancellationToken">Ends the first reading.</param>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public static Task<QueueDesks> StartAsync(ServiceStore store, string node, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
        => StartAsync(store, node, loggers, isPumped: false, cancellationToken);

    /// <summary>For tests: those that are pumped do their work when <see cref="Pump"/> is called.</summary>
    internal static async Task<QueueDesks> StartAsync(ServiceStore store, string node, ILoggerFactory? loggers, bool isPumped, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var desks = new QueueDesks(store, node, loggers, isPumped);
        try
        {
            await desks.RefreshAsync(cancellationToken);
            await desks.RestoreAsync(cancellationToken);
        }
        catch
        {
            await desks.DisposeAsync();
            throw;
        }

        store.Changed += desks.OnChanged;
        if (!isPumped)
        {
            desks._poll = store.Time.CreateTimer(_ => desks.Signal(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            desks._following = Task.Run(desks.FollowAsync, CancellationToken.None);
        }

        return desks;
    }

    /// <summary>Queues talk to calls by these from now on; who is registered is looked up anew.</summary>
    internal void Connect(CallServices calls)
    {
        _calls = calls;
        foreach (QueueDesk desk in _desks.Values)
        {
            desk.Post(now =>
            {
                foreach (AgentSeat seat in desk.Core.Seats.Values)
                {
                    desk.Core.SetReachable(seat.Id, IsReachable(seat.Account), now);
                }
            });
        }
    }

    /// <summary>The phones of an account have come or gone. Comes from the engine's threads: waits for nothing.</summary>
    public void NoteRegistration(string account, bool isRegistered)
    {
        if (_accounts.TryGetValue(account, out (Guid Tenant, Guid Agent) agent) && _desks.TryGetValue(agent.Tenant, out QueueDesk? desk))
        {
            desk.Post(now => desk.Core.SetReachable(agent.Agent, isRegistered, now));
        }
    }

    /// <summary>Signs an agent in or out, or says whether he is ready. Stands in the database, and holds at once.</summary>
    /// <param name="scope">On whose behalf.</param>
    /// <param name="agentId">The agent.</param>
    /// <param name="presence">What he is.</param>
    /// <param name="reason">Why not ready; at most 64 characters.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<StoreResult<Agent>> SetPresenceAsync(TenantScope scope, Guid agentId, AgentPresence presence, string reason, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.Length > QueueLimits.MaxReasonCharacters)
        {
            return StoreResult.Invalid($"A reason has at most {QueueLimits.MaxReasonCharacters} characters.");
        }

        long since = 0;
        StoreResult<Agent> result = await _store.ChangeAsync(scope, new ChangeOrigin(actor, "agent.presence"), async context =>
        {
            if (await context.Agents.SingleOrDefaultAsync(agent => agent.Id == agentId, cancellationToken) is not { } agent)
            {
                return StoreResult.NotFound("There is no such agent.");
            }

            if (agent.Presence != presence || agent.Reason != reason)
            {
                (agent.Presence, agent.Reason, agent.PresenceSinceMs) = (presence, reason, Math.Max(_store.NowMs, agent.PresenceSinceMs + 1));
            }

            since = agent.PresenceSinceMs;
            return (StoreResult<Agent>)agent;
        }, cancellationToken);
        if (result.IsDone && _desks.TryGetValue(result.Value.TenantId, out QueueDesk? desk))
        {
            desk.Post(now => desk.SetPresence(agentId, presence, reason, since, now));
        }

        return result;
    }

    /// <summary>Ends an agent's wrap-up; false when he has none on this node.</summary>
    public async Task<bool> EndWrapUpAsync(Guid tenantId, Guid agentId)
        => _desks.TryGetValue(tenantId, out QueueDesk? desk) && await desk.AskAsync(now => desk.Core.EndWrapUp(agentId, now) ? "ended" : null) is not null;

    /// <summary>The agent who is a person, for those who sign in by phone or by name; null for nobody.</summary>
    public async Task<Agent?> FindAgentAsync(TenantScope scope, Guid userId, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = _store.Open(scope);
        return await context.Agents.AsNoTracking().SingleOrDefaultAsync(agent => agent.UserId == userId, cancellationToken);
    }

    /// <summary>A queue as it is on this node; null where there is none.</summary>
    public async Task<QueueReport?> GetReportAsync(Guid tenantId, string queue)
        => _desks.TryGetValue(tenantId, out QueueDesk? desk) ? await desk.AskAsync(now => desk.Describe(queue, now)) : null;

    /// <summary>Queues and agents of a tenant at one moment, as they are on this node.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="queue">That queue and its members alone; null for all.</param>
    public async Task<LiveReport> GetLiveAsync(Guid tenantId, string? queue = null)
        => _desks.TryGetValue(tenantId, out QueueDesk? desk) && await desk.AskAsync(now => desk.DescribeAll(queue, now)) is { } live ? live : new LiveReport([], []);

    /// <summary>All agents of a tenant as they are on this node.</summary>
    public async Task<IReadOnlyList<AgentReport>> GetAgentsAsync(Guid tenantId)
        => _desks.TryGetValue(tenantId, out QueueDesk? desk) && await desk.AskAsync(desk.DescribeAgents) is { } agents ? agents : [];

    /// <summary>A queue as it was a moment ago, without waiting: what plans decide by. Null where there is none.</summary>
    public QueueFigures? Find(CallQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return _desks.TryGetValue(queue.TenantId, out QueueDesk? desk) ? desk.Glance(queue.Name) : null;
    }

    /// <summary>
    /// The server is about to end its calls: what that says to the queues is not heard any more, so those who wait keep their places for the next start, as after a crash. Nobody comes in or is rung from now on.
    /// </summary>
    public async Task KeepPlacesAsync()
    {
        foreach (QueueDesk desk in _desks.Values)
        {
            await desk.DisposeAsync();
        }

        await _journal.FlushAsync();
    }

    /// <summary>Has everything that was said to the queues so far written to the database; for an orderly end.</summary>
    public Task FlushAsync() => _journal.FlushAsync();

    /// <summary>Reads what has changed; afterwards queues and agents are as the database has them.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            foreach (RosterChange change in await _roster.ReadAsync(cancellationToken))
            {
                QueueDesk desk = _desks.GetOrAdd(change.TenantId, tenant => new QueueDesk(this, tenant, _logger, _isPumped));
                foreach (RosterAgent agent in change.Agents)
                {
                    if (agent.Account.Length > 0)
                    {
                        _accounts[agent.Account] = (change.TenantId, agent.Row.Id);
                    }
                }

                desk.Post(now => desk.Apply(change, now));
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Lets the queues do what waits; for those that are pumped.</summary>
    internal void Pump()
    {
        foreach (QueueDesk desk in _desks.Values)
        {
            desk.Pump();
        }
    }

    /// <summary>Brings a caller into a queue; the answer comes by his line: <see cref="QueueJoined"/> or <see cref="QueueOver"/>.</summary>
    internal QueueTicket? Join(JoinRequest request, Guid tenantId, ICallLine line)
    {
        if (!_desks.TryGetValue(tenantId, out QueueDesk? desk))
        {
            return null;
        }

        var ticket = new QueueTicket(desk);
        return desk.Post(now => desk.Join(request, ticket, line, now)) ? ticket : null;
    }

    internal bool IsReachable(string account) => account.Length > 0 && (_calls?.Registrations is not { } registrations || registrations.IsRegistered(account));

    internal void Keep(QueueEntry row) => _journal.Write(row);

    internal Task<bool> TryReserveAsync(Guid agent) => _reservations is { } line ? line.TakeAsync(agent) : Task.FromResult(true);

    internal void Release(Guid agent) => _reservations?.Release(agent);

    /// <summary>An agent did not answer too often: what the queue has decided is kept.</summary>
    internal void KeepNotReady(Guid tenantId, Guid agent, string reason, long sinceMs)
    {
        Task former = _keeping;
        _keeping = Task.WhenAll(former, KeepNotReadyAsync(tenantId, agent, reason, sinceMs));
    }

    /// <summary>Begins with the call of a callback: to the agent who is reserved for it, or to the customer.</summary>
    internal bool TryStartCallback(QueueDesk desk, Waiter waiter, AgentSeat? seat, QueueTicket ticket, [NotNullWhen(true)] out ICallLine? line)
    {
        line = null;
        QueueRules queue = waiter.Queue.Rules;
        if (_calls is not { Calls: { } starter } || queue.Callback is not { } rules)
        {
            return false;
        }

        string callId = string.Create(CultureInfo.InvariantCulture, $"{waiter.Id:n}.{Interlocked.Increment(ref _lastCallback)}");
        var facts = new CallFacts
        {
            CallId = callId,
            TenantId = desk.TenantId,
            Number = rules.Number ?? waiter.Origin?.Number ?? "",
            Caller = waiter.Caller,
            Called = waiter.Caller,
            At = Time.GetUtcNow(),
            IsMade = true,
            LinkedFrom = waiter.CallId,
            Link = CallLinkKind.Callback,
        };
        TenantConfiguration configuration = waiter.Origin?.Configuration ?? new TenantConfiguration { Tenant = new Tenant { Id = desk.TenantId }, Queues = desk.Configured };
        facts = facts with { IsRecorded = configuration.Tenant.RecordsCalls };
        CallbackActivity activity = seat is null
            ? new CustomerCallback(ticket, queue, waiter.Origin?.Language)
            : new AgentCallback(ticket, queue, waiter.Origin?.Language, new OfferedAgent(seat.Id, seat.Account));
        line = new CallbackLine(callId, activity);
        return starter.Begin(new CallBeginning(facts, configuration, activity));
    }

    /// <summary>Ends: entries that wait are written, their callers keep their places for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= OnChanged;
        await _stopping.CancelAsync();
        if (_poll is not null)
        {
            await _poll.DisposeAsync();
        }

        await _following;
        await _keeping;
        foreach (QueueDesk desk in _desks.Values)
        {
            await desk.DisposeAsync();
        }

        if (_reservations is not null)
        {
            await _reservations.DisposeAsync();
        }

        await _journal.DisposeAsync();
        _stopping.Dispose();
        _signal.Dispose();
        _reading.Dispose();
    }

    private async Task KeepNotReadyAsync(Guid tenantId, Guid agent, string reason, long sinceMs)
    {
        try
        {
            await _store.ChangeAsync(TenantScope.Of(tenantId), new ChangeOrigin("system", "agent.no_answer"), async context =>
            {
                if (await context.Agents.SingleOrDefaultAsync(row => row.Id == agent, _stopping.Token) is not { } row)
                {
                    return StoreResult.NotFound("There is no such agent.");
                }

                if (row.PresenceSinceMs < sinceMs)
                {
                    (row.Presence, row.Reason, row.PresenceSinceMs) = (AgentPresence.NotReady, reason, sinceMs);
                }

                return (StoreResult<Agent>)row;
            }, _stopping.Token);
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or OperationCanceledException)
        {
            // It holds on this node; the database learns of it with the agent's next word.
            LogPresenceNotKept(e.Message);
        }
    }

    /// <summary>Callers of this node who waited when it ended: their places are kept for a while; callbacks go on.</summary>
    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        List<QueueEntry> rows = await context.QueueEntries.AsNoTracking().Where(row => row.Node == Node && row.LeftAtMs == null).ToListAsync(cancellationToken);
        foreach (IGrouping<Guid, QueueEntry> tenant in rows.GroupBy(static row => row.TenantId))
        {
            if (_desks.TryGetValue(tenant.Key, out QueueDesk? desk))
            {
                QueueEntry[] entries = [.. tenant];
                desk.Post(now => desk.Restore(entries, now));
            }
        }
    }

    private void OnChanged(object? sender, EventArgs e) => Signal();

    private void Signal()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // One signal that waits says all.
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(_stopping.Token);
                try
                {
                    await RefreshAsync(_stopping.Token);
                    _isFailing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
                {
                    if (!_isFailing)
                    {
                        LogNotRead(e);
                    }

                    _isFailing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    [LoggerMessage(EventId = 7074, EventName = "QueueRosterNotRead", Level = LogLevel.Error, Message = "Queues and agents cannot be read; they stay as they were")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(EventId = 7075, EventName = "AgentPresenceNotKept", Level = LogLevel.Warning, Message = "That an agent is not ready any more could not be written: {Problem}")]
    private partial void LogPresenceNotKept(string problem);
}
