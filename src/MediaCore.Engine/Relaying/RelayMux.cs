namespace MediaCore.Engine.Relaying;

/// <summary>What becomes of RTCP on the port of RTP (RFC 5761).</summary>
public enum RelayMux
{
    /// <summary>As the other side has it.</summary>
    AsOther,

    /// <summary>It is offered to the other side.</summary>
    Offer,

    /// <summary>It is offered, and nothing beside it.</summary>
    Require,

    /// <summary>The party's wish for it is granted, whatever the other side says.</summary>
    Accept,

    /// <summary>The party's wish for it is refused.</summary>
    Reject,
}
