namespace MediaCore.Engine;

/// <summary>Which shard a new call lives on; see <c>docs/adr/0049-packed-shards.md</c>.</summary>
public enum CallPlacement
{
    /// <summary>The shard with the most calls that is not busy: packets that share a thread share its wake-ups.</summary>
    Packed,

    /// <summary>All shards alike, by their number of calls (<c>docs/adr/0008-spreading-calls.md</c>).</summary>
    Spread,
}
