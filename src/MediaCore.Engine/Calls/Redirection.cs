using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Calls;

/// <summary>A contact of a redirection that may be followed: where, and which number there.</summary>
/// <param name="Trunk">The trunk that it belongs to.</param>
/// <param name="Hop">Its address.</param>
/// <param name="User">User part of the Request-URI; empty for what was dialled.</param>
internal readonly record struct Redirection(Trunk Trunk, SipPeer Hop, string User);
