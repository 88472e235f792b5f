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

/// <summary>
/// A number by the server's own outbound routes: what the routing says of it as if an account of the server had dialled it. By itself all that the route has is tried, one target after the other; beside other targets its first. A number
/// whose route does anything but dial (a virtual number among them) is refused: whoever controls the call knows better than to dial itself.
/// </summary>
/// <param name="Number">The number, as it is dialled.</param>
public sealed record NumberDestination(string Number) : DialDestination;

/// <summary>A SIP URI, <c>sip:[user@]host[:port][;transport=udp|tcp|tls]</c>; a name is looked up before the command reaches its call.</summary>
/// <param name="Uri">The URI.</param>
public sealed record UriDestination(string Uri) : DialDestination;
