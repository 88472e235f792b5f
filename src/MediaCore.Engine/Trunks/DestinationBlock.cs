namespace MediaCore.Engine.Trunks;

/// <summary>Why calls pass an address of a trunk over (<see cref="DestinationStatus"/>).</summary>
public enum DestinationBlock
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>It did not answer an INVITE in time.</summary>
    Silent,

    /// <summary>Nothing could be sent to it: no connection, or the network says that it is unreachable.</summary>
    Unreachable,

    /// <summary>It said 503 with Retry-After (RFC 3261 §21.5.4).</summary>
    RetryAfter,

    /// <summary>Its time is over and one call is trying it; the others wait for what that one finds.</summary>
    Trial,
}
