namespace MediaCore.Numbers.Calls;

/// <summary>Something that a call came through, for its record. What was decided there and why is in the trace.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What: one of <see cref="WaypointKinds"/>.</param>
/// <param name="Name">Which, as <c>main@3</c>; no numbers of callers and no digits.</param>
public readonly record struct CallWaypoint(DateTimeOffset At, string Kind, string Name);
