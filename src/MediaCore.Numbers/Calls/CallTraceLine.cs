namespace MediaCore.Numbers.Calls;

/// <summary>A decision that was made for a call.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Which activity made it (<see cref="CallActivity.Kind"/>).</param>
/// <param name="Text">What and why.</param>
public readonly record struct CallTraceLine(DateTimeOffset At, string Kind, string Text);
