namespace MediaCore.Numbers.Queues.Staffing;

/// <summary>What callers and agents meet with so many agents.</summary>
/// <param name="Agents">Agents who take calls.</param>
/// <param name="Waiting">Share of callers who are not answered at once.</param>
/// <param name="Abandoned">Share of callers who give up.</param>
/// <param name="ServiceLevel">Share of all callers who are answered in time.</param>
/// <param name="MeanWait">Mean wait of all callers (average speed of answer); the greatest time where the line grows for ever.</param>
/// <param name="Occupancy">Share of the agents' time that is spent on calls.</param>
public readonly record struct StaffingFigures(int Agents, double Waiting, double Abandoned, double ServiceLevel, TimeSpan MeanWait, double Occupancy);
