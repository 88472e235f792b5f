using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>How wide a call may fork (RFC 5393 §5): what bounds the messages that one INVITE makes when forks lead to forks.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Branches of a call that says nothing about it; RFC 5393 §5.3.3 recommends 60. More is not taken from a caller.</summary>
    private const int MaxBreadth = 60;

    /// <summary>Branches that a parallel step may have; each gets its share of what the caller allows.</summary>
    private static int TakeBreadth(Call call)
    {
        if (call.MaxBreadth < 0)
        {
            call.MaxBreadth = MaxBreadth;
        }

        call.BreadthShares = Math.Min(EngineLimits.MaxParallelTargets, call.MaxBreadth);
        return call.BreadthShares;
    }

    /// <summary>What each branch may make of it: together they make no more than came.</summary>
    private static int MaxBreadthOf(Call call) => Math.Max(1, call.MaxBreadth / call.BreadthShares);
}
