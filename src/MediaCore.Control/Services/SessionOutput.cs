using MediaCore.Engine.Control;

namespace MediaCore.Control.Services;

/// <summary>What a shard has for a session beside events: the reply to a command, or whether a call that was claimed for it is its own.</summary>
/// <param name="Reply">The reply, as a message; null for the end of a claim.</param>
/// <param name="CallId">The call that was claimed.</param>
/// <param name="Claim">Whether it is the session's.</param>
internal readonly record struct SessionOutput(V1.CommandReply? Reply, string CallId = "", CommandStatus Claim = default);
