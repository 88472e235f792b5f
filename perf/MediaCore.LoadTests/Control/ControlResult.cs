using MediaCore.Control;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Control;

/// <summary>What a run came to.</summary>
/// <param name="Findings">What should hold.</param>
/// <param name="Invites">From the moment at which <c>originate</c> was due to the INVITE at the callee's socket.</param>
/// <param name="Byes">From queueing <c>hangup</c> to the BYE at the callee's socket.</param>
/// <param name="Lateness">How late <c>originate</c> was queued, which is in <paramref name="Invites"/>: the controller's own doing.</param>
/// <param name="Moments">The server, every five seconds.</param>
internal sealed record ControlResult(IReadOnlyList<Finding> Findings, LatencySummary Invites, LatencySummary Byes, LatencySummary Lateness, IReadOnlyList<ControlMoment> Moments);

/// <summary>A look at the server.</summary>
/// <param name="Second">Since the first call.</param>
/// <param name="ActiveCalls">Calls in progress.</param>
/// <param name="CpuPercent">Of one processor, since the look before.</param>
/// <param name="ResidentMebibytes">Memory.</param>
/// <param name="HeapMebibytes">The runtime's heap after its last collection.</param>
/// <param name="Events">That were told so far.</param>
/// <param name="Ended">Calls that have ended, each with <see cref="CommandsPerCall"/> commands.</param>
internal sealed record ControlMoment(int Second, int ActiveCalls, double CpuPercent, double ResidentMebibytes, double HeapMebibytes, long Events, int Ended)
{
    /// <summary>Originate, send a digit, hang up.</summary>
    internal const int CommandsPerCall = 3;

    /// <summary>Whether the server keeps as much as it ever will of what has ended: the last events for those who come back, the replies to the last commands.</summary>
    internal bool IsFilled => Events >= ControlServiceLimits.MaxRetainedEvents && (long)Ended * CommandsPerCall >= ControlServiceLimits.MaxRememberedCommands;
}
