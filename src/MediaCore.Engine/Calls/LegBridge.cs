using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>
/// One side of two legs of different calls that hear each other (docs/adr/0026-bridging-calls.md): on one shard their media is connected as that of one call is, on two shards they are the two members of a room of our own.
/// Each side has its own; what they share is <see cref="Id"/>.
/// </summary>
internal sealed class LegBridge : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public LegBridge(BackToBackUserAgent calls, Leg leg, string id)
    {
        _calls = calls;
        Leg = leg;
        Id = id;
        Limit = new OwnedTimer(this);
    }

    /// <summary>Whose side this is.</summary>
    public Leg Leg { get; }

    /// <summary>Names the bridge, and the room where it has one. It has a colon, so that nobody can dial it.</summary>
    public string Id { get; }

    /// <summary>The other call.</summary>
    public required string OtherCallId { get; init; }

    /// <summary>The other leg.</summary>
    public required string OtherLegId { get; set; }

    /// <summary>Where the other call is.</summary>
    public SessionHandle Other { get; init; }

    /// <summary>The other side, where it is on this shard.</summary>
    public LegBridge? Near { get; set; }

    /// <summary>The command that waits for the other shard; null once that has agreed, and on its side.</summary>
    public OpenCommand? Command { get; set; }

    /// <summary>When the other shard's answer is no longer waited for.</summary>
    public OwnedTimer Limit { get; }

    public void OnTimer(OwnedTimer timer) => _calls.OnBridgeUnanswered(this);
}
