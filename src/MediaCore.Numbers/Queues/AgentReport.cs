using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Queues;

/// <summary>An agent as he is.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Presence">What the agent has said to be.</param>
/// <param name="Reason">Why not ready.</param>
/// <param name="State">What the calls make of the agent.</param>
/// <param name="StateSince">Since when.</param>
/// <param name="IsReachable">Whether a phone is registered.</param>
/// <param name="Calls">Calls answered since the sign-in.</param>
/// <param name="Talked">Talk since the sign-in.</param>
/// <param name="Busy">Talk and wrap-up since the sign-in.</param>
/// <param name="Occupancy">Share of the time since the sign-in that was talk and wrap-up.</param>
public readonly record struct AgentReport(
    Guid Id, AgentPresence Presence, string Reason, SeatState State, DateTimeOffset StateSince, bool IsReachable, int Calls, TimeSpan Talked, TimeSpan Busy, double Occupancy);
