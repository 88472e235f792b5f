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

    /// <summary>What one call comes through that its record names; the first ones are kept. As many as its trace has lines.</summary>
    public const int MaxWaypoints = 200;

    /// <summary>Tags of one call; as many as anybody filters by.</summary>
    public const int MaxTags = 32;

    /// <summary>Numbers that lead a call on to each other; the diversions that networks allow (3GPP TS 24.604 §4.5.2.6.1). The next one ends it with 482.</summary>
    public const int MaxHops = 5;

    /// <summary>Work elsewhere (<see cref="CallActivity.Ask"/>) of one call at once.</summary>
    public const int MaxAsks = 8;
}
