using MediaCore.Primitives;

namespace MediaCore.Engine.Relaying;

/// <summary>A session as it is, or was.</summary>
/// <param name="SessionId">Its name.</param>
/// <param name="Age">How long ago the first offer came.</param>
/// <param name="Parties">Who takes part, in the order in which they came.</param>
public sealed record RelaySnapshot(string SessionId, TimeSpan Age, IReadOnlyList<RelayPartySnapshot> Parties);

/// <summary>One who takes part.</summary>
/// <param name="Party">Its name; null until it has answered.</param>
/// <param name="TalksWith">Whom it is connected with; null for nobody.</param>
/// <param name="Streams">The lines of its description that are relayed, without the declined ones.</param>
public sealed record RelayPartySnapshot(string? Party, string? TalksWith, IReadOnlyList<RelayStreamSnapshot> Streams);

/// <summary>One stream of a party: what came from it and what was sent to it.</summary>
public sealed record RelayStreamSnapshot
{
    /// <summary>The media type, as <c>audio</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The port that faces the party.</summary>
    public NetworkEndpoint Local { get; init; }

    /// <summary>Where its packets come from; no address where none has come.</summary>
    public NetworkEndpoint Remote { get; init; }

    /// <summary>Packets from it.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets to it.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Of those from it, what was lost on the way.</summary>
    public long PacketsLost { get; init; }

    /// <summary>What came from elsewhere and was not accepted.</summary>
    public long PacketsDropped { get; init; }

    /// <summary>The first codec of its description, as <c>PCMU/8000</c>; null where it has none that is known.</summary>
    public string? Codec { get; init; }

    /// <summary>How good what came from it was, 1 to 4.5 (E-model); null while that is not known.</summary>
    public double? Mos { get; init; }
}
