namespace MediaCore.Numbers.Records;

/// <summary>A cause of ITU-T Q.850.</summary>
/// <param name="Value">1 to 127.</param>
/// <param name="Text">What it says.</param>
/// <param name="SipStatus">The SIP status that it means (RFC 3398 §7.2.4.1); 0 for normal clearing.</param>
public sealed record CallCause(int Value, string Text, int SipStatus);
