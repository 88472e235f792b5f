namespace MediaCore.Smpp.Pdus;

/// <summary>What is wrong with a PDU.</summary>
/// <param name="Command">What it says it is.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Status">What to answer.</param>
public readonly record struct PduProblem(CommandId Command, uint Sequence, CommandStatus Status);
