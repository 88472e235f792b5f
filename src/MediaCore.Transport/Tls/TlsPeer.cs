namespace MediaCore.Transport.Tls;

/// <summary>Who is at the other end of an encrypted connection.</summary>
/// <param name="Identities">The domains of its certificate when that was checked against our authorities; null when it showed none or it was not checked.</param>
public sealed record TlsPeer(DomainIdentities? Identities)
{
    /// <summary>Whether its certificate was checked.</summary>
    public bool IsVerified => Identities is not null;

    /// <summary>Whether it was checked and is that of a name.</summary>
    public bool Is(string name, bool allowWildcards) => Identities is { } identities && identities.Match(name.Trim('[', ']'), allowWildcards);
}
