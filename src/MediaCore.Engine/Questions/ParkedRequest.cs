using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Engine.Questions;

/// <summary>A request whose credentials name an account that is being asked for; handled as if it came, once the answer is there.</summary>
/// <param name="Message">The request as it came.</param>
/// <param name="Flow">Where it came from.</param>
/// <param name="Mark">What tells it from others and not from its own retransmissions.</param>
/// <param name="InviteKey">Of an INVITE: how its CANCEL finds it.</param>
internal sealed record ParkedRequest(byte[] Message, Flow Flow, uint Mark, SessionKey? InviteKey);
