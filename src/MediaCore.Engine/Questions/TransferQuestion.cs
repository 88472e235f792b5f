namespace MediaCore.Engine.Questions;

/// <summary>Whether a transfer may go on that a party of an uncontrolled call asks for. Asked only for those that the configuration allows.</summary>
/// <param name="CallId">The call.</param>
/// <param name="LegId">The leg that asks.</param>
/// <param name="Target">User part of Refer-To.</param>
/// <param name="IsAttended">Whether it names a dialog to take over.</param>
public sealed record TransferQuestion(string CallId, string LegId, string Target, bool IsAttended);
