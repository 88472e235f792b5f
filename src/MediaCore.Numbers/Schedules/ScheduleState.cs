namespace MediaCore.Numbers.Schedules;

/// <summary>Whether a schedule is open at a moment.</summary>
/// <param name="IsOpen">Whether it is.</param>
/// <param name="Until">The first moment at which that is otherwise; null where it stays so for as long as is looked ahead (<see cref="ScheduleLimits.MaxDaysAhead"/>).</param>
/// <param name="Reason">What decides.</param>
/// <param name="Name">Name of the exception or holiday that decides; empty for others.</param>
public readonly record struct ScheduleState(bool IsOpen, DateTimeOffset? Until, ScheduleReason Reason, string Name);
