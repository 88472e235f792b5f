using MediaCore.Primitives;

namespace MediaCore.Engine;

/// <summary>One address that a request can be sent to: a step of the list that RFC 3263 §4 makes of a URI.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="Transport">Transport to use there.</param>
/// <param name="ServerName">The name that a TLS certificate has to carry: the host of the URI, not a name that DNS put in its place (RFC 5922 §4); null where none was given.</param>
public readonly record struct SipDestination(NetworkEndpoint Endpoint, SipTransportKind Transport, string? ServerName = null);
