namespace MediaCore.Numbers.Calls;

/// <summary>Something that a call's activities have to hear of; waits for its worker.</summary>
/// <param name="Call">The call.</param>
/// <param name="To">The activity; null for whom the call's own rules say.</param>
/// <param name="Content">An event, a <see cref="TimerDue"/>, a <see cref="CommandRefusal"/>, an <see cref="Action"/> of <see cref="CallActivity.Ask"/>, or a message.</param>
internal readonly record struct CallInput(NumberCall Call, CallActivity? To, object Content);

/// <summary>A timer has run out.</summary>
/// <param name="Name">Which.</param>
/// <param name="Setting">Which setting of it: one that was set anew meanwhile is not due.</param>
internal sealed record TimerDue(string Name, long Setting);

/// <summary>The engine has no such call (any more): one that was to be made, and could not be.</summary>
internal sealed record CallGone;

/// <summary>A command was not taken.</summary>
internal sealed record CommandRefusal(Engine.Control.CallCommand Command, Engine.Control.CommandReply Reply);
