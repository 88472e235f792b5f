using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Soak;

/// <summary>What was seen at the end of a minute.</summary>
/// <param name="Minute">From 1.</param>
/// <param name="Talking">Calls that talk, as the generator has them.</param>
/// <param name="ServerCalls">Calls, as the server has them.</param>
/// <param name="Unaccounted">Calls that the server has begun, less those that it has ended and those that are up: none may be, in a look of five.</param>
/// <param name="Ended">Calls ended since the start.</param>
/// <param name="Failed">Calls failed since the start.</param>
/// <param name="Lost">Packets of ended relayed calls that did not come, since the start.</param>
/// <param name="Latency">Delay of relayed packets in this minute, by the kernel's clock.</param>
/// <param name="GeneratorLateMilliseconds">How late the generator sent at most; packets are then closer together, their delays are not longer for it.</param>
/// <param name="CpuPercent">The server's, of one processor.</param>
/// <param name="GeneratorCpuPercent">The generator's own.</param>
/// <param name="StolenPercent">Of all processors' time, what the host of this machine gave to others.</param>
/// <param name="ResidentMebibytes">Proportional set size.</param>
/// <param name="HeapMebibytes">Managed heap after the last collection.</param>
/// <param name="Collections">Of the whole heap (generation 2), since the start.</param>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="PortsUsed">Port pairs in use.</param>
/// <param name="CodecsUsed">Legs for which the server has taken a decoder from its pool.</param>
internal sealed record SoakMinute(
    int Minute,
    int Talking,
    int ServerCalls,
    int Unaccounted,
    long Ended,
    long Failed,
    long Lost,
    LatencySummary Latency,
    double GeneratorLateMilliseconds,
    double CpuPercent,
    double GeneratorCpuPercent,
    double StolenPercent,
    double ResidentMebibytes,
    double HeapMebibytes,
    int Collections,
    int Descriptors,
    int PortsUsed,
    int CodecsUsed)
{
    /// <summary>Percent. A minute in which the host takes 600 ms of each processor has pauses of its own making.</summary>
    private const double MostStolen = 1;

    /// <summary>Whether the minute says something about the server.</summary>
    public bool IsOurs => StolenPercent <= MostStolen;
}
