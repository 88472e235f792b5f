namespace MediaCore.Engine;

/// <summary>Whether provisional responses of a leg are reliable (RFC 3262).</summary>
public enum ReliableProvisionals : byte
{
    /// <summary>Never: 100rel is not offered, and a caller that requires it gets 420.</summary>
    Off,

    /// <summary>Where the peer wants it: 100rel is offered to callees, and a caller that supports it gets its early media reliably.</summary>
    Supported,

    /// <summary>A callee is required to; one that cannot answers 420, and the next target is tried.</summary>
    Required,
}
