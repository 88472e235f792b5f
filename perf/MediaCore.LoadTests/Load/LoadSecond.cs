using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Load;

/// <summary>What happened in a second of a run. Counts are of that second, not since the start.</summary>
/// <param name="Second">Its end, in seconds from the start.</param>
/// <param name="Started">Calls that were due.</param>
/// <param name="Answered">Calls, registrations and messages answered 200.</param>
/// <param name="Ended">Calls that went through all of their scenario.</param>
/// <param name="Failed">Calls that did not.</param>
/// <param name="Refused">Those of the failed that were answered 503.</param>
/// <param name="Up">Calls that are up at its end.</param>
/// <param name="Retransmissions">Messages sent again.</param>
/// <param name="Lost">Packets of calls that ended in it which did not come; transcoded calls are not counted.</param>
/// <param name="SetUp">From the moment at which a call was to begin to its answer.</param>
/// <param name="Media">Delay of relayed packets.</param>
/// <param name="RtpLateMilliseconds">How late the generator sent packets at most; their delays count from when it did.</param>
/// <param name="CpuPercent">The server's, of one processor; NaN where it is not known, as with all figures of the server.</param>
/// <param name="GeneratorCpuPercent">Our own.</param>
/// <param name="StolenPercent">Of all processors' time, what the host gave to others.</param>
/// <param name="ResidentMebibytes">The server's memory.</param>
/// <param name="HeapMebibytes">Its managed heap after the last collection.</param>
/// <param name="Collections">Garbage collections of it in this second.</param>
internal sealed record LoadSecond(
    double Second,
    long Started,
    long Answered,
    long Ended,
    long Failed,
    long Refused,
    int Up,
    long Retransmissions,
    long Lost,
    LatencySummary SetUp,
    LatencySummary Media,
    double RtpLateMilliseconds,
    double CpuPercent,
    double GeneratorCpuPercent,
    double StolenPercent,
    double ResidentMebibytes,
    double HeapMebibytes,
    double Collections);
