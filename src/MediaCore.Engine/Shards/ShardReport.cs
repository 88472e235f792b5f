namespace MediaCore.Engine.Shards;

/// <summary>What a shard says of itself every quarter second, for <see cref="ShardPlacement"/>.</summary>
/// <param name="Busy">Share of the last second in which it worked, 0 to 1.</param>
/// <param name="Taken">Share of its places that is taken, of what is scarcest: calls, calls of strangers, media ports.</param>
/// <param name="TakenPerCall">What one more call takes of them.</param>
internal readonly record struct ShardReport(double Busy, double Taken, double TakenPerCall);
