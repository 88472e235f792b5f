namespace MediaCore.Engine.Control.Events;

/// <summary>A dial is over: somebody has answered (<see cref="CallEvent.LegId"/> says who), or nobody has (then the status is the best of what the targets said).</summary>
public sealed record DialEnded : CommandEnded;
