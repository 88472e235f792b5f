namespace MediaCore.Smpp.Pdus;

/// <summary>An address with its type of number and its numbering plan, SMPP 3.4 §5.2.5, §5.2.6, §5.2.8.</summary>
/// <param name="Value">Digits, or a name.</param>
/// <param name="Ton">0 unknown, 1 international, 2 national, 5 alphanumeric.</param>
/// <param name="Npi">0 unknown, 1 telephone numbers (E.164).</param>
public readonly record struct SmppAddress(string Value, byte Ton = 0, byte Npi = 0);
