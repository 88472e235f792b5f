namespace MediaCore.Engine.Relaying;

/// <summary>A description of one party, and what is wanted of the one that comes back.</summary>
public sealed record RelayDescription
{
    /// <summary>Whose the session is.</summary>
    public required string Owner { get; init; }

    /// <summary>Which session, by its owner's name for it: 1 to <see cref="RelayLimits.MaxSessionIdChars"/> visible ASCII characters.</summary>
    public required string SessionId { get; init; }

    /// <summary>Whose description it is: 1 to <see cref="RelayLimits.MaxPartyChars"/> visible ASCII characters.</summary>
    public required string Party { get; init; }

    /// <summary>An offer's: to whom; null for whom the party talks with, and where that is nobody, for whoever will answer. An answer's: whose offer it answers.</summary>
    public string? To { get; init; }

    /// <summary>The description.</summary>
    public required string Sdp { get; init; }

    /// <summary>SRTP with SDES (RFC 4568) towards the other side: true, false, or null for as the description has it.</summary>
    public bool? IsEncrypted { get; init; }

    /// <summary>RTCP on the port of RTP.</summary>
    public RelayMux Mux { get; init; }

    /// <summary>Codecs to be offered beside those of the description, which are transcoded: names as in <c>a=rtpmap</c>.</summary>
    public IReadOnlyList<string> Transcode { get; init; } = [];

    /// <summary>Codecs that the other side does not get to see.</summary>
    public IReadOnlyList<string> Strip { get; init; } = [];

    /// <summary>Packets of the party come from the address in its description, or are dropped.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The party may go on from another address after a silence.</summary>
    public bool AllowsHandover { get; init; }
}
