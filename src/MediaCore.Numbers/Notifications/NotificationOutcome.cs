using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Notifications;

/// <summary>What came of an attempt.</summary>
/// <param name="State"><see cref="NotificationState.Waiting"/> where it is worth another.</param>
/// <param name="Problem">Why it did not go out.</param>
internal readonly record struct NotificationOutcome(NotificationState State, string Problem = "");
