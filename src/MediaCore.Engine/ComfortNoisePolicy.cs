namespace MediaCore.Engine;

/// <summary>Whether background noise is described to peers by comfort noise (RFC 3389) where we make their sound in G.711, G.722 or L16. What peers send of it is heard in any case, and relayed calls keep theirs.</summary>
public enum ComfortNoisePolicy : byte
{
    /// <summary>None is sent: all sound goes as it is.</summary>
    Never,

    /// <summary>Sent to peers that offer it.</summary>
    Accept,

    /// <summary>Offered too, where nobody but us makes the sound that it would go beside.</summary>
    Offer,
}
