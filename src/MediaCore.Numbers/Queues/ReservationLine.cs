using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Queues;

/// <summary>Carries reservations out one after the other, in the order in which they were wanted, and keeps those that stand. Where the database does not answer in time nobody else is known to have the agent, and he is rung: callers are answered without it.</summary>
internal sealed partial class ReservationLine : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly IAgentReservations _reservations;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<(Guid Agent, TaskCompletionSource<bool>? Taken)> _wanted = Channel.CreateUnbounded<(Guid, TaskCompletionSource<bool>?)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<Guid> _held = [];
    private readonly ITimer _renewal;
    private readonly Task _worker;

    public ReservationLine(IAgentReservations reservations, TimeProvider time, ILogger logger)
    {
        _reservations = reservations;
        _time = time;
        _logger = logger;
        _worker = Task.Run(WorkAsync);
        TimeSpan every = PostgresReservations.Lease / 3;

        // What a killed run of this node had is free at once.
        _wanted.Writer.TryWrite((Guid.Empty, null));
        _renewal = time.CreateTimer(_ => _wanted.Writer.TryWrite((Guid.Empty, null)), null, every, every);
    }

    /// <summary>Takes an agent for this node. What waits here is bounded by the agents that are offered: each of them waits for his own answer.</summary>
    public Task<bool> TakeAsync(Guid agent)
    {
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _wanted.Writer.TryWrite((agent, taken)) ? taken.Task : Task.FromResult(false);
    }

    /// <summary>Gives an agent back.</summary>
    public void Release(Guid agent) => _wanted.Writer.TryWrite((agent, null));

    /// <summary>Ends; what waits is carried out before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync();
        _wanted.Writer.TryComplete();
        await _worker.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach ((Guid agent, TaskCompletionSource<bool>? taken) in _wanted.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            bool isTaken = true;
            try
            {
                using var patience = new CancellationTokenSource(s_patience, _time);
                if (taken is not null)
                {
                    isTaken = await _reservations.TryTakeAsync(agent, patience.Token);
                }
                else if (agent == Guid.Empty)
                {
                    await _reservations.KeepAsync(_held, patience.Token);
                }
                else
                {
                    // Where this fails the next turn of those that are kept gives him back.
                    _held.Remove(agent);
                    await _reservations.ReleaseAsync(agent, patience.Token);
                }
            }
            catch (Exception e) when (e is DbException or TimeoutException or IOException or OperationCanceledException)
            {
                LogFailed(e.Message);
            }

            if (taken is not null && isTaken)
            {
                // Also where the database did not hear of it: it does with the next turn of those that are kept.
                _held.Add(agent);
            }

            taken?.TrySetResult(isTaken);
        }
    }

    [LoggerMessage(EventId = 7073, EventName = "AgentReservationFailed", Level = LogLevel.Warning, Message = "The database did not answer for an agent's reservation: {Problem}")]
    private partial void LogFailed(string problem);
}
