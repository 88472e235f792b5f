using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Load;

/// <summary>What a run came to.</summary>
/// <param name="Seconds">Second by second.</param>
/// <param name="Begun">The same calls by the second in which they were to begin, run to their end.</param>
/// <param name="Totals">Sums of the run.</param>
/// <param name="Scenarios">Per scenario.</param>
/// <param name="SetUp">From the moment at which a call was to begin to its answer, of the whole run.</param>
/// <param name="OthersPart">The same without what the generator itself added.</param>
/// <param name="Ringing">As SetUp, to the first 18x.</param>
/// <param name="TearDown">From BYE to its answer.</param>
/// <param name="Lateness">How late calls began: what the generator itself added to the others.</param>
/// <param name="Left">Calls that had not ended when the run gave up waiting.</param>
/// <param name="GeneratorCpuSeconds">Processor time of the generator while calls came and went.</param>
/// <param name="ServerCpuSeconds">The server's; NaN where it is not known.</param>
/// <param name="PortsRefused">Sides of calls that the server had no media port for; NaN where it is not known. Anything but 0: the figures are those of its port range.</param>
/// <param name="WallSeconds">How long it took, until the last call had ended.</param>
internal sealed record LoadResult(
    IReadOnlyList<LoadSecond> Seconds,
    IReadOnlyList<BegunCalls> Begun,
    CallTotals Totals,
    IReadOnlyList<ScenarioResult> Scenarios,
    LatencySummary SetUp,
    LatencySummary OthersPart,
    LatencySummary Ringing,
    LatencySummary TearDown,
    LatencySummary Lateness,
    int Left,
    double GeneratorCpuSeconds,
    double ServerCpuSeconds,
    double PortsRefused,
    double WallSeconds)
{
    /// <summary>How late the generator sent a packet at most, in ms: its own doing, and no part of the packets' delays.</summary>
    public double RtpLateMilliseconds => Seconds.Select(static s => s.RtpLateMilliseconds).DefaultIfEmpty().Max();

    /// <summary>Share of the calls that failed.</summary>
    public double FailureShare => Totals.Started == 0 ? 0 : (double)Totals.Failed / Totals.Started;

    /// <summary>Share of the packets that were lost, transcoded calls left out.</summary>
    public double LossShare => Totals.Sent == 0 ? 0 : (double)(Totals.Sent - Totals.Received) / Totals.Sent;

    /// <summary>Whether every call went as its scenario says, and all that was said was heard as it was said: by the packet where it is relayed, by its tone where it is transcoded. What the generator did not send was not heard either.</summary>
    public bool IsWhole =>
        Totals.Failed == 0 && Left == 0 && Totals.Ended == Totals.Started
        && Totals.Sent == Totals.Received && Totals.SilentSides + Totals.MuteSides == 0 && Totals.Altered + Totals.Unauthentic + Totals.SendErrors == 0
        && TranscodedSound.IsDelivered(Totals) && TranscodedSound.IsHeard(Totals);
}
