namespace MediaCore.Numbers.Calls;

/// <summary>Bounds of what the calls of the number service can make it hold, and what happens at each.</summary>
public static class CallDirectorLimits
{
    /// <summary>
    /// Inputs (events, timers, messages) of all calls of one worker that wait for it: some seconds of a busy server. A call for whose input there is no room is given back to the rest of its plan, since a call that missed an event would stand still.
    /// </summary>
    public const int MaxWaitingInputs = 65_536;

    /// <summary>Activities within each other: a plan, a menu of it, a queue, an announcement leave ample room; more is plans that lead to each other.</summary>
    public const int MaxDepth = 16;

    /// <summary>Activities that one call begins in all; the bound of loops of plans and menus that wait for nobody.</summary>
    public const int MaxActivities = 1_000;

    /// <summary>Lines of one call's trace; the first ones are kept.</summary>
    public const int MaxTraceLines = 200;

    /// <summary>Work elsewhere (<see cref="CallActivity.Ask"/>) of one call at once.</summary>
    public const int MaxAsks = 8;
}
