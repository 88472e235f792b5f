using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Hosting;

/// <summary>What a drain does to the engine.</summary>
internal interface IDrainable
{
    /// <summary>Calls held.</summary>
    int ActiveCalls { get; }

    /// <summary>Sessions of the ng protocol held.</summary>
    int NgSessions { get; }

    /// <summary>Refuses new calls with 503; calls in progress go on.</summary>
    void BeginDrain();

    /// <summary>Completes when no call and no ng session is left.</summary>
    Task WhenIdleAsync(CancellationToken cancellation);

    /// <summary>Ends what is left, within a bounded time.</summary>
    Task EndCallsAsync();
}

/// <summary>How an end came about.</summary>
internal enum DrainOutcome
{
    /// <summary>Every call ended by itself.</summary>
    Idle,

    /// <summary>The limit was reached and the rest was ended.</summary>
    LimitReached,

    /// <summary>A second signal cut it short and the rest was ended.</summary>
    CutShort,
}

/// <summary>Stops without cutting anybody off: refuse new calls, wait for the others up to a limit, then end them properly.</summary>
internal static class DrainSequence
{
    /// <summary>Runs the drain; returns when nothing is left.</summary>
    public static async Task<DrainOutcome> RunAsync(IDrainable target, TimeSpan limit, TimeProvider time, ILogger logger, CancellationToken cutShort)
    {
        ServerLog.DrainStarted(logger, target.ActiveCalls, target.NgSessions, limit.TotalSeconds);
        target.BeginDrain();
        using CancellationTokenSource deadline = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cutShort);
        try
        {
            await target.WhenIdleAsync(either.Token);
            ServerLog.DrainCompleted(logger);
            return DrainOutcome.Idle;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            DrainOutcome outcome = cutShort.IsCancellationRequested ? DrainOutcome.CutShort : DrainOutcome.LimitReached;
            if (outcome == DrainOutcome.CutShort)
            {
                ServerLog.DrainCutShort(logger, target.ActiveCalls, target.NgSessions);
            }
            else
            {
                ServerLog.DrainLimitReached(logger, target.ActiveCalls, target.NgSessions);
            }

            await target.EndCallsAsync();
            return outcome;
        }
    }
}
