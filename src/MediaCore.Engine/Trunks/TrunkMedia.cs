namespace MediaCore.Engine.Trunks;

/// <summary>Which way a trunk's media goes.</summary>
public enum TrunkMedia
{
    /// <summary>Through a port pair of ours: topology is hidden, NATs are crossed, media is counted and supervised.</summary>
    Anchor,

    /// <summary>
    /// From peer to peer, where the trunk at the other end of the call says so too: each is told the other's address and takes no port here. For networks that
    /// reach each other; a call with an account, a prompt or a trunk that anchors is anchored all the same.
    /// </summary>
    Pass,
}
