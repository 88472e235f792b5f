namespace MediaCore.Engine.Control;

/// <summary>Whom to dial.</summary>
public abstract record DialDestination;

/// <summary>All registered contacts of an account.</summary>
/// <param name="Account">Its name.</param>
public sealed record AccountDestination(string Account) : DialDestination;

/// <summary>A number by a trunk.</summary>
/// <param name="Trunk">The trunk's name.</param>
/// <param name="Number">What is dialled there, before the trunk's own rewriting; null for what the caller dialled.</param>
public sealed record TrunkDestination(string Trunk, string? Number = null) : DialDestination;

/// <summary>A SIP URI, <c>sip:[user@]host[:port][;transport=udp|tcp|tls]</c>; a name is looked up before the command reaches its call.</summary>
/// <param name="Uri">The URI.</param>
public sealed record UriDestination(string Uri) : DialDestination;
