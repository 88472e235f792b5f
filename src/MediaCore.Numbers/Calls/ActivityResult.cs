namespace MediaCore.Numbers.Calls;

/// <summary>What an activity ended with.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Detail">What more there is to say of it, for the trace of decisions: the key that was pressed, what failed. No numbers of callers and no secret digits.</param>
/// <param name="SipStatus">The final SIP status of who was called; 0 where nobody was.</param>
/// <param name="Q850Cause">The Q.850 cause that goes with it; 0 for none.</param>
public readonly record struct ActivityResult(ActivityOutcome Outcome, string Detail = "", int SipStatus = 0, int Q850Cause = 0);
