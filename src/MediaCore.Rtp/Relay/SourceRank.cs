namespace MediaCore.Rtp.Relay;

/// <summary>How well a source fits what the peer signalled; a higher rank takes over from a lower one.</summary>
public enum SourceRank : byte
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>The source that was latched before the peer signalled another endpoint.</summary>
    Retired = 1,

    /// <summary>An address that nobody signalled.</summary>
    Other = 2,

    /// <summary>The signalled address with another port, or another address that the peer is known by.</summary>
    Address = 3,

    /// <summary>Exactly the signalled address and port.</summary>
    Exact = 4,
}
