namespace MediaCore.Engine.Ng;

/// <summary>One who takes part in a session, known by its tag: the offerer, the answerer, each branch of a fork. Owned by its shard.</summary>
internal sealed class NgParty
{
    /// <summary>Its tag; null until it answers.</summary>
    public string? Tag { get; set; }

    /// <summary>Further tags that answered at the same ports: forks behind the controller, which offered one description to all of them.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>Its branch; null where forks are not told apart.</summary>
    public string? ViaBranch { get; set; }

    /// <summary>The controller's name for it.</summary>
    public string? Label { get; set; }

    /// <summary>When it came up.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its streams in the order of the <c>m=</c> lines.</summary>
    public List<NgStream> Streams { get; } = [];

    /// <summary>What the streams are to be once the offer under way is answered, line by line; empty where there is none. An offer that is rejected has changed nothing (RFC 3261 §14.1).</summary>
    public List<NgStream> Drafts { get; } = [];

    /// <summary>Whether that offer is the party's own; else it was made to it.</summary>
    public bool HasOffered { get; set; }

    /// <summary>Whom it hears: the one that answered it last, or whose offer it answered.</summary>
    public NgParty? Peer { get; set; }

    /// <summary>Whom it was offered by, or made its last offer to.</summary>
    public NgParty? Counterpart { get; set; }

    /// <summary>Whether it made the first offer.</summary>
    public bool IsOfferer { get; init; }

    /// <summary>Nothing of what it sends is passed on.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>What becomes of the digits that it sends.</summary>
    public DigitMask Mask { get; set; }

    /// <summary>The version in the last <c>o=</c> line that it got from us.</summary>
    public ulong Version { get; set; }

    /// <summary>A hash of the description that went with it; 0 before the first.</summary>
    public ulong DescriptionHash { get; set; }

    /// <summary>Whether a tag means it.</summary>
    public bool HasTag(string tag) => tag == Tag || Aliases.Contains(tag, StringComparer.Ordinal);
}
