using MediaCore.Primitives;

namespace MediaCore.LoadTests.Calls;

/// <summary>What a call, or one of its callees, does when nothing comes.</summary>
internal sealed class CallTimer(LoadCall call, CalleeLeg? leg) : TimerNode
{
    public LoadCall Call { get; } = call;

    /// <summary>The callee; null: the caller.</summary>
    public CalleeLeg? Leg { get; } = leg;
}
