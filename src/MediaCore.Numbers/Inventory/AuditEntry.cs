namespace MediaCore.Numbers.Inventory;

/// <summary>Who changed what and when; written in the transaction of the change.</summary>
/// <param name="Id">Rises by every change; also the version of the inventory.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who: <c>first-start</c>, <c>cli:</c> and the user's name, later a token's name.</param>
/// <param name="Action">What was done, as <c>number.add</c>.</param>
/// <param name="Subject">The number or account.</param>
/// <param name="Detail">What it was set to; never a secret.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string Subject, string Detail);
